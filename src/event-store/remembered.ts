// Streams as this process saw them last, so that not every command reads its stream anew. Disposable: what is decided on
// a remembered state counts only where the log takes it at exactly that revision.
import type { Decider } from '../core/decider.js';
import type { DomainEvent } from '../core/event.js';
import type { Standing } from './standing.js';

interface Entry extends Standing<unknown> {
  decider: unknown;
}

/** A student with twenty payments takes some 10 KB. */
const MOST = 4096;

export class Remembered {
  private readonly streams = new Map<string, Entry>();

  /** What was used last is forgotten last. */
  of<State, Event extends DomainEvent>(stream: string, decider: Decider<State, Event>): Standing<State> | undefined {
    const entry = this.streams.get(stream);
    if (entry?.decider !== decider) return undefined;
    this.put(stream, entry);
    // Only its own decider makes the state of an entry.
    return entry as Standing<State>;
  }

  keep<State, Event extends DomainEvent>(
    stream: string,
    decider: Decider<State, Event>,
    standing: Standing<State>,
  ): void {
    this.put(stream, { ...standing, decider });
    const [oldest] = this.streams.keys();
    if (this.streams.size > MOST && oldest !== undefined) this.streams.delete(oldest);
  }

  forget(stream: string): void {
    this.streams.delete(stream);
  }

  private put(stream: string, entry: Entry): void {
    this.streams.delete(stream);
    this.streams.set(stream, entry);
  }
}
