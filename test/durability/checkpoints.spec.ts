// The thread that brings the write-ahead log into its file: what was recorded gets there, and the log stays short.
import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../../src/core/storage.js';
import { NO_STREAM } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { newDirectory } from '../support/service.js';
import { eventually } from '../support/eventually.js';

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
