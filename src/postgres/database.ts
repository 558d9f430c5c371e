// One way to talk to PostgreSQL: a pool, statements prepared by name, numbers as numbers, errors in the ledger's words.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { patiently, StorageFull, StorageUnavailable } from '../core/storage.js';

export type SqlValue = string | number | null | readonly string[];

export interface PostgresOptions {
  /** Where unqualified names stand. */
  schema: string;
  /** Connections at most; the work of one installation needs few. */
  connections?: number;
  /** How long a statement may take before the connection counts as lost. */
  patienceMs?: number;
}

/** Settings of the server that hold until the end of a transaction. */
export type Settings = Readonly<Record<string, string>>;

/** Runs statements, on a connection of its own inside a transaction. */
export interface Session {
  query<R>(text: string, values?: readonly SqlValue[]): Promise<R[]>;
  /** Statements without values, several at once, none prepared. */
  exec(text: string): Promise<void>;
}

const [INT8, NUMERIC, DATE] = [20, 1700, 1082];
const AS_NUMBER = new Set<number>([INT8, NUMERIC]);

/** Sums and positions stay below 2^53; civil dates stay text, or they shift by a day. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') => {
    if (AS_NUMBER.has(oid)) return exactNumber;
    if (oid === DATE) return (text: string) => text;
    // oxlint-disable-next-line typescript/no-unsafe-enum-assignment -- the server's own types are named there, ours are not
    return pg.types.getTypeParser(oid, format) as (text: string) => unknown;
  },
};

function exactNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) throw new Error(`${text} is beyond exact numbers`);
  return number;
}

/** A reader is told sooner than a writer, who must know what became of the commit. */
const READ_WAITS = [20, 50, 100, 200, 400, 800];

export class Postgres {
  readonly schema: string;
  private readonly pool: pg.Pool;

  constructor(url: string, { schema, connections = 10, patienceMs = 30_000 }: PostgresOptions) {
    this.schema = schema;
    this.pool = new pg.Pool({
      connectionString: url,
      max: connections,
      connectionTimeoutMillis: 5000,
      query_timeout: patienceMs,
      idle_in_transaction_session_timeout: patienceMs,
      keepAlive: true,
      // Policies make a short statement look long to the server, which then compiles it for longer than it runs.
      options: `-c search_path=${schema} -c jit=off`,
      // Statements that do not wait for one another go out together.
      pipeline: true,
      application_name: 'student-aid-ledger',
      types,
    });
    // A connection that is lost while idle is replaced when it is needed; work in progress hears of its own loss.
    this.pool.on('error', () => {});
    this.pool.on('connect', (client) => client.on('error', () => {}));
  }

  /** Reads what is committed; repeated while the server is away, for a bounded time. */
  query<R>(text: string, values: readonly SqlValue[] = []): Promise<R[]> {
    return patiently(() => this.onConnection((session) => session.query<R>(text, values)), READ_WAITS);
  }

  /** Reads under settings that end with the statement: its transaction travels with it, in one round trip. */
  queryUnder<R>(settings: Settings, text: string, values: readonly SqlValue[] = []): Promise<R[]> {
    return patiently(
      () =>
        this.onConnection(async (session) => {
          const begun = session.exec(`begin read only${locally(settings)}`);
          const [, rows] = await Promise.all([begun, session.query<R>(text, values), session.exec('commit')]);
          return rows;
        }),
      READ_WAITS,
    );
  }

  /** Everything or nothing. Where StorageUnavailable leaves it, the commit may have happened: ask before repeating. */
  transaction<T>(work: (session: Session) => Promise<T>, settings: Settings = {}): Promise<T> {
    return this.onConnection(async (session) => {
      await session.exec(`begin${locally(settings)}`);
      const result = await work(session);
      await session.exec('commit');
      return result;
    });
  }

  /** A lock over all processes on this database, held by a connection of its own while the work goes on. */
  exclusively<T>(name: string, work: () => Promise<T>): Promise<T> {
    const key = createHash('sha256').update(name).digest().readInt32BE();
    return this.onConnection(async (session) => {
      await lockPatiently(session, key);
      try {
        return await work();
      } finally {
        // A connection that was lost meanwhile has taken the lock with it.
        await session.query('select pg_advisory_unlock($1)', [key]).catch(() => {});
      }
    });
  }

  private async onConnection<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.connect();
    try {
      const result = await work(sessionOn(client));
      client.release();
      return result;
    } catch (error) {
      await giveBack(client, error);
      throw asStorageError(error);
    }
  }

  private async connect(): Promise<pg.PoolClient> {
    try {
      return await this.pool.connect();
    } catch (error) {
      throw asStorageError(error);
    }
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}

const locally = (settings: Settings): string =>
  Object.entries(settings)
    .map(([name, value]) => `; set local ${name} = ${pg.escapeLiteral(value)}`)
    .join('');

/** Asks again and again: a statement that waited inside the server would run into its own time limit. */
async function lockPatiently(session: Session, key: number): Promise<void> {
  for (;;) {
    const [row] = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [key]);
    if (row?.locked) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A lost connection is thrown away; a sound one ends its transaction and goes back. */
async function giveBack(client: pg.PoolClient, error: unknown): Promise<void> {
  if (isUnavailable(error)) return client.release(true);
  try {
    await client.query('rollback');
    client.release();
  } catch {
    client.release(true);
  }
}

const names = new Map<string, string>();

/** The same text has the same name in every process; a connection prepares it once. */
function nameOf(text: string): string {
  let name = names.get(text);
  if (!name) names.set(text, (name = `s${createHash('sha256').update(text).digest('hex').slice(0, 32)}`));
  return name;
}

const sessionOn = (client: pg.PoolClient): Session => ({
  async query<R>(text: string, values: readonly SqlValue[] = []) {
    const { rows } = await client.query({ name: nameOf(text), text, values: [...values] });
    return rows as R[];
  },
  async exec(text) {
    await client.query(text);
  },
});

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : '';

const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/**
 * Connection exceptions (08), a server that stops, starts or stands by (57P, 25006), no connection free (53300), time
 * limits and deadlocks; and what sockets and the driver say of a lost connection.
 */
const UNAVAILABLE_CODE =
  /^(08...|57P0[0-5]|25006|25P0[34]|53[23]00|53200|40001|40P01|55P03|57014|E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN|NOTFOUND))$/;
const UNAVAILABLE_MESSAGE =
  /Connection terminated|connection error|not queryable|timeout exceeded when trying to connect|Query read timeout|cached plan must not change/;

const isUnavailable = (error: unknown): boolean =>
  UNAVAILABLE_CODE.test(codeOf(error)) || (codeOf(error) === '' && UNAVAILABLE_MESSAGE.test(messageOf(error)));

const DISK_FULL = '53100';

function asStorageError(error: unknown): unknown {
  if (error instanceof StorageUnavailable || error instanceof StorageFull) return error;
  if (codeOf(error) === DISK_FULL) return new StorageFull('the database server has no room', { cause: error });
  if (isUnavailable(error))
    return new StorageUnavailable(`the database does not answer: ${messageOf(error)}`, { cause: error });
  return error;
}

/** What a server must have set for a commit to be on disk; a server that does not know a setting cannot be asked. */
const DURABLE: Record<string, (value: string) => boolean> = {
  fsync: (value) => value === 'on',
  full_page_writes: (value) => value === 'on',
  synchronous_commit: (value) => value !== 'off',
};

const OLDEST_VERSION = 150_000;

export class UnsafeDatabase extends Error {}

/** Refuses a server that would acknowledge what a power cut can take back, or that is too old, or not in UTF-8. */
export async function demandDurable(database: Postgres): Promise<void> {
  for (const [setting, isSafe] of Object.entries(DURABLE)) {
    const [row] = await database.query<{ value: string | null }>('select current_setting($1, true) as value', [
      setting,
    ]);
    if (row?.value && !isSafe(row.value))
      throw new UnsafeDatabase(
        `数据库设置 ${setting}=${row.value} 不能保证已确认的记录不丢失。 The database has ${setting}=${row.value}: acknowledged records could be lost. Set it to on.`,
      );
  }
  const [server] = await database.query<{ version: string; encoding: string }>(
    "select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding",
  );
  if (Number(server?.version) < OLDEST_VERSION)
    throw new UnsafeDatabase(
      `数据库版本过旧,须为 15 或以上。 PostgreSQL 15 or later is needed; this is ${server?.version}.`,
    );
  if (server?.encoding !== 'UTF8')
    throw new UnsafeDatabase(`数据库须为 UTF8 编码。 The database must be in UTF8; it is in ${server?.encoding}.`);
}
