// An event store made by others: Emmett over PostgreSQL, a stream a student, its command handler, an inline projection.
import { existsSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import pg from 'pg';
import { Rejection } from '../../../src/core/rejection.js';
import type { RecordPaymentDto } from '../../../src/students/payment.dto.js';
import { ENTITLED } from '../payments.js';
import { answerTo, Payments } from './payments.js';

/** Emmett states no licence: it is no dependency of this project, and whoever wants it measured installs it here. */
const FOLDER = resolve('build/emmett');
const PACKAGES = ['@event-driven-io/emmett-postgresql@0.42.0', '@event-driven-io/emmett@0.42.0'];

export const hasEmmett = (): boolean => existsSync(resolve(FOLDER, 'node_modules/@event-driven-io/emmett-postgresql'));

/** How it is installed. */
export const EMMETT_INSTALL = `npm install --prefix build/emmett --ignore-scripts ${PACKAGES.join(' ')}`;

/** Of 8, 16 and 32 the one with which it is quickest. */
const POOL = 8;

interface Recorded {
  type: 'PaymentRecorded';
  data: RecordPaymentDto & { paymentId: string; key: string; amount: string; netPaid: string; position: number };
}

type Student = readonly Recorded['data'][];

interface Store {
  schema: { migrate(): Promise<unknown> };
  close(): Promise<void>;
}

type Handle = (
  store: Store,
  stream: string,
  decide: (student: Student) => Recorded[],
) => Promise<{ newState: Student }>;

/** Of Emmett's packages what is used here. */
interface Packages {
  CommandHandler: (options: {
    initialState: () => Student;
    evolve: (student: Student, event: Recorded) => Student;
    retry: { onVersionConflict: boolean };
  }) => Handle;
  projections: { inline(definitions: readonly object[]): object[] };
  getPostgreSQLEventStore: (url: string, options: object) => Store;
  postgreSQLRawSQLProjection: (definition: object) => object;
  SQL: (text: TemplateStringsArray, ...values: unknown[]) => object;
}

function packages(): Packages {
  const installed = createRequire(resolve(FOLDER, 'package.json'));
  const load = (name: string): object => installed(`@event-driven-io/${name}`) as object;
  return Object.assign({}, load('dumbo'), load('emmett'), load('emmett-postgresql')) as Packages;
}

const TABLE =
  'create table payment_row (payment_id uuid primary key, policy_id text not null, amount numeric not null)';
const TOTALS = 'select policy_id as "policyId", sum(amount) as amount from payment_row group by policy_id';

export class Emmett extends Payments {
  private constructor(
    private readonly store: Store,
    private readonly handle: Handle,
    private readonly pool: pg.Pool,
  ) {
    super();
  }

  /** Its projection keeps a row a payment: a total kept in one row would have every command wait for every other. */
  static async open(url: string): Promise<Emmett> {
    const { CommandHandler, projections, getPostgreSQLEventStore, postgreSQLRawSQLProjection, SQL } = packages();
    const pool = new pg.Pool({ connectionString: url, max: POOL });
    await pool.query(TABLE);
    const rows = postgreSQLRawSQLProjection({
      name: 'payment_row',
      canHandle: ['PaymentRecorded'],
      evolve: ({ data: { paymentId, policyId, amount } }: Recorded) =>
        SQL`insert into payment_row (payment_id, policy_id, amount) values (${paymentId}, ${policyId}, ${amount})`,
    });
    const store = getPostgreSQLEventStore(url, {
      projections: projections.inline([rows]),
      connectionOptions: { pooled: true, pool },
    });
    await store.schema.migrate();
    const handle = CommandHandler({
      initialState: () => [],
      evolve: (student, { data }) => [...student, data],
      retry: { onVersionConflict: true },
    });
    return new Emmett(store, handle, pool);
  }

  override async record(payment: RecordPaymentDto, key: string) {
    const decide = (student: Student): Recorded[] => decided(student, payment, key);
    const { newState } = await this.handle(this.store, `student-${payment.studentId}`, decide);
    const recorded = newState.find((one) => one.key === key);
    if (!recorded) throw new Error('a payment without its event');
    return answerTo(payment, recorded);
  }

  override async totals() {
    return (await this.pool.query<{ policyId: string; amount: string }>(TOTALS)).rows;
  }

  override async close() {
    await this.store.close();
    await this.pool.end();
  }
}

function decided(student: Student, payment: RecordPaymentDto, key: string): Recorded[] {
  if (student.some((one) => one.key === key)) return [];
  const { policyId, term, amount = '0' } = payment;
  const earlier = student.filter((one) => one.policyId === policyId && one.term === term);
  const fen = [...earlier, { amount }].reduce((sum, one) => sum + fenOf(one.amount), 0);
  if (fen > fenOf(ENTITLED)) throw new Rejection('entitlement-exceeded');
  const netPaid = (fen / 100).toFixed(2);
  const data = { ...payment, paymentId: randomUUID(), key, amount, netPaid, position: student.length + 1 };
  return [{ type: 'PaymentRecorded', data }];
}

const fenOf = (amount: string): number => Math.round(Number(amount) * 100);
