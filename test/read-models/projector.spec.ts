// The projector: exact positions, equal rebuilds beside live reads, and a visible halt where the log is not as it should be.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { NewEvent, StoredEvent } from '../../src/core/event.js';
import { StorageUnavailable } from '../../src/core/storage.js';
import { EventStore, NO_STREAM } from '../../src/event-store/event-store.js';
import { MemoryEventStore } from '../../src/event-store/memory-event-store.js';
import { UNHURRIED_MS } from '../../src/read-models/pace.js';
import { Projector } from '../../src/read-models/projector.js';
import type { Projection } from '../../src/read-models/projection.js';
import type { Table } from '../../src/tables/tables.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import { newDirectory } from '../support/service.js';

const COUNT: Table = {
  name: 'counted',
  columns: { stream: 'text', events: 'integer', last: 'integer' },
  key: ['stream'],
  indexes: [['last']],
};

/** Counts events by stream: state that depends on every event being applied exactly once. */
const counting: Projection = {
  name: 'counting',
  tables: [COUNT],
  async apply(events, rows) {
    const known = await rows.load<{ stream: string; events: number; last: number }>(COUNT, 'stream', [
      ...new Set(events.map(({ stream }) => stream)),
    ]);
    const counts = new Map(known.map((row) => [row.stream, row.events]));
    const last = new Map<string, number>();
    for (const { stream, position, data } of events) {
      if ('poison' in data) throw new Error('poison');
      counts.set(stream, (counts.get(stream) ?? 0) + 1);
      last.set(stream, position);
    }
    await rows.put(
      COUNT,
      [...last].map(([stream, position]) => ({ stream, events: counts.get(stream) ?? 0, last: position })),
    );
  },
};

let directory: string;
let models: SqliteTables;
let store: MemoryEventStore;
let serial = 0;

const event = (data: object = {}): NewEvent => ({
  id: `e-${++serial}`,
  type: 'Tested',
  payload: JSON.stringify({ data, meta: {} }),
});

async function append(count: number, target: EventStore = store): Promise<number> {
  for (let index = 0; index < count; index++) {
    const stream = `s-${index % 5}`;
    await target.append(stream, (await target.readStream(stream)).length - 1, [event()]);
  }
  return (await target.head()).position;
}

beforeEach(() => {
  directory = newDirectory();
  models = new SqliteTables(join(directory, 'views.db'));
  store = new MemoryEventStore();
});
afterEach(async () => {
  await models.close();
  rmSync(directory, { recursive: true, force: true });
});

const started = async (projections = [counting], from: EventStore = store): Promise<Projector> => {
  const projector = new Projector(from, models, projections);
  await projector.start();
  return projector;
};

const sum = async (): Promise<number> =>
  (await models.query<{ n: number }>('select coalesce(sum(events), 0) as n from counted'))[0]?.n ?? 0;

test('views contain what a reader waits for', async () => {
  const projector = await started();
  const position = await append(12);
  projector.wake(position);
  await projector.waitFor(position);
  expect(await sum()).toBe(12);
  expect(await projector.positions()).toEqual([{ name: 'counting', position: 12 }]);
});

test('a projector that starts later goes on where the last one stopped', async () => {
  await (await started()).stop();
  await append(2500);
  const projector = await started();
  expect(projector.reached).toBe(2500);
  expect(await sum()).toBe(2500);
});

test('whoever waits is not kept for those who might come', async () => {
  const projector = await started();
  const begun = performance.now();
  for (let round = 0; round < 20; round++) {
    const position = await append(1);
    projector.wake(position);
    await projector.waitFor(position);
  }
  expect(performance.now() - begun).toBeLessThan(20 * UNHURRIED_MS);
});

test('views that nobody waits for come along', async () => {
  const projector = await started();
  projector.wake(await append(3));
  for (let tried = 0; projector.reached < 3 && tried < 500; tried++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(await sum()).toBe(3);
});

test('a wait is bounded', async () => {
  const projector = await started();
  await expect(projector.waitFor(99, 20)).rejects.toMatchObject({ code: 'projection-behind' });
});

test('a rebuild gives equal views while reads go on', async () => {
  const projector = await started();
  projector.wake(await append(3000));
  await projector.waitFor(3000);
  const live = await projector.hash();
  let reads = 0;
  const state = { over: false };
  const reader = (async () => {
    while (!state.over) {
      expect(await sum()).toBe(3000);
      reads++;
      await new Promise(setImmediate);
    }
  })();
  const rebuilt = await projector.rebuild();
  state.over = true;
  await reader;
  expect(rebuilt).toBe(3000);
  expect(await projector.hash()).toBe(live);
  expect(reads).toBeGreaterThan(0);
  projector.wake(await append(5));
  await projector.waitFor(3005);
  expect(await sum()).toBe(3005);
});

/** While the rebuild holds what it has read, others record more and their views show it. */
class Overlapping extends MemoryEventStore {
  meanwhile: (() => Promise<void>) | undefined;

  override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    const events = await super.readAfter(position, limit);
    const { meanwhile } = this;
    this.meanwhile = undefined;
    await meanwhile?.();
    return events;
  }
}

test('what the live views gained while they were rebuilt is in the new ones when they are switched', async () => {
  const overlapping = new Overlapping();
  const live = await started([counting], overlapping);
  const show = async (events: number): Promise<void> => {
    const position = await append(events, overlapping);
    live.wake(position);
    await live.waitFor(position);
  };
  await show(12);
  overlapping.meanwhile = () => show(5);
  expect(await new Projector(overlapping, models, [counting]).rebuild()).toBe(17);
  expect(await sum()).toBe(17);
});

test('views of another shape are built anew at the start', async () => {
  await append(10);
  await (await started()).stop();
  const widened: Projection = { ...counting, tables: [{ ...COUNT, columns: { ...COUNT.columns, note: 'text' } }] };
  const projector = await started([widened]);
  expect(projector.reached).toBe(10);
  expect(await models.query('select distinct note from counted')).toEqual([{ note: null }]);
});

test('of two projectors on the same views none applies an event twice, and both arrive', async () => {
  const [one, two] = [await started(), await started()];
  const position = await append(400);
  one.wake(position);
  two.wake(position);
  await Promise.all([one.waitFor(position), two.waitFor(position)]);
  expect(await sum()).toBe(400);
});

/** A store whose reader skips an event, as one that orders by a bare sequence can. */
class Skipping extends MemoryEventStore {
  override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    return (await super.readAfter(position, limit)).filter((stored) => stored.position !== 7);
  }
}

test.each([
  ['a gap before the batch', 6],
  ['a gap inside the batch', 0],
])('%s halts the views visibly and is not skipped', async (_, already) => {
  const skipping = new Skipping();
  const projector = await started([counting], skipping);
  if (already > 0) {
    projector.wake(await append(already, skipping));
    await projector.waitFor(already);
  }
  projector.wake(await append(20, skipping));
  await expect(projector.waitFor(8, 1000)).rejects.toMatchObject({ code: 'projection-behind' });
  expect(String(projector.failure)).toContain('gap');
  expect(await sum()).toBeLessThanOrEqual(6);
});

describe('an event that cannot be applied', () => {
  const poisoned = async (): Promise<Projector> => {
    const projector = await started();
    await append(3);
    await store.append('bad', NO_STREAM, [event(), event({ poison: true }), event()]);
    await append(3);
    const { position } = await store.head();
    projector.wake(position);
    await projector.waitFor(position);
    return projector;
  };

  test('parks its stream, and the rest goes on', async () => {
    const projector = await poisoned();
    expect(projector.failure).toBeUndefined();
    expect(await sum()).toBe(7);
    expect([...projector.parked.values()]).toEqual([
      { stream: 'bad', position: 5, type: 'Tested', reason: 'poison', events: 2 },
    ]);
  });

  test('is held back for later batches and for a projector that starts later', async () => {
    await (await poisoned()).stop();
    await store.append('bad', 2, [event()]);
    const later = await started();
    expect(later.reached).toBe(10);
    expect(later.parked.get('bad')).toMatchObject({ events: 3 });
    expect(await sum()).toBe(7);
  });

  test('gives the same views when they are rebuilt, and counts again once it can be applied', async () => {
    const projector = await poisoned();
    const live = await projector.hash();
    expect(await projector.rebuild()).toBe(9);
    expect(await projector.hash()).toBe(live);
    expect(projector.parked.size).toBe(1);
    await projector.stop();
    const mended: Projection = {
      ...counting,
      apply: (events, rows) =>
        counting.apply(
          events.map((each) => ({ ...each, data: {} })),
          rows,
        ),
    };
    const next = await started([mended]);
    await next.rebuild();
    expect(next.parked.size).toBe(0);
    expect(await sum()).toBe(9);
  });
});

test('views whose checkpoint is lost are built anew, not added to', async () => {
  const projector = await started();
  projector.wake(await append(12));
  await projector.waitFor(12);
  await projector.stop();
  await models.transaction((rows) => rows.query('delete from checkpoint'));
  expect((await started()).reached).toBe(12);
  expect(await sum()).toBe(12);
});

test('storage that is away for a while is waited for: nothing is parked, readiness says so', async () => {
  let away = false;
  class Away extends MemoryEventStore {
    override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
      if (away) throw new StorageUnavailable('away');
      return super.readAfter(position, limit);
    }
  }
  const remote = new Away();
  const projector = await started([counting], remote);
  away = true;
  projector.wake(await append(3, remote));
  await expect(projector.waitFor(3, 50)).rejects.toMatchObject({ code: 'projection-behind' });
  expect(projector.trouble).toBeInstanceOf(StorageUnavailable);
  away = false;
  await projector.waitFor(3);
  await new Promise(setImmediate);
  expect([projector.trouble, projector.failure, projector.parked.size]).toEqual([undefined, undefined, 0]);
});

test('who stops by itself leaves views that contain all that it was told of', async () => {
  const projector = await started();
  const position = await append(20);
  projector.wake(position);
  await projector.stop();
  expect(projector.reached).toBe(position);
});
