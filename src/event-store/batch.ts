// Appends that are committed together: each is taken or refused by itself, against what the log holds and what those
// before it have added.
import type { NewEvent, StoredEvent } from '../core/event.js';
import { AppendConflict } from './event-store.js';
import type { Outcome } from './group-commit.js';
import { isSameAppend, place, type LogHead } from './log-head.js';

export interface Append {
  stream: string;
  expected: number;
  events: readonly NewEvent[];
}

/** What the log knows of a batch: the events whose ids are in question, and the last revision of every stream in it. */
export interface Held {
  events: readonly StoredEvent[];
  revisions: ReadonlyMap<string, number>;
}

export const idsOf = (appends: readonly Append[]): string[] =>
  appends.flatMap(({ events }) => events.map(({ id }) => id));

export const streamsOf = (appends: readonly Append[]): string[] => [...new Set(appends.map(({ stream }) => stream))];

export class Batch {
  /** What is to be written, in the order of its positions. */
  readonly added: StoredEvent[] = [];
  private readonly byId: Map<string, StoredEvent>;
  private readonly revisions: Map<string, number>;

  constructor(
    /** Of the log, and then of what was added to it. */
    public head: LogHead,
    { events, revisions }: Held,
    private readonly now: Date,
  ) {
    this.byId = new Map(events.map((event) => [event.id, event]));
    this.revisions = new Map(revisions);
  }

  append({ stream, expected, events }: Append): Outcome<StoredEvent[]> {
    const revision = this.revisions.get(stream) ?? -1;
    const held = events.map(({ id }) => this.byId.get(id));
    if (held.some(Boolean)) {
      if (isSameAppend(held, stream, events)) return { answer: held as StoredEvent[] };
      return { refused: new AppendConflict(stream, revision) };
    }
    if (revision !== expected) return { refused: new AppendConflict(stream, revision) };
    const { stored, head } = place(this.head, stream, expected, events, this.now);
    this.head = head;
    this.revisions.set(stream, revision + stored.length);
    for (const event of stored) this.byId.set(event.id, event);
    this.added.push(...stored);
    return { answer: stored };
  }
}
