// What the log says that views are: the whole of it folded once, undisturbed, in fresh tables.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '../../src/event-store/event-store.js';
import type { Projection } from '../../src/read-models/projection.js';
import { Projector } from '../../src/read-models/projector.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import { scratchDirectory } from './tools.js';

export async function hashOfFold(store: EventStore, projections: readonly Projection[]): Promise<string> {
  const directory = scratchDirectory();
  const tables = new SqliteTables(join(directory, 'fold.db'));
  try {
    const projector = new Projector(store, tables, projections);
    await projector.start();
    return await projector.hash();
  } finally {
    await tables.close();
    rmSync(directory, { recursive: true, force: true });
  }
}
