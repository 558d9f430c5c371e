// Every event store keeps the contract.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryEventStore } from '../../src/event-store/memory-event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { newDirectory } from '../support/service.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { Postgres } from '../../src/postgres/database.js';
import { KurrentEventStore } from '../../src/event-store/kurrent/kurrent-event-store.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';
import { disposeDouble, double } from '../support/stores.js';
import { eventStoreContract, type StoreUnderTest } from './contract.js';

eventStoreContract('memory', () => ({
  open: async (now) => new MemoryEventStore(now),
  dispose: async () => {},
}));

eventStoreContract('sqlite', () => {
  const directory = newDirectory();
  let opened = 0;
  let file = '';
  return {
    async open(now) {
      file = join(directory, `ledger-${++opened}.db`);
      return new SqliteEventStore(file, now ? { now } : {});
    },
    async reopen(store) {
      await store.close();
      return new SqliteEventStore(file);
    },
    dispose: async () => rmSync(directory, { recursive: true, force: true }),
  };
});

const postgres = sharedPostgres();

eventStoreContract(
  'PostgreSQL',
  () => {
    let url = '';
    const opened = (now?: () => Date) =>
      PostgresEventStore.open(new Postgres(url, { schema: 'aid' }), now ? { now } : {});
    return {
      async open(now) {
        url = await newDatabase(postgres ?? '');
        return opened(now);
      },
      async reopen(store) {
        await store.close();
        return opened();
      },
      dispose: async () => {},
    };
  },
  postgres !== undefined,
);

/** A ledger of its own on a server that others may use too, numbered in a file. */
function onKurrent(server: () => Promise<string>): StoreUnderTest {
  const directory = newDirectory();
  let prefix = '';
  let tables: SqliteTables;
  const opened = async (now?: () => Date) => {
    tables = new SqliteTables(join(directory, `${prefix}db`));
    return KurrentEventStore.open(await server(), tables, { prefix, ...(now && { now }) });
  };
  return {
    async open(now) {
      prefix = `t${randomUUID().replaceAll('-', '')}.`;
      return opened(now);
    },
    async reopen(store) {
      await store.close();
      await tables.close();
      return opened();
    },
    dispose: async () => {
      await tables.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

eventStoreContract('KurrentDB double', () => onKurrent(async () => (await double()).url));
afterAll(disposeDouble);

const real = process.env['KURRENTDB_URL'];
eventStoreContract('KurrentDB', () => onKurrent(async () => real ?? ''), real !== undefined);
