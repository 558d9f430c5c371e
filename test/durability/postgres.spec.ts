// R5: sixteen writers on PostgreSQL while its backends are killed and the server restarts: nothing missed, nothing doubled.
import { pause } from '../../src/core/storage.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { verify } from '../../src/event-store/verification.js';
import { Postgres, type Session } from '../../src/postgres/database.js';
import { Cluster, postgresBinaries } from '../support/postgres.js';
import { Chance, SEED } from './chance.js';
import { LogFollower, missedByBareSequence } from './log-follower.js';
import { differences, LogWriter } from './log-writer.js';
import { Mischief } from './mischief.js';
import { testWith } from '../support/missing.js';
import { printFigures } from './tools.js';

const SECONDS = Number(process.env['AID_R5_SECONDS'] ?? 8);
/** As four services with four clerks each would write. */
const [SERVICES, WRITERS_EACH] = [4, 4];

const chance = new Chance(SEED);

/** Counts what was done to its transactions; the store repeats them. */
class SufferingPostgres extends Postgres {
  static broken = 0;
  /** Broken while they were being committed: they may have been kept. */
  static inDoubt = 0;

  override async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    let committing = false;
    try {
      return await super.transaction(async (session) => {
        const result = await work(session);
        committing = true;
        return result;
      });
    } catch (error) {
      SufferingPostgres.broken++;
      if (committing) SufferingPostgres.inDoubt++;
      throw error;
    }
  }
}

const openStore = (url: string): Promise<EventStore> =>
  PostgresEventStore.open(new SufferingPostgres(url, { schema: 'aid', connections: WRITERS_EACH }));

testWith(postgresBinaries() !== undefined, 'PostgreSQL')(
  `${SECONDS} s of killed backends and restarts lose, double and skip no event`,
  async () => {
    const cluster = await Cluster.start(['max_connections=100']);
    try {
      await suffer(cluster);
      await expectBareSequenceMisses(cluster);
    } finally {
      await cluster.dispose();
    }
  },
  SECONDS * 1000 + 120_000,
);

async function suffer(cluster: Cluster): Promise<void> {
  const url = await cluster.newDatabase();
  const stores = await Promise.all(Array.from({ length: SERVICES + 1 }, () => openStore(url)));
  const [reading, ...written] = stores as [EventStore, ...EventStore[]];
  const writers = written.flatMap((store, service) =>
    Array.from({ length: WRITERS_EACH }, (_, index) => new LogWriter(`w${service}-${index}`, store)),
  );
  const follower = new LogFollower(reading);
  const mischief = new Mischief(cluster, chance);
  await goOn(writers, follower, mischief);
  await hold(reading, writers, follower, mischief);
  await Promise.all(stores.map((store) => store.close()));
}

async function goOn(writers: readonly LogWriter[], follower: LogFollower, mischief: Mischief): Promise<void> {
  const state = { over: false, written: false };
  const isOver = (): boolean => state.over;
  const writing = Promise.all(writers.map((writer) => writer.write(isOver)));
  const reading = follower.follow(() => state.written);
  const evil = mischief.go(isOver);
  try {
    await Promise.race([pause(SECONDS * 1000), writing, reading, evil]);
    state.over = true;
    await Promise.all([writing, evil]);
  } finally {
    Object.assign(state, { over: true, written: true });
  }
  await reading;
}

async function hold(
  store: EventStore,
  writers: readonly LogWriter[],
  follower: LogFollower,
  { terminated, killed, restarts }: Mischief,
): Promise<void> {
  const head = await store.head();
  const sum = (figure: (writer: LogWriter) => number): number =>
    writers.reduce((total, writer) => total + figure(writer), 0);
  printFigures('R5 PostgreSQL', {
    events: head.position,
    appends: sum(({ firstAt }) => firstAt.length),
    conflicts: sum(({ conflicts }) => conflicts),
    'broken transactions': SufferingPostgres.broken,
    'commits in doubt': SufferingPostgres.inDoubt,
    'appends given up by the store': sum(({ unknown }) => unknown),
    terminated,
    killed,
    restarts,
    reads: follower.reads,
    'reads refused': follower.refused,
    seed: SEED,
  });
  expect(await differences(store, writers)).toEqual([]);
  expect(await verify(store)).toEqual({ ok: true, events: head.position, headHash: head.hash });
  expect(follower.seen).toMatchObject({ events: head.position, headHash: head.hash });
  for (const count of [
    terminated,
    killed,
    restarts,
    SufferingPostgres.broken,
    ...writers.map(({ acknowledged }) => acknowledged),
  ])
    expect(count).toBeGreaterThan(0);
  await expectDifferencesNoticed(store, writers);
}

/** Control: an append that was acknowledged and is not there, and one that is there and was not acknowledged. */
async function expectDifferencesNoticed(store: EventStore, writers: readonly LogWriter[]): Promise<void> {
  const [writer] = writers;
  const last = writer?.firstAt.at(-1);
  if (!writer || last === undefined) throw new Error('nothing was acknowledged');
  writer.acknowledged++;
  expect(await differences(store, writers)).toHaveLength(1);
  writer.acknowledged--;
  writer.firstAt.pop();
  expect(await differences(store, writers)).not.toEqual([]);
  writer.firstAt.push(last);
}

/** Control: the same kind of reader over numbers from a sequence. */
async function expectBareSequenceMisses(cluster: Cluster): Promise<void> {
  const { written, missed } = await missedByBareSequence(await cluster.newDatabase(), chance);
  printFigures('R5 control, bare sequence', { written, missed });
  expect(missed).toBeGreaterThan(0);
}
