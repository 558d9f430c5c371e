// A plain service on PostgreSQL: a row a payment, one transaction each, totals by SUM … GROUP BY.
import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { Rejection } from '../../../src/core/rejection.js';
import type { RecordPaymentDto } from '../../../src/students/payment.dto.js';
import { ENTITLED } from '../payments.js';
import { answerTo, Payments } from './payments.js';

/** Of 8, 16 and 32 the one with which it is quickest. */
const POOL = 16;

const SCHEMA = `
  create table student (student_id text primary key);
  create table payment (
    payment_id uuid primary key,
    position bigint generated always as identity,
    idempotency_key text not null unique,
    student_id text not null references student,
    policy_id text not null,
    term text not null,
    paid_on date not null,
    amount numeric(12, 2) not null check (amount > 0),
    net_paid numeric(12, 2) not null,
    method text not null,
    reference text not null,
    recorded_at timestamptz not null default now()
  );
  create index payment_of_student on payment (student_id, term);`;

/** Whoever pays a student waits for whoever is paying: without it two at once could exceed the entitlement. */
const LOCK = 'select from student where student_id = $1 for no key update';

/** The sum of what was paid, the comparison and the insert in one statement; a known key inserts nothing. */
const RECORD = `
  insert into payment (payment_id, idempotency_key, student_id, policy_id, term, paid_on, amount, net_paid, method, reference)
  select $1, $2, $3, $4, $5, $6, $7, paid.net + $7::numeric, $8, $9
  from (
    select coalesce(sum(amount), 0) as net from payment where student_id = $3 and policy_id = $4 and term = $5
  ) paid
  where paid.net + $7::numeric <= $10
  on conflict (idempotency_key) do nothing
  returning payment_id, position, amount, net_paid`;

const BY_KEY = 'select payment_id, position, amount, net_paid from payment where idempotency_key = $1';
const TOTALS = 'select policy_id as "policyId", sum(amount) as amount from payment group by policy_id';

interface Row {
  payment_id: string;
  position: string;
  amount: string;
  net_paid: string;
}

export class Crud extends Payments {
  private constructor(private readonly pool: pg.Pool) {
    super();
  }

  static async open(url: string): Promise<Crud> {
    const pool = new pg.Pool({ connectionString: url, max: POOL });
    await pool.query(SCHEMA);
    return new Crud(pool);
  }

  override async record(payment: RecordPaymentDto, key: string) {
    const { payment_id, position, amount, net_paid } = await this.row(payment, key);
    return answerTo(payment, { paymentId: payment_id, amount, netPaid: net_paid, position: Number(position) });
  }

  private async row(payment: RecordPaymentDto, key: string): Promise<Row> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const row = await recorded(client, payment, key);
      await client.query('commit');
      return row;
    } catch (error) {
      await client.query('rollback');
      throw error;
    } finally {
      client.release();
    }
  }

  override async totals() {
    return (await this.pool.query<{ policyId: string; amount: string }>(TOTALS)).rows;
  }

  override close() {
    return this.pool.end();
  }
}

/** Statements have names: PostgreSQL parses and plans them once a connection. */
async function recorded(client: pg.PoolClient, payment: RecordPaymentDto, key: string): Promise<Row> {
  const { studentId, policyId, term, paidOn, amount, method, reference } = payment;
  const student = await client.query({ name: 'lock', text: LOCK, values: [studentId] });
  if (student.rowCount === 0) throw new Rejection('student-unknown', { studentId });
  const values = [randomUUID(), key, studentId, policyId, term, paidOn, amount, method, reference, ENTITLED];
  const { rows } = await client.query<Row>({ name: 'record', text: RECORD, values });
  const row = rows[0] ?? (await client.query<Row>({ name: 'by-key', text: BY_KEY, values: [key] })).rows[0];
  if (!row) throw new Rejection('entitlement-exceeded');
  return row;
}
