// The projector: follows the log from a stored position and keeps every view exactly there. Several may serve the same
// views: the stored position moves only from where it was seen, so none applies an event twice.
import type { StoredEvent } from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { pause, StorageFull, StorageUnavailable } from '../core/storage.js';
import { EventStore } from '../event-store/event-store.js';
import type { Tables } from '../tables/tables.js';
import { strideOver, turnOfOthers, UNHURRIED_MS, type Progress } from './pace.js';
import { parkedIn, type Parked } from './parked.js';
import { CHECKPOINT, type Projection } from './projection.js';
import { Rebuild } from './rebuild.js';
import { Overtaken, Views, type Standing } from './views.js';

const RETRY_MS = 500;

export class Projector {
  private readonly views: Views;
  private position = 0;
  private wanted = 0;
  private running: Promise<void> | undefined;
  private waiting: { position: number; resolve: () => void }[] = [];
  private started = false;
  private stopped = false;
  private looking = false;
  private hurry = (): void => {};
  private parkedStreams: ReadonlyMap<string, Parked> = new Map();
  /** Why the views stand still until someone mends it; reads are refused while it is set. */
  failure: unknown;
  /** Why the views stand still for the moment; the projector tries again by itself. */
  trouble: unknown;

  constructor(
    private readonly store: EventStore,
    private readonly models: Tables,
    projections: readonly Projection[],
    /** Told why the views halted, or why a stream was parked. */
    private readonly told: (error: unknown) => void = () => {},
  ) {
    this.views = new Views(models, projections, told);
  }

  /** Creates missing tables and catches up; views of another shape than this version's are rebuilt. */
  start(progress?: Progress): Promise<void> {
    return this.models.exclusively(async () => {
      await this.models.create([CHECKPOINT]);
      if (await this.views.areStale()) await this.rebuildAlone(progress);
      else await this.models.create(this.views.tables);
      this.wanted = (await this.store.head()).position;
      await this.catchUp(progress);
      this.started = true;
      this.wake(this.wanted);
    });
  }

  /** Tells that the log has grown; returns at once. */
  wake = (position: number): void => {
    this.wanted = Math.max(this.wanted, position);
    if (this.running || !this.isBehind) return;
    this.running = this.hurriedOrDue()
      .then(() => this.run())
      .finally(() => {
        this.running = undefined;
        this.wake(this.wanted);
      });
  };

  /** What is recorded meanwhile is taken along: a large batch costs each event less. Whoever waits for it ends the wait. */
  private async hurriedOrDue(): Promise<void> {
    if (this.waiting.length === 0)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, UNHURRIED_MS);
        this.hurry = () => (clearTimeout(timer), resolve());
      });
    await turnOfOthers();
  }

  private get isBehind(): boolean {
    // While it starts it catches up by itself; a second one beside it would see a gap where there is none.
    return this.started && !this.stopped && !this.failure && this.position < this.wanted;
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
      this.hurry();
    });
    if (this.failure) throw new Rejection('projection-behind');
  }

  /** Who ends by itself leaves views that contain all that it acknowledged, unless something is in the way. */
  async stop(): Promise<void> {
    if (!this.trouble) await this.waitFor(this.wanted).catch(() => {});
    this.stopped = true;
    this.hurry();
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
    await this.see(await this.views.standing());
    const from = this.position;
    while (this.position < this.wanted && !this.stopped) {
      const events = await this.store.readAfter(this.position, strideOver(this.wanted - this.position));
      if (events.length === 0) throw new StorageUnavailable(`the log does not yet show position ${this.wanted}`);
      await this.see(await this.applyOrFollow(events));
      progress?.(this.position - from, this.wanted - from);
      if (this.position < this.wanted) await turnOfOthers();
    }
  }

  /** Where another projector was quicker, its position is taken up. */
  private async applyOrFollow(events: readonly StoredEvent[]): Promise<Standing> {
    try {
      return await this.views.apply(events, this.position);
    } catch (error) {
      if (error instanceof Overtaken) return this.views.standing();
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

  /** The position of each projection's tables. */
  positions(): Promise<{ name: string; position: number }[]> {
    return this.views.positions();
  }

  /**
   * Builds all views anew beside the live ones and switches in one transaction; readers notice nothing. Answers with the
   * number of events in them.
   */
  rebuild(progress?: Progress): Promise<number> {
    return this.models.exclusively(() => this.rebuildAlone(progress));
  }

  private async rebuildAlone(progress?: Progress): Promise<number> {
    const standing = await new Rebuild(this.store, this.models, this.views).run(progress);
    await this.see(standing);
    return standing.position;
  }

  /** Digest over every row of every view in key order: equal views, equal digest. */
  hash(): Promise<string> {
    return this.views.hash();
  }
}
