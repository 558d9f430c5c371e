// What one ledger of a size shows of itself: how long its answers take, how much room it needs. Answers are measured once a run, openings in rounds.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/sqlite/database.js';
import { registered, serve, foundSchool, type LedgerTarget } from '../http/ledger.js';
import { Connection } from '../http/connection.js';
import { bytesOf, bytesOfGet } from '../http/driver.js';
import { paymentOf, postOf } from '../http/payments.js';
import { quantile, type RunOptions } from '../measure.js';
import { copyOf, filledWith } from './filled.js';

export interface Latency {
  p50: number;
  p99: number;
}

export interface Visit {
  payments: number;
  events: number;
  /** Milliseconds from the start of the process to the first answer, of every round; and where nothing is recorded. */
  opened: readonly number[];
  openedEmpty: readonly number[];
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
  /** Of the same students once more: what was read from disk is in memory now. */
  entitlementsAgain: Latency;
  historyAgain: Latency;
  recording: Latency;
}

/** A service that has just started still compiles what it runs: so many answers of a kind are given before one is timed. */
const WARM_UP = 2000;
/** They are about others than those that are timed. */
const WARM_UP_FROM = 10_000;
const ASKED = 1000;
const RECORDED = 300;
const TERM = '2025-autumn';
const SCHOOL_YEAR = '2023-2024';

const visits = new Map<number, Promise<Visit>>();

export function visit(payments: number, options: RunOptions): Promise<Visit> {
  const visited = visits.get(payments) ?? measured(payments, options);
  visits.set(payments, visited);
  return visited;
}

async function measured(payments: number, { rounds, told }: RunOptions): Promise<Visit> {
  const { directory, remove } = copyOf(filledWith(payments, told));
  try {
    told(`${payments} payments`);
    const file = join(directory, 'ledger.db');
    // The first start may have to bring the views of an older version up to date; it is not one that is timed.
    await (await serve('ledger', directory)).stop();
    const bytes = bytesIn(file) / payments;
    const openings = await openingsOf(directory, rounds);
    const target = await serve('ledger', directory);
    const answers = await asked(target, file);
    await target.stop();
    return { payments, bytes, ...openings, ...answers };
  } finally {
    remove();
  }
}

/** In turns with a ledger in which nothing is recorded: what Node.js, the framework and the code take by themselves. */
async function openingsOf(directory: string, rounds: number) {
  const empty = mkdtempSync(join(tmpdir(), 'aid-bench-'));
  try {
    await (await serve('ledger', empty)).stop();
    const [opened, openedEmpty]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      openedEmpty.push(await openingOf(empty));
      opened.push(await openingOf(directory));
    }
    return { opened, openedEmpty };
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
}

/** Milliseconds from the start of the service to its first answer. */
async function openingOf(directory: string): Promise<number> {
  const started = performance.now();
  const target = await serve('ledger', directory);
  await target.client.get('/v1/me');
  const opened = performance.now() - started;
  await target.stop();
  return opened;
}

async function asked(target: LedgerTarget, file: string) {
  const { client } = target;
  await new Promise((resolve) => setTimeout(resolve, 3000));
  const idle = await memoryOf(target);
  const { students, events, sumByQuery } = read(file);
  const student = (index: number): string => students[index % students.length] ?? '';
  const reading = (count: number, pathOf: (index: number) => string): Promise<Latency> =>
    latencies(target, count, (index) => bytesOfGet(pathOf(index), target.headers));
  const totals = await reading(
    ASKED / 2,
    (index) => `/v1/totals?schoolYear=${SCHOOL_YEAR}${TOTALS[index % TOTALS.length]}`,
  );
  const entitlementsOf = (index: number): string => `/v1/students/${student(index)}/entitlements?term=${TERM}`;
  const historyOf = (index: number): string => `/v1/students/${student(ASKED + index)}/history`;
  const entitlements = await reading(ASKED, entitlementsOf);
  const entitlementsAgain = await reading(ASKED, entitlementsOf);
  const history = await reading(ASKED, historyOf);
  const historyAgain = await reading(ASKED, historyOf);
  await foundSchool(client);
  const paid = await registered(client, RECORDED);
  const recording = await latencies(target, RECORDED, (index) =>
    bytesOf(postOf(paymentOf(paid[index % paid.length] ?? '', '50.00', 'V-1'), randomUUID(), target.headers)),
  );
  return {
    idle,
    events,
    sumByQuery,
    totals,
    entitlements,
    entitlementsAgain,
    history,
    historyAgain,
    recording,
    working: await memoryOf(target),
  };
}

/** What an office asks of a year: the sum, by policy, and both for one district. */
const TOTALS = ['', '&by=policy', '&districtId=rencheng', '&districtId=rencheng&by=policy'] as const;

/** From the first byte sent to the last byte of the answer, on a connection that does nothing more than it must. */
async function latencies({ port }: LedgerTarget, count: number, of: (index: number) => Buffer): Promise<Latency> {
  const connection = new Connection(port);
  const ask = async (index: number): Promise<number> => {
    const request = of(index);
    const started = performance.now();
    const { status, body } = await connection.ask(request);
    if (status > 201) throw new Error(`${status}: ${body}`);
    return performance.now() - started;
  };
  for (let index = 0; index < WARM_UP; index++) await ask(WARM_UP_FROM + index);
  const times: number[] = [];
  for (let index = 0; index < count; index++) times.push(await ask(index));
  connection.close();
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
