// The log in KurrentDB or EventStoreDB: streams and their revisions are the server's, positions and chain are numbered
// beside it. An append is answered once the event is durable there and has its place in the ledger here.
import type { NewEvent, StoredEvent } from '../../core/event.js';
import { patiently, StorageUnavailable } from '../../core/storage.js';
import type { Tables } from '../../tables/tables.js';
import { AppendConflict, EventStore, NotTheSameLog, type Head } from '../event-store.js';
import { GENESIS_HASH } from '../hash-chain.js';
import { EMPTY_HEAD, headAfter, isSameAppend } from '../log-head.js';
import { Awaited, type Expected } from './awaited.js';
import { Follower } from './follower.js';
import { KurrentClient, type ServerEvent, type ServerPosition } from './kurrent-client.js';
import { Numbering, serverPositionOf, storedOf, type Numbered } from './numbering.js';

export interface KurrentOptions {
  /** What the streams of this ledger begin with on the server. */
  prefix: string;
  now?: () => Date;
  /** Reads what is numbered, and numbers nothing. */
  readOnly?: boolean;
  /** Told when numbering cannot go on: the store then refuses everything. */
  onFailure?: (error: unknown) => void;
}

/** How often a read that came back short is made. */
const SHORT_READS = 3;

export class KurrentEventStore extends EventStore {
  override readonly kind = 'kurrentdb';
  private readonly awaited = new Awaited();
  private follower: Follower | undefined;
  private failure: unknown;

  private constructor(
    private readonly client: KurrentClient,
    private readonly numbering: Numbering,
    private readonly now: () => Date,
  ) {
    super();
  }

  /** Opens when everything on the server is numbered; tables are the read models', closed by their owner. */
  static async open(url: string, tables: Tables, options: KurrentOptions): Promise<KurrentEventStore> {
    const { prefix, now = () => new Date(), readOnly = false, onFailure = () => {} } = options;
    const client = new KurrentClient(url, prefix);
    const numbering = new Numbering(tables);
    const store = new KurrentEventStore(client, numbering, now);
    try {
      if (!readOnly) await store.follow(onFailure);
      return store;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  private async follow(onFailure: (error: unknown) => void): Promise<void> {
    const after = await this.numbering.open();
    const failed = (error: unknown): void => {
      this.failure = error;
      onFailure(error);
    };
    this.follower = new Follower(this.client, this.numbering, (events) => this.awaited.deliver(events), failed, after);
    this.follower.start();
    const last = await patiently(() => this.client.last());
    if (last) await this.numberedTo(last);
  }

  /** At the start a long log may have to be numbered first; it goes on as long as it moves. */
  private async numberedTo(last: ServerEvent): Promise<void> {
    for (let before = -1; ;) {
      const row = await this.numbering.lastRow();
      if (row && serverPositionOf(row).commit >= last.at.commit) return;
      this.demandWorking();
      if (row?.position === before) throw new StorageUnavailable('numbering does not move');
      before = row?.position ?? 0;
      await this.numbered(last).catch(() => {});
    }
  }

  override async append(stream: string, expected: number, events: readonly NewEvent[]): Promise<StoredEvent[]> {
    this.demandWorking();
    const held = await this.heldOf(events);
    if (held.some(Boolean)) return this.demandSame(held, stream, events);
    const placed = events.map(({ id }) => this.awaited.expect(id));
    try {
      const recordedAt = this.now().toISOString();
      await patiently(() => this.client.append(stream, expected, events, recordedAt));
    } catch (error) {
      placed.forEach((place) => place.forget());
      if (!(error instanceof AppendConflict)) throw error;
      return this.demandSame(await this.heldAt(stream, expected, events.length), stream, events);
    }
    // Ids that the server held already are answered as written; whether the content is the same, it does not look.
    return this.demandSame(await arrivalsOf(placed), stream, events);
  }

  /** The server gives no positions: written one after the other, events are numbered as they were. */
  override async adopt(events: readonly StoredEvent[]): Promise<void> {
    const last = await this.numbering.lastRow();
    const head = last && { position: last.position, hash: last.hash, recordedAt: last.recorded_at };
    headAfter(head ?? EMPTY_HEAD, events);
    const placed = events.map(({ id }) => this.awaited.expect(id));
    for (const run of runsOf(events)) await this.appendRun(run);
    const stored = await arrivalsOf(placed);
    const differing = stored.find(({ hash }, index) => hash !== events[index]?.hash);
    if (differing) throw new NotTheSameLog(`position ${differing.position} was numbered as something else`);
  }

  private async appendRun(events: readonly StoredEvent[]): Promise<void> {
    const [first] = events;
    if (first) await patiently(() => this.client.append(first.stream, first.revision - 1, events, first.recordedAt));
  }

  private demandWorking(): void {
    if (this.failure) throw new StorageUnavailable('numbering has stopped', { cause: this.failure });
  }

  private async demandSame(
    held: readonly (StoredEvent | undefined)[],
    stream: string,
    events: readonly NewEvent[],
  ): Promise<StoredEvent[]> {
    if (isSameAppend(held, stream, events)) return held as StoredEvent[];
    const end = (await this.client.readStream(stream)).length - 1;
    throw new AppendConflict(stream, end);
  }

  private heldOf(events: readonly NewEvent[]): Promise<(StoredEvent | undefined)[]> {
    return Promise.all(events.map(({ id }) => this.findEvent(id)));
  }

  /** What a stream holds where an append was refused: perhaps the append itself, made by an attempt without an answer. */
  private async heldAt(stream: string, expected: number, count: number): Promise<(StoredEvent | undefined)[]> {
    return (await this.readStream(stream)).slice(expected + 1, expected + 1 + count);
  }

  /** Resolves when an event that the server shows is numbered. */
  private async numbered({ id, at }: ServerEvent): Promise<void> {
    const expected = this.awaited.expect(id);
    const row = await this.numbering.lastRow();
    if (row && serverPositionOf(row).commit >= at.commit) return expected.forget();
    await expected.arrival();
  }

  override async readStream(stream: string, upTo = Infinity): Promise<StoredEvent[]> {
    return patiently(async () => {
      const known = await this.numbering.ofStream(stream);
      const events = await this.client.readStream(stream);
      demandAll(events, known);
      const last = events.at(-1);
      if (last && known.length < events.length) await this.numbered(last);
      const rows = known.length < events.length ? await this.numbering.ofStream(stream) : known;
      return joined(events, rows).filter(({ position }) => position <= upTo);
    });
  }

  override async readStreams(streams: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const read = await Promise.all(streams.map(async (stream) => [stream, await this.readStream(stream)] as const));
    return new Map(read.filter(([, events]) => events.length > 0));
  }

  override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    const rows = await this.numbering.after(position, limit);
    const [first] = rows;
    return first ? this.readRows(rows, serverPositionOf(first)) : [];
  }

  /** A read that a connection cut short is made again; what is missing even then is missing, and leaves a gap. */
  private async readRows(rows: readonly Numbered[], from: ServerPosition): Promise<StoredEvent[]> {
    for (let attempt = 1; ; attempt++) {
      const events = await patiently(() => this.client.readAll(from, rows.length));
      if (events.length >= rows.length || attempt === SHORT_READS) return joined(events, rows);
    }
  }

  override async findEvents(ids: readonly string[]): Promise<StoredEvent[]> {
    const found = await Promise.all(ids.map((id) => this.findEvent(id)));
    return found.filter((event) => event !== undefined);
  }

  override async findEvent(id: string): Promise<StoredEvent | undefined> {
    const row = await this.numbering.byId(id);
    if (!row) return undefined;
    const [event] = await patiently(() => this.client.readStream(row.stream, row.revision, 1));
    return event && storedOf(event, row);
  }

  override async head(): Promise<Head> {
    this.demandWorking();
    const row = await this.numbering.lastRow();
    return { position: row?.position ?? 0, hash: row?.hash ?? GENESIS_HASH };
  }

  override positionAt(instant: string): Promise<number> {
    return this.numbering.positionAt(instant);
  }

  override async close(): Promise<void> {
    await this.follower?.stop();
    await this.client.dispose();
  }
}

const arrivalsOf = (placed: readonly Expected[]): Promise<StoredEvent[]> =>
  Promise.all(placed.map((expected) => expected.arrival()));

/** What is numbered was on the server: fewer events are a read that was cut short. */
function demandAll(events: readonly ServerEvent[], known: readonly Numbered[]): void {
  if (events.length < known.length) throw new StorageUnavailable('a read of the event store was cut short');
}

/** What the server holds, with the numbers that it has here; what is missing on the server leaves a gap that is seen. */
function joined(events: readonly ServerEvent[], rows: readonly Numbered[]): StoredEvent[] {
  const byPlace = new Map(events.map((event) => [`${event.stream}/${event.revision}`, event]));
  return rows.flatMap((row) => {
    const event = byPlace.get(`${row.stream}/${row.revision}`);
    return event ? [{ ...storedOf(event, row), id: event.id }] : [];
  });
}

/** Neighbours of one stream and one instant go in one append, in order. */
function runsOf(events: readonly StoredEvent[]): StoredEvent[][] {
  const runs: StoredEvent[][] = [];
  for (const event of events) {
    const [first] = runs.at(-1) ?? [];
    if (first?.stream === event.stream && first.recordedAt === event.recordedAt) runs.at(-1)?.push(event);
    else runs.push([event]);
  }
  return runs;
}
