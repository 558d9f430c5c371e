// The port to the log: what every store promises. One contract suite holds all of them to it.
import type { NewEvent, StoredEvent } from '../core/event.js';

/** Expected revision of a stream that must not exist yet. */
export const NO_STREAM = -1;

export interface Head {
  /** Position of the last event; 0 while the log is empty. */
  position: number;
  /** Hash of the last event, in hex. */
  hash: string;
}

/** The stream is not at the expected revision, or an event id is taken by other content. Nothing was written. */
export class AppendConflict extends Error {
  override name = 'AppendConflict';
  constructor(
    readonly stream: string,
    readonly revision: number,
  ) {
    super(`${stream} is at revision ${revision}`);
  }
}

/** Events that were to be taken over do not continue this log. Nothing was written. */
export class NotTheSameLog extends Error {
  override name = 'NotTheSameLog';
}

export interface AppendOptions {
  /** May take the room on the disk that recording leaves to the views. */
  intoReserve?: boolean;
}

/** Every method may fail with StorageUnavailable, `append` with StorageFull. */
export abstract class EventStore {
  /** Which engine holds the log, for people: `sqlite`, `memory`. */
  abstract readonly kind: string;

  /**
   * Writes the events at the end of a stream, all or none, durable when the promise resolves. `expected` is the exact
   * revision of the stream's last event, or NO_STREAM. The same events at the same place again are answered with
   * what the log holds; anything else is an AppendConflict.
   */
  abstract append(
    stream: string,
    expected: number,
    events: readonly NewEvent[],
    options?: AppendOptions,
  ): Promise<StoredEvent[]>;

  /**
   * Takes over events of another store at the end of the log, as they are: positions, instants and hashes stay. The
   * first must follow the head; what does not chain is refused with NotTheSameLog. For moving a ledger, while nobody
   * records.
   */
  abstract adopt(events: readonly StoredEvent[]): Promise<void>;

  /** The events of one stream in order, up to a ledger position where one is given. */
  abstract readStream(stream: string, upTo?: number): Promise<StoredEvent[]>;

  /** The events of several streams, each in order; a stream that does not exist is absent. */
  abstract readStreams(streams: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>>;

  /** Up to `limit` events after a position, in order and without gaps. */
  abstract readAfter(position: number, limit: number): Promise<StoredEvent[]>;

  /** Those of some ids that the log holds, in any order. */
  abstract findEvents(ids: readonly string[]): Promise<StoredEvent[]>;

  async findEvent(id: string): Promise<StoredEvent | undefined> {
    const [event] = await this.findEvents([id]);
    return event;
  }

  abstract head(): Promise<Head>;

  /** Position of the last event recorded at or before an instant; 0 if there is none. */
  abstract positionAt(instant: string): Promise<number>;

  abstract close(): Promise<void>;
}

/** The whole log in order, in bounded batches. */
export async function* readAll(store: EventStore, after = 0, batch = 1000): AsyncGenerator<StoredEvent[]> {
  for (let position = after; ;) {
    const events = await store.readAfter(position, batch);
    const last = events.at(-1);
    if (!last) return;
    // In a damaged file rows may come back under a number that they do not have; reading must end all the same.
    if (last.position <= position) throw new Error(`the log does not go on after position ${position}`);
    yield events;
    position = last.position;
  }
}
