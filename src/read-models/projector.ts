// The projector: follows the log from a stored position and keeps every view exactly there. Several may serve the same
// views: the stored position moves only from where it was seen, so none applies an event twice.
import type { StoredEvent } from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { patiently, pause, StorageFull, StorageUnavailable } from '../core/storage.js';
import { EventStore } from '../event-store/event-store.js';
import type { Table, Tables } from '../tables/tables.js';
import { digestOf, shapeOf } from './digest.js';
import { park, PARKED, parkedIn, withoutParked, type Parked } from './parked.js';
import { applyAll, CannotApply, CHECKPOINT, demandDense, under, type Projection, type Views } from './projection.js';

const BATCH = 1000;
const NEXT = 'next_';
const RETRY_MS = 500;

/** On an embedded store nothing in a batch waits for anything: without this, a long way is gone in one breath. */
const turnOfOthers = (): Promise<void> => new Promise(setImmediate);

export type Progress = (done: number, total: number) => void;

/** Another projector has moved the views; nothing of this batch was kept. */
class Overtaken extends Error {}

interface Standing {
  position: number;
  parked: number;
}

export class Projector {
  private position = 0;
  private wanted = 0;
  private running: Promise<void> | undefined;
  private waiting: { position: number; resolve: () => void }[] = [];
  private stopped = false;
  private looking = false;
  private parkedStreams: ReadonlyMap<string, Parked> = new Map();
  /** Why the views stand still until someone mends it; reads are refused while it is set. */
  failure: unknown;
  /** Why the views stand still for the moment; the projector tries again by itself. */
  trouble: unknown;

  constructor(
    private readonly store: EventStore,
    private readonly models: Tables,
    private readonly projections: readonly Projection[],
    /** Told why the views halted, or why a stream was parked. */
    private readonly told: (error: unknown) => void = () => {},
  ) {}

  private get tables(): Table[] {
    return [...this.projections.flatMap(({ tables }) => tables), PARKED, CHECKPOINT];
  }

  /** Creates missing tables and catches up; views of another shape than this version's are rebuilt. */
  start(progress?: Progress): Promise<void> {
    return this.models.exclusively(async () => {
      await this.models.create([CHECKPOINT]);
      if (await this.isStale()) await this.rebuildAlone(progress);
      else await this.models.create(this.tables);
      this.wanted = (await this.store.head()).position;
      await this.catchUp(progress);
    });
  }

  /** Without the checkpoints of exactly these views, nobody knows what their tables contain. */
  private async isStale(): Promise<boolean> {
    const rows = await this.models.query<{ name: string; shape: string }>('select name, shape from checkpoint');
    const shapes = new Map(rows.map(({ name, shape }) => [name, shape]));
    return this.projections.some((projection) => shapes.get(projection.name) !== shapeOf(projection));
  }

  /** Tells that the log has grown; returns at once. */
  wake = (position: number): void => {
    this.wanted = Math.max(this.wanted, position);
    if (this.running || !this.isBehind) return;
    this.running = this.run().finally(() => {
      this.running = undefined;
      this.wake(this.wanted);
    });
  };

  private get isBehind(): boolean {
    return !this.stopped && !this.failure && this.position < this.wanted;
  }

  /** Looks for events that other processes have recorded, or have left without a view. */
  async look(): Promise<void> {
    if (this.looking) return;
    this.looking = true;
    try {
      this.wake((await this.store.head()).position);
      if (!this.running) this.trouble = undefined;
    } catch (error) {
      this.stumble(error);
    } finally {
      this.looking = false;
    }
  }

  /** What passes by itself is told once. */
  private stumble(trouble: unknown): void {
    if (!this.trouble) this.told(trouble);
    this.trouble = trouble;
  }

  /** The last position that every view contains, as far as this process has seen. */
  get reached(): number {
    return this.position;
  }

  /** The last position that this process has acknowledged or seen. */
  get acknowledged(): number {
    return this.wanted;
  }

  /** Streams whose events cannot be applied, and the first of them. */
  get parked(): ReadonlyMap<string, Parked> {
    return this.parkedStreams;
  }

  /** Resolves when the views contain a position; refuses after a bounded wait. */
  async waitFor(position: number, patienceMs = 5000): Promise<void> {
    if (this.failure) throw new Rejection('projection-behind');
    if (this.position >= position) return;
    if (position > this.wanted) void this.look();
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
    while (this.isBehind) await this.attempt();
  }

  /** Storage that does not answer is tried again for ever; anything else halts the views, visibly. */
  private async attempt(): Promise<void> {
    try {
      await this.catchUp();
      this.trouble = undefined;
    } catch (error) {
      if (error instanceof StorageUnavailable || error instanceof StorageFull) {
        this.stumble(error);
        await pause(RETRY_MS);
      } else {
        this.told(error);
        this.failure = error;
        this.release(Infinity);
      }
    }
  }

  private async catchUp(progress?: Progress): Promise<void> {
    await this.see(await this.standing());
    const from = this.position;
    while (this.position < this.wanted && !this.stopped) {
      const events = await this.store.readAfter(this.position, BATCH);
      if (events.length === 0) throw new StorageUnavailable(`the log does not yet show position ${this.wanted}`);
      const standing = await this.applyOrFollow(events);
      await this.see(standing);
      progress?.(this.position - from, this.wanted - from);
      if (this.position < this.wanted) await turnOfOthers();
    }
  }

  /** Where another projector was quicker, its position is taken up. */
  private async applyOrFollow(events: readonly StoredEvent[]): Promise<Standing> {
    try {
      return await this.apply(events, this.position, '');
    } catch (error) {
      if (error instanceof Overtaken) return this.standing();
      throw error;
    }
  }

  private async see({ position, parked }: Standing): Promise<void> {
    if (parked > 0 || this.parkedStreams.size > 0) this.parkedStreams = await parkedIn(this.models);
    this.position = position;
    this.release(position);
  }

  private release(position: number): void {
    const due = this.waiting.filter((wait) => wait.position <= position);
    this.waiting = this.waiting.filter((wait) => wait.position > position);
    for (const { resolve } of due) resolve();
  }

  /** A batch at once; if an event in it cannot be applied, one by one, so that only its stream is parked. */
  private async apply(batch: readonly StoredEvent[], from: number, prefix: string): Promise<Standing> {
    demandDense(batch, from);
    try {
      return await this.models.transaction((rows) => this.applyBatch(batch, from, under(rows, prefix)));
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error;
    }
    let standing = { position: from, parked: 0 };
    for (const event of batch) standing = await this.applyOrPark(event, standing.position, prefix);
    return standing;
  }

  private async applyOrPark(event: StoredEvent, from: number, prefix: string): Promise<Standing> {
    try {
      return await this.models.transaction((rows) => this.applyBatch([event], from, under(rows, prefix)));
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error;
      this.told(error);
      return this.models.transaction(async (transaction) => {
        const rows = under(transaction, prefix);
        const parked = await this.advance(rows, from, event.position);
        await park(rows, event, error);
        return { position: event.position, parked: parked + 1 };
      });
    }
  }

  /** All projections and their checkpoints in one transaction; events of parked streams are counted and held back. */
  private async applyBatch(batch: readonly StoredEvent[], from: number, rows: Views): Promise<Standing> {
    const position = batch.at(-1)?.position ?? from;
    const parked = await this.advance(rows, from, position);
    await applyAll(this.projections, parked > 0 ? await withoutParked(batch, rows) : batch, rows);
    return { position, parked };
  }

  /** Compare and set: the checkpoint moves only from where this projector saw it. Answers with the parked streams. */
  private async advance(rows: Views, from: number, to: number): Promise<number> {
    const [checkpoint, parked] = [rows.prefix + CHECKPOINT.name, rows.prefix + PARKED.name];
    const moved = await rows.query<{ parked: number }>(
      `update ${checkpoint} set position = $1 where position = $2 returning (select count(*) from ${parked}) as parked`,
      [to, from],
    );
    if (moved.length !== this.projections.length) throw new Overtaken(`the views are no longer at position ${from}`);
    return moved[0]?.parked ?? 0;
  }

  private async standing(): Promise<Standing> {
    const text = `select min(position) as position, (select count(*) from ${PARKED.name}) as parked from ${CHECKPOINT.name}`;
    const [row] = await this.models.query<{ position: number | null; parked: number }>(text);
    return { position: row?.position ?? 0, parked: row?.parked ?? 0 };
  }

  /** The position of each projection's tables. */
  positions(): Promise<{ name: string; position: number }[]> {
    return this.models.query('select name, position from checkpoint order by name');
  }

  /** Builds all views anew beside the live ones and switches in one transaction; readers notice nothing. */
  async rebuild(progress?: Progress): Promise<{ events: number; hash: string }> {
    const events = await this.models.exclusively(() => this.rebuildAlone(progress));
    return { events, hash: await this.hash() };
  }

  private async rebuildAlone(progress?: Progress): Promise<number> {
    await this.models.create(this.tables, NEXT);
    await this.models.transaction((rows) => this.startAtZero(under(rows, NEXT)));
    return this.switchOver(progress);
  }

  private async startAtZero(rows: Views): Promise<void> {
    const shapes = this.projections.map((projection) => ({ name: projection.name, shape: shapeOf(projection) }));
    await rows.put(
      CHECKPOINT,
      shapes.map((shape) => ({ ...shape, position: 0 })),
    );
  }

  /** Catches up beside the live views until little is left, then switches; an event that parks a stream starts over. */
  private async switchOver(progress?: Progress): Promise<number> {
    for (let position = 0; ;) {
      position = await this.catchUpBeside(position, progress);
      try {
        const standing = await this.switchPatiently(position);
        await this.see(standing);
        return standing.position;
      } catch (error) {
        if (!(error instanceof CannotApply)) throw error;
      }
    }
  }

  /** To where the log ends now, and not to the last event: others may go on writing for ever. */
  private async catchUpBeside(from: number, progress?: Progress): Promise<number> {
    const { position: total } = await this.store.head();
    for (let position = from; ;) {
      const batch = await this.store.readAfter(position, BATCH);
      if (batch.length === 0) return position;
      position = (await this.apply(batch, position, NEXT)).position;
      progress?.(position, Math.max(total, position));
      if (position >= total && batch.length < BATCH) return position;
      await turnOfOthers();
    }
  }

  /** A switch whose answer was lost has happened if nothing stands beside the live views any more. */
  private switchPatiently(from: number): Promise<Standing> {
    let tried = false;
    return patiently(async () => {
      if (tried && !(await this.isBeside())) return this.standing();
      tried = true;
      return this.switchAt(from);
    });
  }

  private async isBeside(): Promise<boolean> {
    try {
      await this.models.query(`select name from ${NEXT}${CHECKPOINT.name}`);
      return true;
    } catch (error) {
      if (error instanceof StorageUnavailable) throw error;
      return false;
    }
  }

  /** What the live views gained meanwhile is added while they stand still, so that no reader sees an older state. */
  private switchAt(from: number): Promise<Standing> {
    return this.models.transaction(async (rows) => {
      await rows.lock(CHECKPOINT);
      const [live] = await rows.query<{ position: number | null }>(
        `select max(position) as position from ${CHECKPOINT.name}`,
      );
      const ahead = Math.max(0, (live?.position ?? 0) - from);
      const late = ahead > 0 ? await this.store.readAfter(from, ahead) : [];
      demandDense(late, from);
      const standing = await this.applyBatch(late, from, under(rows, NEXT));
      await rows.swap(this.tables, NEXT);
      return standing;
    });
  }

  /** Digest over every row of every view in key order: equal views, equal digest. */
  hash(): Promise<string> {
    return digestOf(this.models, this.tables);
  }
}
