// Writers of a log who do not give up: an append whose outcome is unknown is repeated with the same ids until it is known.
import type { NewEvent, StoredEvent } from '../../src/core/event.js';
import { StorageUnavailable } from '../../src/core/storage.js';
import { AppendConflict, NO_STREAM, readAll, type EventStore } from '../../src/event-store/event-store.js';

const SHARED_STREAMS = 4;
const LARGEST_APPEND = 3;

/** How many events the append with a serial number has. */
const sizeOf = (serial: number): number => 1 + (serial % LARGEST_APPEND);

export class LogWriter {
  /** Where the first event of each acknowledged append is, by its serial number. */
  readonly firstAt: number[] = [];
  acknowledged = 0;
  conflicts = 0;
  /** Times that the outcome of an append was unknown even after the store's own patience. */
  unknown = 0;
  private readonly revisions = new Map<string, number>();

  constructor(
    readonly name: string,
    private readonly store: EventStore,
  ) {}

  async write(isOver: () => boolean): Promise<void> {
    while (!isOver()) await this.append(this.firstAt.length);
  }

  /** Turn and turn about to a stream of its own and to one that all write to. */
  private async append(serial: number): Promise<void> {
    const isOwn = serial % 2 === 0;
    const stream = isOwn ? `own-${this.name}` : `shared-${(serial >> 1) % SHARED_STREAMS}`;
    const events = this.eventsOf(serial);
    for (;;) {
      try {
        const expected = this.revisions.get(stream) ?? NO_STREAM;
        return this.acknowledge(serial, await this.store.append(stream, expected, events));
      } catch (error) {
        if (error instanceof StorageUnavailable) this.unknown++;
        else if (error instanceof AppendConflict && !isOwn) this.giveWay(error);
        else throw error;
      }
    }
  }

  private eventsOf(serial: number): NewEvent[] {
    return Array.from({ length: sizeOf(serial) }, (_, index) => ({
      id: `${this.name}.${serial}.${index}`,
      type: 'Tested',
      payload: JSON.stringify({ data: { serial }, meta: {} }),
    }));
  }

  private acknowledge(serial: number, stored: readonly StoredEvent[]): void {
    const [first] = stored;
    const last = stored.at(-1);
    if (!first || !last || stored.length !== sizeOf(serial)) throw new Error(`${this.name}.${serial} is not whole`);
    this.firstAt.push(first.position);
    this.acknowledged += stored.length;
    this.revisions.set(last.stream, last.revision);
  }

  private giveWay({ stream, revision }: AppendConflict): void {
    this.revisions.set(stream, revision);
    this.conflicts++;
  }
}

/** What of the log is not as it was acknowledged. As many events as acknowledged, each at its own place: each is there once. */
export async function differences(store: EventStore, writers: readonly LogWriter[]): Promise<string[]> {
  const byName = new Map(writers.map((writer) => [writer.name, writer]));
  const found: string[] = [];
  let last = 0;
  for await (const batch of readAll(store))
    for (const { position, id } of batch) {
      const [name = '', serial, index] = id.split('.');
      if (position !== last + 1) found.push(`position ${position} follows ${last}`);
      const acknowledgedAt = (byName.get(name)?.firstAt[Number(serial)] ?? Number.NaN) + Number(index);
      if (acknowledgedAt !== position) found.push(`${id} is at ${position}, acknowledged at ${acknowledgedAt}`);
      last = position;
    }
  const acknowledged = writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
  if (acknowledged !== last) found.push(`${last} events in the log, ${acknowledged} acknowledged`);
  return found;
}
