// The only place that knows which adapter serves which address. What an adapter needs is loaded by whoever needs it.
import type { Config, TablesPlace } from './config.js';
import type { EventStore } from './event-store/event-store.js';
import { SqliteEventStore } from './event-store/sqlite/sqlite-event-store.js';
import type { Postgres } from './postgres/database.js';
import { SqliteTables, type SqliteTablesOptions } from './tables/sqlite/sqlite-tables.js';
import type { Tables } from './tables/tables.js';

/** Schema of the keys in a PostgreSQL database: apart, so that a dump of the ledger holds none of them. */
const keysOf = (ledger: string): string => `${ledger}_keys`;

/** Connections of one service; several services share a server. */
const [FOR_LOG, FOR_VIEWS, FOR_KEYS] = [4, 8, 3];

export interface StoreOptions {
  now?: () => Date;
  /** Reads what is there, and makes nothing. */
  readOnly?: boolean;
  /** What to do when the log failed to hold what it was told; the process cannot go on. */
  onFailure?: (error: unknown) => void;
}

/** A log in KurrentDB is numbered in the tables of the read models. */
export async function openEventStore(
  { store, ledger, diskReserve }: Config,
  models: Tables,
  options: StoreOptions = {},
): Promise<EventStore> {
  switch (store.kind) {
    case 'sqlite':
      return new SqliteEventStore(store.file, { ...options, reserve: diskReserve });
    case 'postgres': {
      const { PostgresEventStore } = await import('./event-store/postgres/postgres-event-store.js');
      return PostgresEventStore.open(await openPostgres(store.url, ledger, FOR_LOG), options);
    }
    case 'kurrentdb': {
      const { KurrentEventStore } = await import('./event-store/kurrent/kurrent-event-store.js');
      return KurrentEventStore.open(store.url, models, { prefix: `${ledger}.`, ...options });
    }
  }
}

type Reading = Pick<StoreOptions, 'readOnly'>;

export const openReadModels = ({ readModels, ledger }: Config, options: Reading = {}): Promise<Tables> =>
  openTables(readModels, ledger, FOR_VIEWS, { ...options, rebuildable: true });

export const openKeyTables = ({ keys, ledger, diskReserve }: Config, options: Reading = {}): Promise<Tables> =>
  openTables(keys, keysOf(ledger), FOR_KEYS, { ...options, reserve: diskReserve, forgets: true });

async function openTables(
  place: TablesPlace,
  schema: string,
  connections: number,
  options: SqliteTablesOptions,
): Promise<Tables> {
  if (place.kind === 'sqlite') return new SqliteTables(place.file, options);
  const { PostgresTables } = await import('./tables/postgres/postgres-tables.js');
  return new PostgresTables(await openPostgres(place.url, schema, connections));
}

async function openPostgres(url: string, schema: string, connections: number): Promise<Postgres> {
  const { Postgres } = await import('./postgres/database.js');
  return new Postgres(url, { schema, connections });
}
