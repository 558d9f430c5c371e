// The port to tables: described as data, written in batches of whole rows, read with SQL that both engines read alike.
// The views, the key store and the numbering of a KurrentDB log stand on it.

import type { Reach } from '../core/reach.js';

export type Cell = string | number | null;
export type Row = Record<string, Cell>;

export interface Table {
  name: string;
  columns: Readonly<Record<string, 'text' | 'integer'>>;
  key: readonly string[];
  /** For whoever writes. */
  indexes?: readonly (readonly string[])[];
  /** For whoever reads: where a table is filled before anybody reads it, they are made at once at the end. */
  readerIndexes?: readonly (readonly string[])[];
  /** How its rows belong to somebody's reach; a table without it is for everybody. */
  belongs?: Belonging;
}

/** The columns that say where a row belongs; or the table, and the column in both, through which it does. */
export interface Belonging {
  school?: string;
  district?: string;
  area?: string;
  through?: { table: string; column: string };
}

/** Reads the committed state. */
export interface Reader {
  query<R extends Row = Row>(text: string, parameters?: readonly Cell[]): Promise<R[]>;
}

/** Reading and writing inside one transaction. Placeholders are `$1`, `$2`, … */
export interface Transaction {
  query<R extends Row = Row>(text: string, parameters?: readonly Cell[]): Promise<R[]>;
  /** Rows whose column has one of the values. */
  load<R extends Row = Row>(table: Table, column: string, values: readonly string[]): Promise<R[]>;
  /** Inserts rows, or replaces those with the same key; a key may be given several times, the last row stays. */
  put(table: Table, rows: readonly Row[]): Promise<void>;
  /** Removes the rows whose column has one of the values. */
  remove(table: Table, column: string, values: readonly string[]): Promise<void>;
  /** Waits until nobody else changes the table, and keeps it so until the end of the transaction. */
  lock(table: Table): Promise<void>;
  /** Puts the prefixed tables in the place of the live ones. */
  swap(tables: readonly Table[], prefix: string): Promise<void>;
}

/** Every method may fail with StorageUnavailable, writing ones with StorageFull. */
export abstract class Tables implements Reader {
  abstract readonly kind: string;
  /** Reads for the service itself. */
  abstract query<R extends Row = Row>(text: string, parameters?: readonly Cell[]): Promise<R[]>;
  /**
   * Reads for somebody who may see so far. Where the engine can, it holds back every row beyond, whatever the text
   * asks for; the texts of the views ask for no such row in the first place.
   */
  abstract seenBy(reach: Reach): Reader;
  /** Everything in it or nothing; durable when it resolves. */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Creates the tables that are missing; with a prefix, anew beside the live ones and without the indexes of readers. */
  abstract create(tables: readonly Table[], prefix?: string): Promise<void>;
  /** Makes the indexes of readers on a table that was created beside the live ones. */
  abstract completeBeside(table: Table, prefix: string): Promise<void>;
  /** One at a time over all processes that share these tables. */
  abstract exclusively<T>(work: () => Promise<T>): Promise<T>;
  /** What whoever runs the service should know of the store. */
  async warnings(): Promise<string[]> {
    return [];
  }
  /** What was removed leaves the disk too, as far as the engine can be told to. */
  async scrub(): Promise<void> {}
  abstract close(): Promise<void>;
}

/** Beside the live tables a table belongs through its like, not through a live one. */
export const prefixed = ({ belongs, ...table }: Table, prefix: string): Table => ({
  ...table,
  name: `${prefix}${table.name}`,
  ...(belongs && { belongs: belongsUnder(belongs, prefix) }),
});

const belongsUnder = ({ through, ...columns }: Belonging, prefix: string): Belonging => ({
  ...columns,
  ...(through && { through: { ...through, table: `${prefix}${through.table}` } }),
});

/** Inserts the rows that `source` yields, in the order of the table's columns, or replaces those with the same key. */
export function upsert({ name, columns, key }: Table, source: string): string {
  const names = Object.keys(columns);
  const changes = names.filter((column) => !key.includes(column)).map((column) => `${column} = excluded.${column}`);
  const onConflict = changes.length > 0 ? `do update set ${changes.join(', ')}` : 'do nothing';
  return `insert into ${name} (${names.join(', ')}) ${source} on conflict (${key.join(', ')}) ${onConflict}`;
}
