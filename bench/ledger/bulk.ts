// B4: bulk recording through the service, against inserting the very same events without deciding anything.
import { rmSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { StoredEvent } from '../../src/core/event.js';
import { readAll } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { openDatabase, transact } from '../../src/sqlite/database.js';
import { startLedger, type LedgerTarget } from '../http/ledger.js';
import { paymentsOf, PART_YUAN } from '../http/payments.js';
import { memoryOf } from './visit.js';
import { inTurns, medianOf, type Contender, type Measure, type RunOptions } from '../measure.js';

const ROWS = 20_000;
/** Twelve payments fit the entitlement of a student. */
const STUDENTS = Math.ceil(ROWS / 12);
const BATCH = 1000;

const BULK = 'bulk recording';
const RAW = 'raw inserts of the same events';

/** A file of payments to new students. */
export async function fileOf(target: LedgerTarget): Promise<string[]> {
  const students = await target.newStudents(STUDENTS);
  return [...paymentsOf(students, {})]
    .slice(0, ROWS)
    .map(({ headers, body }) => `${JSON.stringify({ ...body, idempotencyKey: headers['idempotency-key'] })}\n`);
}

/** Rows a second, from the first byte sent to the totals that contain the last row. */
async function recordInBulk(target: LedgerTarget): Promise<number> {
  const lines = await fileOf(target);
  const before = (await target.total?.()) ?? 0;
  const started = performance.now();
  const recorded = await sendLines(target, lines);
  const after = (await target.total?.()) ?? 0;
  const seconds = (performance.now() - started) / 1000;
  if (recorded !== ROWS || after - before !== ROWS * PART_YUAN)
    throw new Error(`${recorded} of ${ROWS} rows were recorded, ${after - before} yuan are in the totals`);
  return ROWS / seconds;
}

/** Answers with the number of rows that were recorded. */
export async function sendLines({ port, headers }: LedgerTarget, lines: readonly string[]): Promise<number> {
  const asked = request({
    port,
    path: '/v1/payments/bulk',
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
  });
  Readable.from(lines).pipe(asked);
  const [reply] = (await once(asked, 'response')) as [IncomingMessage];
  let recorded = 0;
  for await (const line of createInterface({ input: reply }))
    if ((JSON.parse(line) as { status: number }).status === 201) recorded++;
  return recorded;
}

/** The last events of a ledger that a service has open; it may go on writing. */
async function lastEventsOf({ directory }: LedgerTarget): Promise<StoredEvent[]> {
  const store = new SqliteEventStore(join(directory, 'ledger.db'), { readOnly: true });
  try {
    const { position } = await store.head();
    const events: StoredEvent[] = [];
    for await (const batch of readAll(store, position - ROWS)) events.push(...batch);
    return events;
  } finally {
    await store.close();
  }
}

/** The same table, synced as the ledger syncs, a thousand rows a commit. */
async function insertRaw(target: LedgerTarget): Promise<number> {
  const events = await lastEventsOf(target);
  const file = join(target.directory, 'raw.db');
  await new SqliteEventStore(file).close();
  const database = openDatabase(file);
  const insert = database.prepare('insert into event values (?, ?, ?, ?, ?, ?, ?, ?)');
  const started = performance.now();
  for (let from = 0; from < events.length; from += BATCH)
    transact(database, () => {
      for (const e of events.slice(from, from + BATCH))
        insert.run(e.position, e.stream, e.revision, e.id, e.type, e.recordedAt, e.payload, e.hash);
    });
  const seconds = (performance.now() - started) / 1000;
  const { count } = database.prepare('select count(*) as count from event').get() as { count: number };
  database.close();
  for (const side of ['', '-wal', '-shm']) rmSync(file + side, { force: true });
  if (count !== ROWS) throw new Error(`${count} of ${ROWS} events were inserted`);
  return ROWS / seconds;
}

async function run({ rounds, told }: RunOptions) {
  const target = await startLedger('ledger');
  const memory: number[] = [];
  try {
    const contenders: Contender[] = [
      { name: BULK, round: () => recordInBulk(target) },
      { name: RAW, round: () => insertRaw(target) },
    ].map(({ name, round }) => ({
      name,
      round: async () => {
        const rate = await round();
        told(`${name}: ${Math.round(rate)} rows/s`);
        if (name === BULK) memory.push(await memoryOf(target));
        return rate;
      },
    }));
    const figures = await inTurns(contenders, rounds, 'rows/s');
    const value = medianOf(figures, BULK) / medianOf(figures, RAW);
    return {
      figures: [...figures, { name: 'resident memory of the service after its round', unit: 'MiB', rounds: memory }],
      goals: [
        { says: `${BULK} ÷ ${RAW}`, value, limit: 0.5, bound: 'at-least' as const },
        {
          says: 'resident memory, most',
          value: Math.max(...memory),
          limit: 512,
          bound: 'at-most' as const,
          unit: 'MiB',
        },
      ],
      remarks: [
        `${ROWS} rows a round over one connection, read, checked, decided, chained, synced and in every view; the raw inserts only write the rows of the log.`,
      ],
    };
  } finally {
    await target.stop();
  }
}

export const bulk: Measure = {
  id: 'B4',
  says: 'bulk recording against inserting the same events and nothing else',
  run,
};
