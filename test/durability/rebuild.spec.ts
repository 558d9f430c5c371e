// E2: views built anew while others write and read at full speed: no read fails, none goes back, and the views are equal.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { StorageUnavailable } from '../../src/core/storage.js';
import { NO_STREAM, type EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { Postgres, type Session, type Settings } from '../../src/postgres/database.js';
import { Projector } from '../../src/read-models/projector.js';
import { PostgresTables } from '../../src/tables/postgres/postgres-tables.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import type { Tables } from '../../src/tables/tables.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';
import { anyEvent, counting, COUNTED_AND_SAID } from './counting.js';
import { hashOfFold } from './fold.js';
import { testWith } from '../support/missing.js';
import { printFigures, scratchDirectory } from './tools.js';

const REBUILDS = Number(process.env['AID_REBUILD_ROUNDS'] ?? 5);
/** A log that takes a while to read again. */
const [WRITERS, EVENTS_BEFORE] = [8, 10_000];

interface Engine {
  store: EventStore;
  /** Of the service whose views are looked at. */
  models: Tables;
  /** Of whoever rebuilds. */
  others: Tables;
  close(): Promise<void>;
}

async function openPostgres(): Promise<Engine> {
  const url = await newDatabase(sharedPostgres() ?? '');
  const tables = (): Tables => new PostgresTables(new Postgres(url, { schema: 'aid' }));
  const store = await PostgresEventStore.open(new Postgres(url, { schema: 'aid' }));
  const [models, others] = [tables(), tables()];
  const close = async (): Promise<void> => {
    for (const part of [store, models, others]) await part.close();
  };
  return { store, models, others, close };
}

/** Log and views in one file, as the service has them; the file belongs to one process. */
async function openSqlite(): Promise<Engine> {
  const directory = scratchDirectory();
  const file = join(directory, 'ledger.db');
  const [store, models] = [new SqliteEventStore(file), new SqliteTables(file)];
  const close = async (): Promise<void> => {
    await models.close();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { store, models, others: models, close };
}

/** Looks at the views all the time. */
class Watcher {
  reads = 0;
  /** Reads that showed less than one before. */
  wentBack = 0;
  /** Reads in which the views held another number of events than they said. */
  torn = 0;
  private highest = 0;

  constructor(private readonly models: Tables) {}

  async watch(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const [row] = await this.models.query<{ said: number; counted: number }>(COUNTED_AND_SAID);
      this.see(row?.said ?? 0, row?.counted ?? 0);
      await new Promise(setImmediate);
    }
  }

  private see(said: number, counted: number): void {
    this.reads++;
    if (said !== counted) this.torn++;
    if (counted < this.highest) this.wentBack++;
    this.highest = Math.max(this.highest, counted);
  }
}

/** One event after another to a stream of its own; the projector hears of each. */
async function write(store: EventStore, stream: string, projector: Projector, isOver: () => boolean): Promise<void> {
  for (let revision = NO_STREAM; !isOver(); revision++) {
    const [stored] = await store.append(stream, revision, [anyEvent()]);
    projector.wake(stored?.position ?? 0);
  }
}

describe.each([
  ['PostgreSQL', openPostgres, sharedPostgres() !== undefined],
  ['SQLite', openSqlite, true],
] as const)('on %s', (name, open, isThere) => {
  testWith(isThere, name)(
    `${REBUILDS} rebuilds while others write and read: no read fails or goes back`,
    async () => {
      const engine = await open();
      try {
        await rebuildOften(name, engine);
        await expectNaiveRebuildNoticed(engine);
      } finally {
        await engine.close();
      }
    },
    REBUILDS * 20_000 + 60_000,
  );
});

/** Its connection breaks when so many transactions have been committed, before it hears of the last. */
class Unheard extends Postgres {
  left = Infinity;

  override async transaction<T>(work: (session: Session) => Promise<T>, settings?: Settings): Promise<T> {
    const result = await super.transaction(work, settings);
    if (--this.left === 0) throw new StorageUnavailable('the answer was lost');
    return result;
  }
}

testWith(sharedPostgres() !== undefined, 'PostgreSQL')(
  'a switch whose answer was lost is known to have happened',
  async () => {
    const url = await newDatabase(sharedPostgres() ?? '');
    const store = await PostgresEventStore.open(new Postgres(url, { schema: 'aid' }));
    const database = new Unheard(url, { schema: 'aid' });
    const tables = new PostgresTables(database);
    const live = new Projector(store, tables, [counting]);
    await live.start();
    await store.append('s', NO_STREAM, [anyEvent(), anyEvent()]);
    // Making the tables, setting the checkpoint, the events, the switch.
    database.left = 4;
    expect(await live.rebuild()).toBe(2);
    expect(await live.hash()).toBe(await hashOfFold(store, [counting]));
    expect(database.left).toBe(0);
    await tables.close();
    await store.close();
  },
);

async function rebuildOften(name: string, { store, models, others }: Engine): Promise<void> {
  const live = new Projector(store, models, [counting]);
  await live.start();
  const before = Array.from({ length: EVENTS_BEFORE }, anyEvent);
  await store.append('before', NO_STREAM, before);
  live.wake(before.length);
  const watcher = new Watcher(models);
  const state = { over: false };
  const isOver = (): boolean => state.over;
  const streams = Array.from({ length: WRITERS }, (_, index) => `s-${index}`);
  const writing = streams.map((stream) => write(store, stream, live, isOver));
  const watching = watcher.watch(isOver);
  try {
    for (let rebuild = 0; rebuild < REBUILDS; rebuild++) await new Projector(store, others, [counting]).rebuild();
  } finally {
    state.over = true;
    await Promise.all([...writing, watching]);
  }
  const { position: events } = await store.head();
  live.wake(events);
  await live.waitFor(events);
  const { reads, wentBack, torn } = watcher;
  printFigures(`E2 rebuild on ${name}`, { rebuilds: REBUILDS, events, reads, 'went back': wentBack, torn });
  expect({ wentBack, torn }).toEqual({ wentBack: 0, torn: 0 });
  expect(events).toBeGreaterThan(EVENTS_BEFORE);
  expect(reads).toBeGreaterThan(REBUILDS);
  expect(await live.hash()).toBe(await hashOfFold(store, [counting]));
  await live.stop();
}

/** Control: views that are emptied and filled again in their place are seen to go back. */
async function expectNaiveRebuildNoticed({ store, models, others }: Engine): Promise<void> {
  const watcher = new Watcher(models);
  const state = { over: false };
  const watching = watcher.watch(() => state.over);
  while (watcher.reads === 0) await new Promise(setImmediate);
  await others.transaction(async (rows) => {
    await rows.query('delete from counted');
    await rows.query('update checkpoint set position = 0');
  });
  await new Projector(store, others, [counting]).start();
  state.over = true;
  await watching;
  expect(watcher.wentBack).toBeGreaterThan(0);
}
