// The only place that knows which adapter serves which address.
import type { Config, TablesPlace } from './config.js';
import type { EventStore } from './event-store/event-store.js';
import { PostgresEventStore } from './event-store/postgres/postgres-event-store.js';
import { SqliteEventStore } from './event-store/sqlite/sqlite-event-store.js';
import { Postgres } from './postgres/database.js';
import { PostgresTables } from './tables/postgres/postgres-tables.js';
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
    case 'postgres':
      return PostgresEventStore.open(new Postgres(store.url, { schema: ledger, connections: FOR_LOG }), options);
    case 'kurrentdb': {
      // Its client has a native part, which only who needs it has to load.
      const { KurrentEventStore } = await import('./event-store/kurrent/kurrent-event-store.js');
      return KurrentEventStore.open(store.url, models, { prefix: `${ledger}.`, ...options });
    }
  }
}

type Reading = Pick<StoreOptions, 'readOnly'>;

export const openReadModels = ({ readModels, ledger }: Config, options: Reading = {}): Tables =>
  openTables(readModels, ledger, FOR_VIEWS, { ...options, rebuildable: true });

export const openKeyTables = ({ keys, ledger, diskReserve }: Config, options: Reading = {}): Tables =>
  openTables(keys, keysOf(ledger), FOR_KEYS, { ...options, reserve: diskReserve, forgets: true });

const openTables = (place: TablesPlace, schema: string, connections: number, options: SqliteTablesOptions): Tables =>
  place.kind === 'sqlite'
    ? new SqliteTables(place.file, options)
    : new PostgresTables(new Postgres(place.url, { schema, connections }));
