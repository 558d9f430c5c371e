// Tables in SQLite: a writing connection, and a reading one that sees what is committed.
import {
  closeDatabase,
  hasRoom,
  isDiskFull,
  openDatabase,
  rollBack,
  saidByEngine,
  statements,
  type Database,
} from '../../sqlite/database.js';
import { StorageFull, StorageUnavailable } from '../../core/storage.js';
import { prefixed, Tables, upsert, type Cell, type Reader, type Row, type Table, type Transaction } from '../tables.js';

export interface SqliteTablesOptions {
  readOnly?: boolean;
  /** Bytes of the disk that these tables leave to others. */
  reserve?: number;
  /** What is removed is overwritten. */
  forgets?: boolean;
  /** All of it follows from the log: what a power cut takes from the end is made again from there. */
  rebuildable?: boolean;
}

/** `$1` as both engines' texts are written, `?1` as SQLite counts parameters. */
const numbered = (text: string): string => text.replaceAll(/\$(\d+)/g, '?$1');

class Connection {
  private prepared: ReturnType<typeof statements>;

  constructor(readonly database: Database) {
    this.prepared = statements(database, numbered);
  }

  rows<R extends Row>(text: string, parameters: readonly Cell[] = []): R[] {
    return this.prepared(text).all(...parameters) as R[];
  }

  run(text: string, parameters: readonly Cell[]): void {
    this.prepared(text).run(...parameters);
  }

  /** Statements name tables; after a swap they are prepared anew. */
  forget(): void {
    this.prepared = statements(this.database, numbered);
  }

  close(): void {
    this.database.close();
  }
}

export class SqliteTables extends Tables {
  override readonly kind = 'sqlite';
  private readonly reserve: number;
  private readonly reader: Connection;
  private readonly writer: Connection | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private generation = 0;

  constructor(
    private readonly file: string,
    { readOnly = false, reserve = 0, forgets = false, rebuildable = false }: SqliteTablesOptions = {},
  ) {
    super();
    this.reserve = reserve;
    const writing = { untold: rebuildable, cacheMiB: rebuildable ? 64 : 4 };
    this.writer = readOnly ? undefined : new Connection(openDatabase(file, writing));
    if (forgets) this.writer?.database.exec('pragma secure_delete = on');
    this.reader = new Connection(openDatabase(file, { readOnly }));
  }

  override async query<R extends Row = Row>(text: string, parameters?: readonly Cell[]): Promise<R[]> {
    return this.reader.rows<R>(text, parameters);
  }

  override transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const run = this.queue.then(() => this.inTransaction(work));
    this.queue = run.catch(() => {});
    return run;
  }

  private async inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    const writer = this.demandWriter();
    if (!hasRoom(this.file, this.reserve)) throw new StorageFull('the disk is almost full');
    try {
      writer.database.exec('begin immediate');
      const result = await work(this.rowsOf(writer));
      writer.database.exec('commit');
      return result;
    } catch (error) {
      rollBack(writer.database);
      throw asStorageError(error);
    }
  }

  private rowsOf(connection: Connection): Transaction {
    return {
      async query<R extends Row = Row>(text: string, parameters?: readonly Cell[]) {
        return connection.rows<R>(text, parameters);
      },
      async load<R extends Row = Row>(table: Table, column: string, values: readonly string[]) {
        const text = `select * from ${table.name} where ${column} in (select value from json_each($1))`;
        return values.length > 0 ? connection.rows<R>(text, [JSON.stringify(values)]) : [];
      },
      async put(table, rows) {
        const names = Object.keys(table.columns);
        const text = upsert(table, `values (${names.map((_, index) => `$${index + 1}`).join(', ')})`);
        for (const row of rows)
          connection.run(
            text,
            names.map((name) => row[name] ?? null),
          );
      },
      async remove(table, column, values) {
        const text = `delete from ${table.name} where ${column} in (select value from json_each($1))`;
        if (values.length > 0) connection.run(text, [JSON.stringify(values)]);
      },
      // One writer at a time: nobody else can change anything now.
      lock: async () => {},
      swap: async (tables, prefix) => this.swap(tables, prefix),
    };
  }

  private demandWriter(): Connection {
    if (!this.writer) throw new Error('the tables are open for reading only');
    return this.writer;
  }

  override async create(tables: readonly Table[], prefix = ''): Promise<void> {
    await this.transaction(async () => {
      const { database } = this.demandWriter();
      for (const table of tables) {
        if (prefix) database.exec(`drop table if exists ${prefix}${table.name}`);
        if (this.exists('table', prefix + table.name)) continue;
        database.exec(createTable(prefixed(table, prefix)));
        this.createIndexes(table, prefix, table.indexes);
        if (!prefix) this.createIndexes(table, prefix, table.readerIndexes);
      }
    });
  }

  override completeBeside(table: Table, prefix: string): Promise<void> {
    return this.transaction(async () => this.createIndexes(table, prefix, table.readerIndexes));
  }

  private createIndexes(table: Table, prefix: string, indexes: Table['indexes'] = []): void {
    for (const columns of indexes)
      this.demandWriter().database.exec(
        `create index ${this.indexName(table, columns)} on ${prefix}${table.name} (${columns.join(', ')})`,
      );
  }

  private exists(type: 'table' | 'index', name: string): boolean {
    const text = 'select 1 as yes from sqlite_master where type = $1 and name = $2';
    return this.demandWriter().rows(text, [type, name]).length > 0;
  }

  /** Index names outlive the renaming of their table, so they never repeat. */
  private indexName(table: Table, columns: readonly string[]): string {
    let name: string;
    do name = `${table.name}_by_${columns.join('_')}_${this.generation++}`;
    while (this.exists('index', name));
    return name;
  }

  private swap(tables: readonly Table[], prefix: string): void {
    const { database } = this.demandWriter();
    for (const { name } of tables) {
      database.exec(`drop table if exists ${name}`);
      database.exec(`alter table ${prefix}${name} rename to ${name}`);
    }
    this.reader.forget();
    this.writer?.forget();
  }

  /** Overwritten pages reach the file, and the log in which the old ones stand is emptied. */
  override async scrub(): Promise<void> {
    const run = this.queue.then(() => emptyLog(this.demandWriter()));
    this.queue = run.catch(() => {});
    await run;
  }

  /** The file is this process's own. */
  override exclusively<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  /** The engine has no rows of its own for each reader: the texts of the views are the only wall here. */
  override seenBy(): Reader {
    return this;
  }

  override async close(): Promise<void> {
    await this.queue;
    this.reader.close();
    if (this.writer) closeDatabase(this.writer.database);
  }
}

/** The engine does not fail where a reader holds the log: it says so. */
function emptyLog(writer: Connection): void {
  try {
    const [answer] = writer.rows<{ busy: number }>('pragma wal_checkpoint(truncate)');
    if (answer?.busy !== 0) throw new StorageUnavailable('somebody is reading what was removed');
  } catch (error) {
    throw asStorageError(error);
  }
}

/** What the engine says of its disk or its locks is no fault of the rows that were to be written. */
function asStorageError(error: unknown): unknown {
  if (isDiskFull(error)) return new StorageFull('no room for the rows', { cause: error });
  if (saidByEngine(error)) return new StorageUnavailable('the tables cannot be written', { cause: error });
  return error;
}

function createTable({ name, columns, key }: Table): string {
  const lines = Object.entries(columns).map(([column, type]) => `${column} ${type}`);
  return `create table ${name} (${lines.join(', ')}, primary key (${key.join(', ')})) strict, without rowid`;
}
