// A projection turns events into rows; the projector gives it whole batches inside one transaction.
import type { LedgerEvent } from '../core/event.js';
import type { Table, Transaction } from './read-models.js';

/** Deterministic: no clock, no random, no network. Reads and writes its tables through the transaction it is given. */
export interface Projection {
  name: string;
  tables: readonly Table[];
  apply(events: readonly LedgerEvent[], rows: Transaction): Promise<void>;
}

/** The last element of each key, in the order of first appearance. */
export function lastByKey<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T> {
  const last = new Map<string, T>();
  for (const item of items) last.set(keyOf(item), item);
  return last;
}

/** Items by key, in the order in which the keys first appear. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
