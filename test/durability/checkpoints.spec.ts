// The thread that brings the write-ahead log into its file: what was recorded gets there, and the log stays short.
import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../src/core/storage.js';
import { NO_STREAM } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { eventually } from '../support/eventually.js';
import { testWith } from '../support/missing.js';
import { newDirectory } from '../support/service.js';
import { canTrace, printFigures } from './tools.js';
import { runWriter, type WriterOrder } from './writing.js';

const NEVER_MS = 1_000_000;
const MIB = 2 ** 20;

let directory: string;
beforeEach(() => {
  directory = newDirectory();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (checkpointEveryMs: number): SqliteEventStore =>
  new SqliteEventStore(join(directory, 'ledger.db'), { checkpointEveryMs });

let serial = 0;
const eventOf = (bytes: number) => ({
  id: `e-${++serial}`,
  type: 'Written',
  payload: JSON.stringify('x'.repeat(bytes)),
});

/** The last position in the file alone, without its write-ahead log. */
async function positionInFile(): Promise<number> {
  const copy = join(directory, `copy-${++serial}.db`);
  copyFileSync(join(directory, 'ledger.db'), copy);
  const store = new SqliteEventStore(copy);
  const { position } = await store.head();
  await store.close();
  return position;
}

async function lengthOfLogAfter(mebibytes: number, checkpointEveryMs: number): Promise<number> {
  const store = open(checkpointEveryMs);
  for (let revision = NO_STREAM; revision < mebibytes - 1; revision++) {
    await store.append('s-1', revision, [eventOf(MIB)]);
    await pause(5);
  }
  const { size } = statSync(join(directory, 'ledger.db-wal'));
  await store.close();
  return size / MIB;
}

test('what was recorded gets into the file while the ledger is open', async () => {
  const store = open(10);
  await store.append('s-1', NO_STREAM, [eventOf(100)]);
  await eventually(async () => expect(await positionInFile()).toBe(1));
  await store.append('s-1', 0, [eventOf(100)]);
  await eventually(async () => expect(await positionInFile()).toBe(2));
  await store.close();
});

test('control: without the thread it stands in the write-ahead log', async () => {
  const store = open(NEVER_MS);
  await store.append('s-1', NO_STREAM, [eventOf(100)]);
  await pause(500);
  expect(await positionInFile()).toBe(0);
  await store.close();
  expect(await positionInFile()).toBe(1);
});

test('under writing that does not end the log is begun anew before a commit has to do it', async () => {
  expect(await lengthOfLogAfter(30, 20)).toBeLessThan(24);
  rmSync(join(directory, 'ledger.db'));
  expect(await lengthOfLogAfter(30, NEVER_MS)).toBeGreaterThan(29);
});

const WRITERS = 10;
/** Two to six in ten are aborted. */
const MOST_HEEDLESS = 50;
/** Each sync takes so long that the thread is seldom idle. */
const SLOW_DISK = [
  '-f',
  '-o',
  '/dev/null',
  '-e',
  'trace=fsync,fdatasync',
  '-e',
  'inject=fsync,fdatasync:delay_enter=30ms',
];
const testWithSlowDisk = testWith(canTrace(), 'strace, or the right to trace');
/** What Node.js brings with it bears to be ended. */
const aborts = !process.getBuiltinModule?.('node:sqlite');

/** How many runs there were until one was aborted; undefined where none of so many was. */
async function abortedAt(most: number, how: Partial<WriterOrder>): Promise<number | undefined> {
  for (let run = 1; run <= most; run++) {
    const order = { file: join(directory, `ledger-${run}.db`), run: 'f', rounds: 8, checkpointEveryMs: 1, ...how };
    const { signal } = await runWriter(order, ['strace', ...SLOW_DISK]);
    if (signal) return run;
  }
  return undefined;
}

testWithSlowDisk('a process that ends while the thread is at work ends as it meant to', async () => {
  const at = await abortedAt(WRITERS, {});
  printFigures('R1 ends in the middle of a checkpoint (strace)', { runs: WRITERS, 'first aborted': at ?? 'none' });
  expect(at).toBeUndefined();
});

testWith(canTrace() && aborts, 'strace, or a driver that aborts')(
  'control: one that does not wait for the thread is aborted',
  async () => {
    const at = await abortedAt(MOST_HEEDLESS, { heedless: true });
    printFigures('R1 control, ends without waiting', { 'first aborted': at ?? 'none' });
    expect(at).toBeDefined();
  },
);
