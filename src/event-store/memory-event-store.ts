// The log in memory: for tests, and the plainest statement of what a store does.
import type { NewEvent, StoredEvent } from '../core/event.js';
import { Batch } from './batch.js';
import { EventStore, type Head } from './event-store.js';
import { EMPTY_HEAD, headAfter, type LogHead } from './log-head.js';

export class MemoryEventStore extends EventStore {
  override readonly kind = 'memory';
  private readonly log: StoredEvent[] = [];
  private readonly byId = new Map<string, StoredEvent>();
  private readonly streams = new Map<string, StoredEvent[]>();
  private last: LogHead = EMPTY_HEAD;

  constructor(private readonly now: () => Date = () => new Date()) {
    super();
  }

  override async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<StoredEvent[]> {
    const held = this.eventsWith(events.map(({ id }) => id));
    const revisions = new Map([[stream, (this.streams.get(stream) ?? []).length - 1]]);
    const batch = new Batch(this.last, { events: held, revisions }, this.now());
    const outcome = batch.append({ stream, expected, events });
    if ('refused' in outcome) throw outcome.refused;
    this.keep(batch.added, batch.head);
    return outcome.answer;
  }

  override async adopt(events: readonly StoredEvent[]): Promise<void> {
    this.keep(events, headAfter(this.last, events));
  }

  private keep(events: readonly StoredEvent[], head: LogHead): void {
    this.last = head;
    this.log.push(...events);
    for (const event of events) {
      this.byId.set(event.id, event);
      this.streams.set(event.stream, [...(this.streams.get(event.stream) ?? []), event]);
    }
  }

  override async readStream(stream: string, upTo = Infinity): Promise<StoredEvent[]> {
    return (this.streams.get(stream) ?? []).filter(({ position }) => position <= upTo);
  }

  override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    return this.log.slice(position, position + limit);
  }

  override async readStreams(streams: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const wanted = new Set(streams);
    return new Map([...this.streams].filter(([stream]) => wanted.has(stream)));
  }

  override async findEvents(ids: readonly string[]): Promise<StoredEvent[]> {
    return this.eventsWith(ids);
  }

  private eventsWith(ids: readonly string[]): StoredEvent[] {
    return ids.map((id) => this.byId.get(id)).filter((event) => event !== undefined);
  }

  override async head(): Promise<Head> {
    return { position: this.last.position, hash: this.last.hash };
  }

  override async positionAt(instant: string): Promise<number> {
    return this.log.findLast(({ recordedAt }) => recordedAt <= instant)?.position ?? 0;
  }

  override async close(): Promise<void> {}
}
