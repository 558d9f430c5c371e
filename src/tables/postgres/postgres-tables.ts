// Tables in PostgreSQL, in the schema of the connection; text sorts by its bytes, as it does in SQLite.
import { lastByKey } from '../../core/group.js';
import type { Postgres, Session } from '../../postgres/database.js';
import { prefixed, Tables, upsert, type Cell, type Reader, type Row, type Table, type Transaction } from '../tables.js';

const TYPES = { text: 'text', integer: 'bigint' } as const;
const COLUMN_TYPES = { text: 'text collate "C"', integer: 'bigint' } as const;

export class PostgresTables extends Tables {
  override readonly kind = 'postgres';

  constructor(private readonly database: Postgres) {
    super();
  }

  override query<R extends Row = Row>(text: string, parameters: readonly Cell[] = []): Promise<R[]> {
    return this.database.query<R>(text, parameters);
  }

  override transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction((session) => work(rowsOf(session)));
  }

  override create(tables: readonly Table[], prefix = ''): Promise<void> {
    return this.database.exclusively(`create ${this.database.schema}`, () =>
      this.database.transaction(async (session) => {
        await session.exec(`create schema if not exists ${this.database.schema}`);
        for (const table of tables) {
          if (prefix) await session.exec(`drop table if exists ${prefix}${table.name}`);
          if (await isThere(session, prefix + table.name)) continue;
          await session.exec(createTable(prefixed(table, prefix)));
        }
      }),
    );
  }

  override exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.database.exclusively(`tables ${this.database.schema}`, work);
  }

  override seenBy(): Reader {
    return this;
  }

  override close(): Promise<void> {
    return this.database.close();
  }
}

async function isThere(session: Session, name: string): Promise<boolean> {
  const [row] = await session.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name]);
  return row?.there ?? false;
}

/** The server names indexes itself, so that names never repeat. */
function createTable({ name, columns, key, indexes = [] }: Table): string {
  const lines = Object.entries(columns).map(([column, type]) => `${column} ${COLUMN_TYPES[type]}`);
  const table = `create table ${name} (${lines.join(', ')}, primary key (${key.join(', ')}))`;
  return [table, ...indexes.map((index) => `create index on ${name} (${index.join(', ')})`)].join('; ');
}

const rowsOf = (session: Session): Transaction => ({
  query: (text, parameters) => session.query(text, parameters),
  async load<R extends Row = Row>(table: Table, column: string, values: readonly string[]) {
    return values.length > 0
      ? session.query<R>(`select * from ${table.name} where ${column} = any($1::text[])`, [values])
      : [];
  },
  async put(table, rows) {
    // One statement may not touch a row twice.
    const last = lastByKey(rows, (row) => JSON.stringify(table.key.map((column) => row[column])));
    if (last.size > 0) await session.query(upsert(table, recordsOf(table)), [JSON.stringify([...last.values()])]);
  },
  async remove(table, column, values) {
    if (values.length > 0) await session.query(`delete from ${table.name} where ${column} = any($1::text[])`, [values]);
  },
  lock: (table) => session.exec(`lock table ${table.name} in access exclusive mode`),
  async swap(tables, prefix) {
    for (const { name } of tables)
      await session.exec(`drop table if exists ${name}; alter table ${prefix}${name} rename to ${name}`);
  },
});

/** All rows in one parameter, whatever their number: the text of the statement stays the same. */
function recordsOf({ columns }: Table): string {
  const shape = Object.entries(columns).map(([column, type]) => `${column} ${TYPES[type]}`);
  return `select ${Object.keys(columns).join(', ')} from json_to_recordset($1::json) as row (${shape.join(', ')})`;
}
