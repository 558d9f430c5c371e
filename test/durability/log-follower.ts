// Readers that follow what others write: one by the positions of the log, and one by a bare sequence, which misses rows.
import pg from 'pg';
import { pause, StorageUnavailable } from '../../src/core/storage.js';
import type { EventStore } from '../../src/event-store/event-store.js';
import { ChainVerifier } from '../../src/event-store/hash-chain.js';
import type { Chance } from './chance.js';

const BATCH = 500;

/** The chain shows that it saw every event once and in order, however long the log. */
export class LogFollower {
  readonly seen = new ChainVerifier();
  reads = 0;
  /** Reads that the store could not answer. */
  refused = 0;

  constructor(private readonly store: EventStore) {}

  /** Goes on until it is over and nothing is left to read. */
  async follow(isOver: () => boolean): Promise<void> {
    for (let more = true; more;) {
      const wasOver = isOver();
      const before = this.seen.events;
      await this.readOn();
      if (this.seen.firstBad) throw new Error(JSON.stringify(this.seen.firstBad));
      more = !wasOver || this.seen.events > before;
    }
  }

  private async readOn(): Promise<void> {
    try {
      this.seen.check(await this.store.readAfter(this.seen.events, BATCH));
      this.reads++;
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
      this.refused++;
    }
    await pause(1);
  }
}

const [WRITERS, ROWS_EACH, LONGEST_MS] = [8, 25, 10];

/** Control: rows are numbered by a sequence and committed later; the reader goes on after the highest number it saw. */
export async function missedByBareSequence(url: string, chance: Chance): Promise<{ written: number; missed: number }> {
  const pool = new pg.Pool({ connectionString: url, max: WRITERS + 1 });
  pool.on('error', () => {}); // The server may end before the last connection has closed.
  try {
    await pool.query('create table numbered (id bigserial primary key)');
    const writing = { over: false };
    const reader = readBySequence(pool, () => writing.over);
    await Promise.all(Array.from({ length: WRITERS }, () => insertSlowly(pool, chance)));
    writing.over = true;
    const written = WRITERS * ROWS_EACH;
    return { written, missed: written - (await reader) };
  } finally {
    await pool.end();
  }
}

async function insertSlowly(pool: pg.Pool, chance: Chance): Promise<void> {
  const client = await pool.connect();
  for (let row = 0; row < ROWS_EACH; row++) {
    await client.query('begin');
    await client.query('insert into numbered default values');
    await pause(chance.below(LONGEST_MS));
    await client.query('commit');
  }
  client.release();
}

async function readBySequence(pool: pg.Pool, isOver: () => boolean): Promise<number> {
  let [seen, highest] = [0, 0];
  for (let more = true; more;) {
    const wasOver = isOver();
    const { rows } = await pool.query<{ id: string }>('select id from numbered where id > $1 order by id', [highest]);
    seen += rows.length;
    highest = Number(rows.at(-1)?.id ?? highest);
    more = !wasOver || rows.length > 0;
  }
  return seen;
}
