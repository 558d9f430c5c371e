// Every event store keeps the contract.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { MemoryEventStore } from '../../src/event-store/memory-event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { newDirectory } from '../support/service.js';
import { eventStoreContract } from './contract.js';

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
