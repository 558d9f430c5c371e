// A projection turns events into rows; the projector gives it whole batches inside one transaction.
import { readEvent, type LedgerEvent, type StoredEvent } from '../core/event.js';
import { StorageFull, StorageUnavailable } from '../core/storage.js';
import { prefixed, type Table, type Transaction } from '../tables/tables.js';

/** Deterministic: no clock, no random, no network. Reads and writes its tables through the transaction it is given. */
export interface Projection {
  name: string;
  tables: readonly Table[];
  apply(events: readonly LedgerEvent[], rows: TransactionUnder): Promise<void>;
}

/** One row a projection: the last ledger position that its tables contain. */
export const CHECKPOINT: Table = {
  name: 'checkpoint',
  columns: { name: 'text', position: 'integer', shape: 'text' },
  key: ['name'],
};

/** A transaction on the live tables, or on those being built beside them. */
export interface TransactionUnder extends Transaction {
  prefix: string;
}

export const under = (rows: Transaction, prefix: string): TransactionUnder => ({
  prefix,
  query: (text, parameters) => rows.query(text, parameters),
  load: (table, column, values) => rows.load(prefixed(table, prefix), column, values),
  put: (table, changed) => rows.put(prefixed(table, prefix), changed),
  remove: (table, column, values) => rows.remove(prefixed(table, prefix), column, values),
  lock: (table) => rows.lock(prefixed(table, prefix)),
  swap: (tables, from) => rows.swap(tables, from),
});

/** An event that a projection cannot make rows of: no fault of the storage, and no better the next time. */
export class CannotApply extends Error {
  override name = 'CannotApply';
}

export async function applyAll(
  projections: readonly Projection[],
  batch: readonly StoredEvent[],
  rows: TransactionUnder,
): Promise<void> {
  try {
    const events = batch.map((stored) => readEvent(stored));
    for (const projection of projections) await projection.apply(events, rows);
  } catch (error) {
    if (error instanceof StorageUnavailable || error instanceof StorageFull) throw error;
    throw new CannotApply(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Positions follow one another from the checkpoint on. */
export function demandDense(batch: readonly StoredEvent[], checkpoint: number): void {
  let last = checkpoint;
  for (const { position } of batch) {
    if (position !== last + 1) throw new Error(`the log has a gap: ${position} follows ${last}`);
    last = position;
  }
}
