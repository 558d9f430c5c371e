// The log in one SQLite file: one writer, group commit, every commit synced before it is answered.
import type { NewEvent, StoredEvent } from '../../core/event.js';
import { groupBy } from '../../core/group.js';
import {
  closeDatabase,
  hasRoom,
  isDiskFull,
  openDatabase,
  statements,
  transact,
  type Database,
  type SqlRow,
} from '../../sqlite/database.js';
import { Checkpoints } from '../../sqlite/checkpoints.js';
import { StorageFull } from '../../core/storage.js';
import { Batch, idsOf, streamsOf, type Append, type Held } from '../batch.js';
import { EventStore, type AppendOptions, type Head } from '../event-store.js';
import { GroupCommit, type Outcome } from '../group-commit.js';
import { EMPTY_HEAD, headAfter, type LogHead } from '../log-head.js';

const SCHEMA = `
  create table if not exists event (
    position    integer primary key,
    stream      text    not null,
    revision    integer not null,
    id          text    not null unique,
    type        text    not null,
    recorded_at text    not null,
    payload     text    not null,
    hash        text    not null,
    unique (stream, revision)
  ) strict`;

const COLUMNS = 'position, stream, revision, id, type, recorded_at as "recordedAt", payload, hash';

const WITH_IDS = `select ${COLUMNS} from event where id in (select value from json_each(?))`;

/** Of every stream in question its last revision. */
const ENDS = `
  select stream, max(revision) as revision from event where stream in (select value from json_each(?)) group by stream`;

interface RoomyAppend extends Append {
  intoReserve: boolean;
}

const noRoom = (): StorageFull => new StorageFull('the disk is almost full');

export interface SqliteEventStoreOptions {
  now?: () => Date;
  readOnly?: boolean;
  /** Bytes of the disk that the log leaves to the views and to a clean end. */
  reserve?: number;
  /** How long the write-ahead log grows, in milliseconds, before it is brought into the file. */
  checkpointEveryMs?: number;
  /** Called when the log cannot be trusted to hold what it is told: the process must stop. */
  onFailure?: (error: unknown) => void;
}

export class SqliteEventStore extends EventStore {
  override readonly kind = 'sqlite';
  private readonly database: Database;
  private readonly checkpoints: Checkpoints;
  private readonly prepared: ReturnType<typeof statements>;
  private readonly commits = new GroupCommit<RoomyAppend, StoredEvent[]>((appends) => this.commit(appends));
  private readonly now: () => Date;
  private readonly onFailure: (error: unknown) => void;
  private readonly readOnly: boolean;
  private readonly reserve: number;
  private last: LogHead;

  constructor(
    private readonly file: string,
    options: SqliteEventStoreOptions = {},
  ) {
    super();
    const { now = () => new Date(), readOnly = false, reserve = 0, onFailure = () => {} } = options;
    this.now = now;
    this.onFailure = onFailure;
    this.readOnly = readOnly;
    this.reserve = reserve;
    this.database = openDatabase(file, { readOnly });
    if (!readOnly) this.database.exec(SCHEMA);
    this.checkpoints = new Checkpoints(file, this.database, options.checkpointEveryMs);
    this.prepared = statements(this.database);
    this.last = this.readHead();
  }

  override append(
    stream: string,
    expected: number,
    events: readonly NewEvent[],
    { intoReserve = false }: AppendOptions = {},
  ): Promise<StoredEvent[]> {
    return this.commits.submit({ stream, expected, events, intoReserve });
  }

  override async adopt(events: readonly StoredEvent[]): Promise<void> {
    const head = headAfter(this.last, events);
    if (!this.hasRoom()) throw noRoom();
    this.durably(() => this.insert(events));
    this.last = head;
  }

  private commit(appends: RoomyAppend[]): Outcome<StoredEvent[]>[] {
    const room = this.hasRoom();
    return this.durably(() => {
      const batch = new Batch(this.last, this.heldOf(appends), this.now());
      const outcomes = appends.map((append) =>
        room || append.intoReserve ? batch.append(append) : { refused: noRoom() },
      );
      this.insert(batch.added);
      this.last = batch.head;
      return outcomes;
    });
  }

  private heldOf(appends: readonly Append[]): Held {
    const events = this.eventsWith(idsOf(appends));
    const ends = this.prepared(ENDS).all(JSON.stringify(streamsOf(appends))) as { stream: string; revision: number }[];
    return { events, revisions: new Map(ends.map(({ stream, revision }) => [stream, revision])) };
  }

  private hasRoom(): boolean {
    return hasRoom(this.file, this.reserve);
  }

  private durably<T>(work: () => T): T {
    const before = this.last;
    try {
      const result = transact(this.database, work);
      this.checkpoints.committed();
      return result;
    } catch (error) {
      this.last = before;
      if (isDiskFull(error)) throw new StorageFull('no room for the event', { cause: error });
      this.onFailure(error);
      throw error;
    }
  }

  private insert(events: readonly StoredEvent[]): void {
    const insert = this.prepared('insert into event values (?, ?, ?, ?, ?, ?, ?, ?)');
    for (const e of events) insert.run(e.position, e.stream, e.revision, e.id, e.type, e.recordedAt, e.payload, e.hash);
  }

  private eventsWith(ids: readonly string[]): StoredEvent[] {
    return this.prepared(WITH_IDS).all(JSON.stringify(ids)) as StoredEvent[];
  }

  private readHead(): LogHead {
    const row = this.prepared(
      'select position, hash, recorded_at as "recordedAt" from event order by position desc limit 1',
    );
    return (row.get() as LogHead | undefined) ?? EMPTY_HEAD;
  }

  override async readStream(stream: string, upTo = Number.MAX_SAFE_INTEGER): Promise<StoredEvent[]> {
    const text = `select ${COLUMNS} from event where stream = ? and position <= ? order by revision`;
    return this.prepared(text).all(stream, upTo) as StoredEvent[];
  }

  override async readStreams(streams: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const text = `select ${COLUMNS} from event where stream in (select value from json_each(?)) order by stream, revision`;
    return groupBy(this.prepared(text).all(JSON.stringify(streams)) as StoredEvent[], ({ stream }) => stream);
  }

  override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    const text = `select ${COLUMNS} from event where position > ? order by position limit ?`;
    return this.prepared(text).all(position, limit) as StoredEvent[];
  }

  override async findEvents(ids: readonly string[]): Promise<StoredEvent[]> {
    return this.eventsWith(ids);
  }

  override async head(): Promise<Head> {
    const { position, hash } = this.readHead();
    return { position, hash };
  }

  /** `recorded_at` never decreases along the log, so halving finds the place without an index of its own. */
  override async positionAt(instant: string): Promise<number> {
    const recordedAt = this.prepared('select recorded_at as "at" from event where position = ?');
    let [low, high] = [0, this.readHead().position];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (String((recordedAt.get(middle) as SqlRow)['at']) <= instant) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  override async close(): Promise<void> {
    await this.commits.drained();
    await this.checkpoints.close();
    if (this.readOnly) this.database.close();
    else closeDatabase(this.database);
  }
}
