// The projector: follows the log from a stored position and keeps every view exactly there.
import { createHash } from 'node:crypto';
import { readEvent, type StoredEvent } from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { EventStore, readAll } from '../event-store/event-store.js';
import type { Projection } from './projection.js';
import { prefixed, type ReadModels, type Table, type Transaction } from './read-models.js';

/** One row a projection: the last ledger position that its tables contain. */
export const CHECKPOINT: Table = {
  name: 'checkpoint',
  columns: { name: 'text', position: 'integer', shape: 'text' },
  key: ['name'],
};

const BATCH = 1000;
const NEXT = 'next_';

export type Progress = (done: number, total: number) => void;

export class Projector {
  private position = 0;
  private wanted = 0;
  private running: Promise<void> | undefined;
  private waiting: { position: number; resolve: () => void }[] = [];
  private stopped = false;
  /** Why the views stand still; reads are refused while it is set. */
  failure: unknown;

  constructor(
    private readonly store: EventStore,
    private readonly models: ReadModels,
    private readonly projections: readonly Projection[],
    /** Told why the views halted. */
    private readonly halted: (error: unknown) => void = () => {},
  ) {}

  private get tables(): Table[] {
    return [...this.projections.flatMap(({ tables }) => tables), CHECKPOINT];
  }

  /** Creates missing tables and catches up; views of another shape than this version's are rebuilt. */
  async start(progress?: Progress): Promise<void> {
    await this.models.create([CHECKPOINT]);
    const shapes = await this.models.query<{ name: string; shape: string }>('select name, shape from checkpoint');
    const known = new Map(shapes.map(({ name, shape }) => [name, shape]));
    const stale =
      known.size > 0 && this.projections.some((projection) => known.get(projection.name) !== shapeOf(projection));
    if (stale) return void (await this.rebuild(progress));
    await this.models.create(this.tables);
    if (known.size === 0) await this.models.transaction((rows) => this.startAtZero(rows, ''));
    this.position = await this.checkpoint();
    await this.catchUp((await this.store.head()).position, progress);
  }

  /** Tells that the log has grown; returns at once. */
  wake = (position: number): void => {
    this.wanted = Math.max(this.wanted, position);
    this.running ??= this.run();
  };

  /** The last position that every view contains. */
  get reached(): number {
    return this.position;
  }

  /** The last position that this process has acknowledged. */
  get acknowledged(): number {
    return this.wanted;
  }

  /** Resolves when the views contain a position; refuses after a bounded wait. */
  async waitFor(position: number, patienceMs = 5000): Promise<void> {
    if (this.failure) throw new Rejection('projection-behind');
    if (this.position >= position) return;
    await new Promise<void>((resolve, reject) => {
      const wait = { position, resolve: () => (clearTimeout(timer), resolve()) };
      const timer = setTimeout(() => {
        this.waiting = this.waiting.filter((other) => other !== wait);
        reject(new Rejection('projection-behind'));
      }, patienceMs);
      this.waiting.push(wait);
    });
    if (this.failure) throw new Rejection('projection-behind');
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  private async run(): Promise<void> {
    try {
      while (this.position < this.wanted && !this.stopped) await this.catchUp(this.wanted);
    } catch (error) {
      this.failure = error;
      this.halted(error);
      this.release(Infinity);
    } finally {
      this.running = undefined;
    }
  }

  private async catchUp(target: number, progress?: Progress): Promise<void> {
    const from = this.position;
    while (this.position < target) {
      const events = await this.store.readAfter(this.position, BATCH);
      if (events.length === 0) return;
      await this.applyBatch(events, this.position, '');
      this.position = events.at(-1)?.position ?? this.position;
      this.release(this.position);
      progress?.(this.position - from, target - from);
    }
  }

  private release(position: number): void {
    const due = this.waiting.filter((wait) => wait.position <= position);
    this.waiting = this.waiting.filter((wait) => wait.position > position);
    for (const { resolve } of due) resolve();
  }

  /** One batch, all projections and their checkpoints, in one transaction; a rival that was quicker makes it fail. */
  private async applyBatch(batch: readonly StoredEvent[], checkpoint: number, prefix: string): Promise<void> {
    const position = demandDense(batch, checkpoint);
    const events = batch.map((stored) => readEvent(stored));
    await this.models.transaction(async (rows) => {
      await this.advance(rows, prefix, checkpoint, position);
      for (const projection of this.projections) await projection.apply(events, under(rows, prefix));
    });
  }

  /** Compare and set: the checkpoint moves only from where this projector saw it. */
  private async advance(rows: Transaction, prefix: string, from: number, to: number): Promise<void> {
    const checkpoint = prefix + CHECKPOINT.name;
    const moved = await rows.query(`update ${checkpoint} set position = $1 where position = $2 returning name`, [
      to,
      from,
    ]);
    if (moved.length !== this.projections.length) throw new Error(`the views are no longer at position ${from}`);
  }

  private async startAtZero(rows: Transaction, prefix: string): Promise<void> {
    const checkpoints = this.projections.map((projection) => ({
      name: projection.name,
      position: 0,
      shape: shapeOf(projection),
    }));
    await rows.put(prefixed(CHECKPOINT, prefix), checkpoints);
  }

  private async checkpoint(): Promise<number> {
    const rows = await this.models.query<{ position: number }>('select min(position) as position from checkpoint');
    return rows[0]?.position ?? 0;
  }

  /** The position of each projection's tables. */
  positions(): Promise<{ name: string; position: number }[]> {
    return this.models.query('select name, position from checkpoint order by name');
  }

  /** Builds all views anew beside the live ones and switches in one transaction; readers notice nothing. */
  async rebuild(progress?: Progress): Promise<{ events: number; hash: string }> {
    await this.models.create(this.tables, NEXT);
    await this.models.transaction((rows) => this.startAtZero(rows, NEXT));
    const total = (await this.store.head()).position;
    let position = 0;
    for await (const batch of readAll(this.store, 0, BATCH)) {
      await this.applyBatch(batch, position, NEXT);
      position = batch.at(-1)?.position ?? position;
      progress?.(position, Math.max(total, position));
    }
    await this.models.swap(this.tables, NEXT);
    this.position = position;
    return { events: position, hash: await this.hash() };
  }

  /** Digest over every row of every view in key order: equal views, equal digest. */
  async hash(): Promise<string> {
    const digest = createHash('sha256');
    for (const { name, key } of this.tables)
      for (const row of await this.models.query(`select * from ${name} order by ${key.join(', ')}`))
        digest.update(JSON.stringify(Object.entries(row)));
    return digest.digest('hex');
  }
}

/** Positions follow one another from the checkpoint on; answers with the last. */
function demandDense(batch: readonly StoredEvent[], checkpoint: number): number {
  let last = checkpoint;
  for (const { position } of batch) {
    if (position !== last + 1) throw new Error(`the log has a gap: ${position} follows ${last}`);
    last = position;
  }
  return last;
}

/** The same transaction, with every table under a prefix. */
const under = (rows: Transaction, prefix: string): Transaction =>
  prefix === ''
    ? rows
    : {
        query: (text, parameters) => rows.query(text, parameters),
        load: (table, column, values) => rows.load(prefixed(table, prefix), column, values),
        put: (table, changed) => rows.put(prefixed(table, prefix), changed),
      };

/** Changes whenever the tables of a projection do. */
const shapeOf = ({ tables }: Projection): string =>
  createHash('sha256').update(JSON.stringify(tables)).digest('hex').slice(0, 16);
