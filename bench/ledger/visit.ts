// What one ledger of a size shows of itself: how long its answers take, how much room it needs. Measured once a run.
import { join } from 'node:path';
import { openDatabase } from '../../src/sqlite/database.js';
import { registered, serve, foundSchool, type LedgerTarget } from '../http/ledger.js';
import { paymentOf } from '../http/payments.js';
import { quantile } from '../measure.js';
import { copyOf, filledWith } from './filled.js';
import { rebuilt } from './rebuild.js';

export interface Latency {
  p50: number;
  p99: number;
}

export interface Visit {
  payments: number;
  events: number;
  /** Milliseconds from the start of the process to the first answer. */
  opened: number;
  /** MiB, resident. */
  idle: number;
  working: number;
  /** Bytes a payment on disk, log and views together. */
  bytes: number;
  /** Of the whole ledger, and of a district; by policy and as one sum. */
  totals: Latency;
  /** The same sum over the payments of the register, by SQL, in milliseconds. */
  sumByQuery: number;
  entitlements: Latency;
  history: Latency;
  recording: Latency;
  /** Events a second. */
  rebuild: number;
}

const ASKED = 1000;
const RECORDED = 300;
const TERM = '2025-autumn';
const SCHOOL_YEAR = '2023-2024';

const visits = new Map<number, Promise<Visit>>();

export function visit(payments: number, told: (text: string) => void): Promise<Visit> {
  const visited = visits.get(payments) ?? measured(payments, told);
  visits.set(payments, visited);
  return visited;
}

async function measured(payments: number, told: (text: string) => void): Promise<Visit> {
  const { directory, remove } = copyOf(filledWith(payments, told));
  try {
    told(`${payments} payments`);
    const file = join(directory, 'ledger.db');
    // The first start may have to bring the views of an older version up to date; it is not the one that is timed.
    await (await serve('ledger', directory)).stop();
    const bytes = bytesIn(file) / payments;
    const started = performance.now();
    const target = await serve('ledger', directory);
    const answers = await asked(target, file, started);
    await target.stop();
    return { payments, bytes, ...answers, rebuild: rebuilt(directory) };
  } finally {
    remove();
  }
}

async function asked(target: LedgerTarget, file: string, started: number) {
  const { client } = target;
  await client.get('/v1/me');
  const opened = performance.now() - started;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const idle = await memoryOf(target);
  const { students, events, sumByQuery } = read(file);
  const student = (index: number): string => students[index % students.length] ?? '';
  const totals = await latencies(ASKED / 2, (index) =>
    client.get(`/v1/totals?schoolYear=${SCHOOL_YEAR}${TOTALS[index % TOTALS.length]}`),
  );
  const entitlements = await latencies(ASKED, (index) =>
    client.get(`/v1/students/${student(index)}/entitlements?term=${TERM}`),
  );
  const history = await latencies(ASKED, (index) => client.get(`/v1/students/${student(index)}/history`));
  await foundSchool(client);
  const paid = await registered(client, RECORDED);
  const recording = await latencies(RECORDED, (index) =>
    client.post('/v1/payments', paymentOf(paid[index] ?? '', '50.00', 'V-1')),
  );
  return {
    opened,
    idle,
    events,
    sumByQuery,
    totals,
    entitlements,
    history,
    recording,
    working: await memoryOf(target),
  };
}

/** What an office asks of a year: the sum, by policy, and both for one district. */
const TOTALS = ['', '&by=policy', '&districtId=rencheng', '&districtId=rencheng&by=policy'] as const;

async function latencies(count: number, ask: (index: number) => Promise<unknown>): Promise<Latency> {
  for (let index = 0; index < 20; index++) await ask(count - 1 - index);
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const started = performance.now();
    await ask(index);
    times.push(performance.now() - started);
  }
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

/** Students from all over the ledger, and the plain sum that a service without kept figures would make. */
function read(file: string) {
  const database = openDatabase(file, { readOnly: true });
  try {
    const { events } = database.prepare('select max(position) as events from event').get() as { events: number };
    const rows = database
      .prepare('select distinct student_id as id from payment where position % 37 = 5 limit 20000')
      .all() as { id: string }[];
    const started = performance.now();
    database
      .prepare(
        `select policy_id, sum(fen) - sum(returned_fen) as net from payment
         where term in ('2023-autumn', '2024-spring') and state <> 'reversed' group by policy_id`,
      )
      .all();
    return { events, students: rows.map(({ id }) => id), sumByQuery: performance.now() - started };
  } finally {
    database.close();
  }
}

/** Of the file, without the room that rebuilt views have left in it. */
function bytesIn(file: string): number {
  const database = openDatabase(file, { readOnly: true });
  try {
    const number = (name: string): number =>
      Number(Object.values(database.prepare(`pragma ${name}`).get() as object)[0]);
    return (number('page_count') - number('freelist_count')) * number('page_size');
  } finally {
    database.close();
  }
}

export async function memoryOf({ port, headers }: Pick<LedgerTarget, 'port' | 'headers'>): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`, { headers })).text();
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(text) ?? [];
  return Number(bytes) / 2 ** 20;
}
