// What the KurrentDB log promises beyond the contract: one effect whatever becomes of the connection, and one numbering.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StorageUnavailable } from '../../src/core/storage.js';
import { NO_STREAM } from '../../src/event-store/event-store.js';
import { KurrentEventStore } from '../../src/event-store/kurrent/kurrent-event-store.js';
import { verify } from '../../src/event-store/verification.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import { KurrentDouble } from '../kurrent-double/kurrent-double.js';
import { newDirectory } from '../support/service.js';
import { event } from './contract.js';

let [directory, prefix] = ['', ''];
let server: KurrentDouble;
let tables: SqliteTables;
let store: KurrentEventStore;

const open = (on = tables) => KurrentEventStore.open(server.url, on, { prefix });

beforeEach(async () => {
  directory = newDirectory();
  prefix = `t${randomUUID().replaceAll('-', '')}.`;
  server = await KurrentDouble.start();
  tables = new SqliteTables(join(directory, 'numbering.db'));
  store = await open();
});
afterEach(async () => {
  await store.close();
  await tables.close();
  await server.dispose();
  rmSync(directory, { recursive: true, force: true });
});

test.each([
  ['the connection is lost after the commit', 'drop', { afterCommit: true }],
  ['the connection is lost before the commit', 'drop', {}],
  ['the server is unavailable', 'unavailable', { times: 2 }],
  ['the server is not the leader', 'not-leader', {}],
  ['the server is not ready', 'not-ready', {}],
  ['the time of the server is over, the event is there', 'deadline-exceeded', { afterCommit: true }],
  ['nobody knows what went wrong, the event is there', 'unknown', { afterCommit: true }],
] as const)('%s: the append has one effect and its answer', async (_, failure, options) => {
  await store.append('a', NO_STREAM, [event()]);
  server.faults.next('append', failure, options);
  const [stored] = await store.append('a', 0, [event({ n: 2 }), event({ n: 3 })]);
  expect(stored).toMatchObject({ position: 2, revision: 1 });
  expect(await verify(store)).toMatchObject({ ok: true, events: 3 });
});

test('a stalled append is given up and asked for again', async () => {
  server.faults.next('append', 'stall', { afterCommit: true });
  const [stored] = await store.append('a', NO_STREAM, [event()]);
  expect(stored).toMatchObject({ position: 1 });
  expect(await verify(store)).toMatchObject({ ok: true, events: 1 });
}, 20_000);

test('a writer who was quicker is a conflict, also where the answer was lost', async () => {
  await store.append('a', NO_STREAM, [event()]);
  server.faults.next('append', 'drop', {});
  const attempts = [store.append('a', 0, [event({ n: 1 })]), store.append('a', 0, [event({ n: 2 })])];
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  expect(await verify(store)).toMatchObject({ ok: true, events: 2 });
});

test.each(['drop', 'unavailable', 'not-leader', 'end'] as const)(
  'a read that meets "%s" is made again',
  async (failure) => {
    await store.append('a', NO_STREAM, [event(), event(), event()]);
    server.faults.next('read', failure, {});
    expect(await store.readStream('a')).toHaveLength(3);
    server.faults.next('read', failure, {});
    expect(await store.readAfter(0, 10)).toHaveLength(3);
  },
);

test.each(['drop', 'end', 'too-slow'] as const)(
  'a subscription that ends with "%s" goes on where it was',
  async (how) => {
    await store.append('a', NO_STREAM, [event()]);
    server.faults.cutSubscriptions(how);
    await store.append('a', 0, [event()]);
    server.faults.cutSubscriptions(how);
    await store.append('b', NO_STREAM, [event()]);
    expect(await verify(store)).toMatchObject({ ok: true, events: 3 });
  },
);

test('a server that comes back finds the service where it was', async () => {
  await store.append('a', NO_STREAM, [event()]);
  await server.stop();
  const waiting = store.append('a', 0, [event()]);
  setTimeout(() => void server.start(), 500);
  expect((await waiting)[0]).toMatchObject({ position: 2 });
}, 20_000);

test('a server that stays away is said to be unavailable, and nothing is answered as recorded', async () => {
  await server.stop();
  await expect(store.append('a', NO_STREAM, [event()])).rejects.toBeInstanceOf(StorageUnavailable);
  await server.start();
}, 40_000);

test('events of others on the same server are not numbered', async () => {
  const other = await KurrentEventStore.open(server.url, new SqliteTables(join(directory, 'other.db')), {
    prefix: 'other.',
  });
  await other.append('a', NO_STREAM, [event()]);
  await store.append('a', NO_STREAM, [event()]);
  await other.append('a', 0, [event()]);
  expect(await store.readAfter(0, 10)).toHaveLength(1);
  expect((await other.head()).position).toBe(2);
  await other.close();
});

test('numbering lost and made again gives the same positions and hashes', async () => {
  for (let index = 0; index < 5; index++) await store.append(`s-${index}`, NO_STREAM, [event(), event()]);
  const before = await store.readAfter(0, 100);
  await store.close();
  const fresh = new SqliteTables(join(directory, 'fresh.db'));
  const again = await open(fresh);
  expect(await again.readAfter(0, 100)).toEqual(before);
  await again.close();
  await fresh.close();
  store = await open();
});

test('two services that number the same tables agree', async () => {
  const second = await open();
  const appends = Array.from({ length: 60 }, (_, index) =>
    (index % 2 ? store : second).append(`s-${index}`, NO_STREAM, [event()]),
  );
  const positions = (await Promise.all(appends)).map(([stored]) => stored?.position ?? 0);
  expect(positions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
  expect(await verify(second)).toMatchObject({ ok: true, events: 60 });
  await second.close();
});

test('a numbering that is not what the server says is found', async () => {
  await store.append('a', NO_STREAM, [event()]);
  await store.close();
  await tables.transaction((rows) => rows.query(`update numbering set hash = '${'0'.repeat(64)}' where position = 1`));
  const second = new SqliteTables(join(directory, 'numbering.db'));
  store = await open(second);
  expect(await verify(store)).toMatchObject({ ok: false, firstBad: { position: 1 } });
  await second.close();
});
