// Follows `$all` for as long as the service lives: a subscription that ends, for whatever reason, is begun again after
// the last event that was numbered. What arrives while a batch is numbered makes up the next one.
import type { AllStreamSubscription } from '@kurrent/kurrentdb-client';
import type { StoredEvent } from '../../core/event.js';
import { pause, StorageFull, StorageUnavailable } from '../../core/storage.js';
import type { KurrentClient, ServerEvent, ServerPosition } from './kurrent-client.js';
import type { Numbering } from './numbering.js';

const [BATCH, MOST_WAITING] = [1000, 5000];
const RESUBSCRIBE_MS = 200;

export class Follower {
  private waiting: ServerEvent[] = [];
  private subscription: AllStreamSubscription | undefined;
  private following: Promise<void> | undefined;
  private wakeUp: () => void = () => {};
  private ended = false;
  private stopped = false;

  constructor(
    private readonly client: KurrentClient,
    private readonly numbering: Numbering,
    /** Told of every batch once it is numbered durably. */
    private readonly numbered: (events: StoredEvent[]) => void,
    /** Told why numbering cannot go on at all. */
    private readonly failed: (error: unknown) => void,
    private after: ServerPosition | undefined,
  ) {}

  start(): void {
    this.following = this.follow();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wakeUp();
    await this.following;
  }

  private async follow(): Promise<void> {
    while (!this.stopped) {
      this.subscribe();
      try {
        await this.consume();
      } catch (error) {
        if (!(error instanceof StorageUnavailable || error instanceof StorageFull)) {
          this.failed(error);
          this.stopped = true;
        }
      }
      this.leave();
      if (!this.stopped) await pause(RESUBSCRIBE_MS);
    }
  }

  private subscribe(): void {
    this.waiting = [];
    this.ended = false;
    const subscription = this.client.subscribe(this.after);
    this.subscription = subscription;
    const isCurrent = (): boolean => this.subscription === subscription;
    const end = (): void => {
      if (!isCurrent()) return;
      this.ended = true;
      this.wakeUp();
    };
    subscription.on('data', (resolved) => {
      const event = this.client.eventOf(resolved);
      if (!event || !isCurrent()) return;
      this.waiting.push(event);
      if (this.waiting.length > MOST_WAITING) subscription.pause();
      this.wakeUp();
    });
    for (const ending of ['error', 'end', 'close'] as const) subscription.on(ending, end);
  }

  private async consume(): Promise<void> {
    while (!this.stopped) {
      if (this.waiting.length > 0) await this.number(this.waiting.splice(0, BATCH));
      else if (this.ended) return;
      else await new Promise<void>((resolve) => (this.wakeUp = resolve));
    }
  }

  private async number(events: ServerEvent[]): Promise<void> {
    const stored = await this.numbering.add(events);
    this.after = events.at(-1)?.at ?? this.after;
    if (this.waiting.length < MOST_WAITING / 2 && this.subscription?.isPaused()) this.subscription.resume();
    this.numbered(stored);
  }

  /** The client never lets go of a subscription by itself; letting go waits for a server, so nobody waits for that. */
  private leave(): void {
    void this.subscription?.unsubscribe().catch(() => {});
    this.subscription = undefined;
  }
}
