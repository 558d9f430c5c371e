// What the SQLite log promises beyond the contract: synced commits, one process, a full disk, alterations found.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StorageFull } from '../../src/core/storage.js';
import { NO_STREAM } from '../../src/event-store/event-store.js';
import { GroupCommit } from '../../src/event-store/group-commit.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { verify } from '../../src/event-store/verification.js';
import { openDatabase, type Database } from '../../src/sqlite/database.js';
import { AlreadyLocked, lockFile } from '../../src/sqlite/lock.js';
import { newDirectory } from '../support/service.js';
import { event } from './contract.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = newDirectory();
  file = join(directory, 'ledger.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('every connection syncs every commit', () => {
  const database = openDatabase(file);
  expect(database.prepare('pragma synchronous').get()).toMatchObject({ synchronous: 2 });
  expect(database.prepare('pragma journal_mode').get()).toMatchObject({ journal_mode: 'wal' });
  database.close();
});

test('a second holder of the lock is refused until the first lets go', () => {
  const lock = lockFile(`${file}.lock`);
  expect(() => lockFile(`${file}.lock`)).toThrow(AlreadyLocked);
  lock.release();
  lockFile(`${file}.lock`).release();
});

test('orders of one tick share a commit; if it fails, each is told', async () => {
  const batches: number[][] = [];
  const commits = new GroupCommit<number, number>((orders) => {
    batches.push(orders);
    if (orders.includes(13)) throw new Error('disk');
    return orders.map((order) => (order % 2 === 0 ? { answer: order } : { refused: new Error('odd') }));
  });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map((order) => commits.submit(order)));
  expect(batches).toEqual([[1, 2, 3, 4]]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
  const failed = await Promise.allSettled([commits.submit(13), commits.submit(2)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a full disk refuses the append, keeps what is there, and goes on once there is room', async () => {
  const store = new SqliteEventStore(file);
  await store.append('a', NO_STREAM, [event()]);
  const limit = (pages: number): void => {
    // The limit holds for the store's own connection.
    (store as unknown as { database: Database }).database.exec(`pragma max_page_count = ${pages}`);
  };
  limit(1);
  const large = event({ text: 'x'.repeat(100_000) });
  await expect(store.append('b', NO_STREAM, [large])).rejects.toBeInstanceOf(StorageFull);
  expect(await verify(store)).toMatchObject({ ok: true, events: 1 });
  limit(1_000_000);
  await store.append('b', NO_STREAM, [large]);
  expect(await verify(store)).toMatchObject({ ok: true, events: 2 });
  await store.close();
});

const EVENTS = 50;

async function written(): Promise<void> {
  const store = new SqliteEventStore(file);
  for (let index = 0; index < EVENTS; index++)
    await store.append(`s-${index % 7}`, Math.floor(index / 7) - 1, [event({ index })]);
  await store.close();
}

async function verifiedAfter(alter: (database: Database) => void, viewed = EVENTS) {
  const database = openDatabase(file);
  alter(database);
  database.close();
  const store = new SqliteEventStore(file);
  const result = await verify(store, viewed);
  await store.close();
  return result;
}

test.each<[string, string, number]>([
  [
    'an altered payload',
    `update event set payload = replace(payload, '"index":20', '"index":99') where position = 21`,
    21,
  ],
  ['an altered type', `update event set type = 'Forged' where position = 5`, 5],
  ['an altered instant', `update event set recorded_at = '2020-01-01T00:00:00.000Z' where position = 9`, 9],
  ['an altered id', `update event set id = 'forged' where position = 30`, 30],
  ['a moved stream', `update event set stream = 's-new', revision = 0 where position = 8`, 8],
  ['an altered hash', `update event set hash = '${'a'.repeat(64)}' where position = 17`, 17],
  ['a deleted event', `delete from event where position = 25`, 25],
  ['a cut tail', `delete from event where position > 40`, 41],
])('%s is found', async (_, sql, position) => {
  await written();
  expect(await verifiedAfter((database) => database.exec(sql))).toMatchObject({ ok: false, firstBad: { position } });
});

test('two swapped payloads are found', async () => {
  await written();
  const swap = (database: Database): void => {
    const text = (position: number) =>
      (database.prepare('select payload from event where position = ?').get(position) as { payload: string }).payload;
    const [a, b] = [text(10), text(11)];
    const update = database.prepare('update event set payload = ? where position = ?');
    update.run(b, 10);
    update.run(a, 11);
  };
  expect(await verifiedAfter(swap)).toMatchObject({ ok: false, firstBad: { position: 10 } });
});

test('a forged event at the end, hashed with another history, is found', async () => {
  await written();
  const forge = (database: Database): void =>
    database.exec(
      `insert into event select position + 1, 'forged', 0, 'forged', type, recorded_at, payload, hash from event where position = ${EVENTS}`,
    );
  expect(await verifiedAfter(forge)).toMatchObject({ ok: false, firstBad: { position: EVENTS + 1 } });
});

test('control: an untouched log verifies', async () => {
  await written();
  expect(await verifiedAfter(() => {})).toMatchObject({ ok: true, events: EVENTS });
});

test('1,000 random bit flips of stored bytes: each is detected', async () => {
  await written();
  const database = openDatabase(file);
  const columns = ['payload', 'hash', 'id', 'type', 'stream', 'recorded_at'] as const;
  let seed = 20261122;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const store = new SqliteEventStore(file);
  let detected = 0;
  for (let round = 0; detected < 1000; round++) {
    const column = columns[random(columns.length)] ?? 'payload';
    const position = 1 + random(EVENTS);
    const row = database.prepare(`select ${column} as text from event where position = ?`).get(position) as {
      text: string;
    };
    const bytes = Buffer.from(row.text);
    const at = random(bytes.length);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << random(7));
    const put = database.prepare(`update event set ${column} = ? where position = ?`);
    try {
      put.run(bytes.toString(), position);
    } catch {
      continue; // the alteration repeats a key that is there: the file itself refuses it
    }
    const result = await verify(store);
    expect({ round, column, position, ok: result.ok }).toMatchObject({ ok: false });
    put.run(row.text, position);
    detected++;
  }
  expect(await verify(store)).toMatchObject({ ok: true });
  await store.close();
  database.close();
}, 60_000);
