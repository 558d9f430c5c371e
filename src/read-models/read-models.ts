// The port to the read models: tables described as data, batches of whole rows, SQL that both engines read alike.

export type Cell = string | number | null;
export type Row = Record<string, Cell>;

export interface Table {
  name: string;
  columns: Readonly<Record<string, 'text' | 'integer'>>;
  key: readonly string[];
  indexes?: readonly (readonly string[])[];
}

/** Reading and writing inside one transaction. Placeholders are `$1`, `$2`, … */
export interface Transaction {
  query<R extends Row = Row>(text: string, parameters?: readonly Cell[]): Promise<R[]>;
  /** Rows whose column has one of the values. */
  load<R extends Row = Row>(table: Table, column: string, values: readonly string[]): Promise<R[]>;
  /** Inserts rows, or replaces those with the same key; names may be given several times, the last one stays. */
  put(table: Table, rows: readonly Row[]): Promise<void>;
}

export abstract class ReadModels {
  abstract readonly kind: string;
  /** Reads the committed state. */
  abstract query<R extends Row = Row>(text: string, parameters?: readonly Cell[]): Promise<R[]>;
  /** One at a time; everything in it or nothing. */
  abstract transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Creates the tables that are missing; with a prefix, beside the live ones. */
  abstract create(tables: readonly Table[], prefix?: string): Promise<void>;
  /** Puts the prefixed tables in the place of the live ones, in one transaction. */
  abstract swap(tables: readonly Table[], prefix: string): Promise<void>;
  abstract close(): Promise<void>;
}

export const prefixed = (table: Table, prefix: string): Table => ({ ...table, name: `${prefix}${table.name}` });
