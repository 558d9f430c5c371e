// The log in PostgreSQL: one head row is lock and number in one, so positions are dense and in the order of commits,
// however many services write to the same database.
import type { NewEvent, StoredEvent } from '../../core/event.js';
import { groupBy } from '../../core/group.js';
import { patiently } from '../../core/storage.js';
import { demandDurable, type Postgres, type Session } from '../../postgres/database.js';
import { Batch, idsOf, streamsOf, type Append, type Held } from '../batch.js';
import { EventStore, type Head } from '../event-store.js';
import { GroupCommit, type Outcome } from '../group-commit.js';
import { GENESIS_HASH } from '../hash-chain.js';
import { headAfter, type LogHead } from '../log-head.js';
import { demandCurrent, migrate } from './schema.js';

const COLUMNS = 'position, stream, revision, id, type, recorded_at as "recordedAt", payload, hash';

const HEAD = 'select position, hash, recorded_at as "recordedAt" from head';

/** Of every id in question what it holds, of every stream where it ends. */
const KNOWN = `
  select ${COLUMNS}, true as "byId" from event where id = any($1::text[])
  union all
  select e.position, e.stream, e.revision, e.id, e.type, e.recorded_at, '', e.hash, false
  from unnest($2::text[]) as wanted (stream) cross join lateral (
    select * from event where event.stream = wanted.stream order by revision desc limit 1
  ) as e`;

const INSERT = `
  with inserted as (
    insert into event (position, stream, revision, id, type, recorded_at, payload, hash)
    select position, stream, revision, id, type, "recordedAt", payload, hash from json_to_recordset($1::json) as row (
      position bigint, stream text, revision integer, id text, type text, "recordedAt" text, payload text, hash text
    )
  )
  update head set position = $2, hash = $3, recorded_at = $4`;

/** What the statement answers, as a batch wants it. */
function heldIn(known: readonly (StoredEvent & { byId: boolean })[]): Held {
  const events: StoredEvent[] = [];
  const revisions = new Map<string, number>();
  for (const { byId, ...event } of known)
    if (byId) events.push(event);
    else revisions.set(event.stream, event.revision);
  return { events, revisions };
}

/** Whoever holds the head row is the only one who writes. */
async function lockedHead(session: Session): Promise<LogHead> {
  const [head] = await session.query<LogHead>(`${HEAD} for update`);
  if (!head) throw new Error('the head row of the log is missing');
  return head;
}

async function insert(session: Session, events: readonly StoredEvent[], head: LogHead): Promise<void> {
  const { position, hash, recordedAt } = head;
  await session.query(INSERT, [JSON.stringify(events), position, hash, recordedAt]);
}

export interface PostgresEventStoreOptions {
  now?: () => Date;
  /** Reads a log that is there, and makes none. */
  readOnly?: boolean;
}

export class PostgresEventStore extends EventStore {
  override readonly kind = 'postgres';
  private readonly commits = new GroupCommit<Append, StoredEvent[]>((appends) => this.commit(appends));

  private constructor(
    private readonly database: Postgres,
    private readonly now: () => Date,
  ) {
    super();
  }

  /** Checks the server's settings and brings the schema up to this version. */
  static async open(
    database: Postgres,
    { now = () => new Date(), readOnly = false }: PostgresEventStoreOptions = {},
  ): Promise<PostgresEventStore> {
    try {
      await demandDurable(database);
      await (readOnly ? demandCurrent(database) : migrate(database));
      return new PostgresEventStore(database, now);
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  override append(stream: string, expected: number, events: readonly NewEvent[]): Promise<StoredEvent[]> {
    return this.commits.submit({ stream, expected, events });
  }

  /** Whether a lost connection took the commit with it is seen by doing it again: ids that are there are answered. */
  private commit(appends: Append[]): Promise<Outcome<StoredEvent[]>[]> {
    return patiently(() => this.database.transaction((session) => this.commitOnce(session, appends)));
  }

  private async commitOnce(session: Session, appends: readonly Append[]): Promise<Outcome<StoredEvent[]>[]> {
    const head = await lockedHead(session);
    const known = await session.query<StoredEvent & { byId: boolean }>(KNOWN, [idsOf(appends), streamsOf(appends)]);
    const batch = new Batch(head, heldIn(known), this.now());
    const outcomes = appends.map((append) => batch.append(append));
    if (batch.added.length > 0) await insert(session, batch.added, batch.head);
    return outcomes;
  }

  override adopt(events: readonly StoredEvent[]): Promise<void> {
    return this.database.transaction(async (session) =>
      insert(session, events, headAfter(await lockedHead(session), events)),
    );
  }

  override readStream(stream: string, upTo = Number.MAX_SAFE_INTEGER): Promise<StoredEvent[]> {
    const text = `select ${COLUMNS} from event where stream = $1 and position <= $2 order by revision`;
    return this.database.query(text, [stream, upTo]);
  }

  override async readStreams(streams: readonly string[]): Promise<ReadonlyMap<string, readonly StoredEvent[]>> {
    const text = `select ${COLUMNS} from event where stream = any($1::text[]) order by stream, revision`;
    return groupBy(await this.database.query<StoredEvent>(text, [streams]), ({ stream }) => stream);
  }

  override readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    const text = `select ${COLUMNS} from event where position > $1 order by position limit $2`;
    return this.database.query(text, [position, limit]);
  }

  override findEvents(ids: readonly string[]): Promise<StoredEvent[]> {
    return this.database.query(`select ${COLUMNS} from event where id = any($1::text[])`, [ids]);
  }

  override async head(): Promise<Head> {
    const [head] = await this.database.query<LogHead>(HEAD);
    return head ? { position: head.position, hash: head.hash } : { position: 0, hash: GENESIS_HASH };
  }

  override async positionAt(instant: string): Promise<number> {
    const text = 'select position from event where recorded_at <= $1 order by recorded_at desc, position desc limit 1';
    const [last] = await this.database.query<{ position: number }>(text, [instant]);
    return last?.position ?? 0;
  }

  override async close(): Promise<void> {
    await this.commits.drained();
    await this.database.close();
  }
}
