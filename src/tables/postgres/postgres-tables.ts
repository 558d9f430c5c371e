// Tables in PostgreSQL, in the schema of the connection; text sorts by its bytes, as it does in SQLite. Connections reach
// nothing by themselves: every reading and every transaction says how far it reaches, and takes that with it at its end.
import { lastByKey } from '../../core/group.js';
import { EVERYTHING, type Reach } from '../../core/reach.js';
import type { Postgres, Session } from '../../postgres/database.js';
import { prefixed, Tables, upsert, type Cell, type Reader, type Row, type Table, type Transaction } from '../tables.js';
import { dropTables, passesWalls, raiseWall, reaching } from './wall.js';

const TYPES = { text: 'text', integer: 'bigint' } as const;
const COLUMN_TYPES = { text: 'text collate "C"', integer: 'bigint' } as const;

export class PostgresTables extends Tables {
  override readonly kind = 'postgres';

  constructor(private readonly database: Postgres) {
    super();
  }

  override query<R extends Row = Row>(text: string, parameters: readonly Cell[] = []): Promise<R[]> {
    return this.database.queryUnder<R>(reaching(EVERYTHING), text, parameters);
  }

  override seenBy(reach: Reach): Reader {
    return { query: (text, parameters = []) => this.database.queryUnder(reaching(reach), text, parameters) };
  }

  override transaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.transaction((session) => work(rowsOf(session)), reaching(EVERYTHING));
  }

  override create(tables: readonly Table[], prefix = ''): Promise<void> {
    return this.database.exclusively(`create ${this.database.schema}`, () =>
      this.database.transaction(async (session) => {
        await session.exec(`create schema if not exists ${this.database.schema}`);
        if (prefix) await dropTables(session, namesOf(tables, prefix));
        for (const table of tables)
          if (!(await isThere(session, prefix + table.name))) await createTable(session, table, prefix);
        // A table may belong through one that comes after it.
        for (const table of tables) await raiseWall(session, table, prefix);
      }),
    );
  }

  override completeBeside({ name, readerIndexes }: Table, prefix: string): Promise<void> {
    return this.database.transaction((session) => createIndexes(session, prefix + name, readerIndexes));
  }

  override exclusively<T>(work: () => Promise<T>): Promise<T> {
    return this.database.exclusively(`tables ${this.database.schema}`, work);
  }

  override async warnings(): Promise<string[]> {
    return (await passesWalls(this.database)) ? [NO_WALL] : [];
  }

  override close(): Promise<void> {
    return this.database.close();
  }
}

const NO_WALL =
  '数据库角色是超级用户或有 BYPASSRLS,行级安全对它无效:只有查询语句自身挡住范围以外的记录。 The database role is a superuser or has BYPASSRLS, for which row-level security does not hold: only the texts of the queries keep to what somebody may see.';

const namesOf = (tables: readonly Table[], prefix = ''): string[] => tables.map(({ name }) => prefix + name);

async function isThere(session: Session, name: string): Promise<boolean> {
  const [row] = await session.query<{ there: boolean }>('select to_regclass($1) is not null as there', [name]);
  return row?.there ?? false;
}

async function createTable(session: Session, table: Table, prefix: string): Promise<void> {
  const { name, columns, key, indexes } = prefixed(table, prefix);
  const lines = Object.entries(columns).map(([column, type]) => `${column} ${COLUMN_TYPES[type]}`);
  await session.exec(`create table ${name} (${lines.join(', ')}, primary key (${key.join(', ')}))`);
  await createIndexes(session, name, indexes);
  if (!prefix) await createIndexes(session, name, table.readerIndexes);
}

/** The server names indexes itself, so that names never repeat. */
async function createIndexes(session: Session, name: string, indexes: Table['indexes'] = []): Promise<void> {
  for (const columns of indexes) await session.exec(`create index on ${name} (${columns.join(', ')})`);
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
    await dropTables(session, namesOf(tables));
    for (const name of namesOf(tables)) await session.exec(`alter table ${prefix}${name} rename to ${name}`);
  },
});

/** All rows in one parameter, whatever their number: the text of the statement stays the same. */
function recordsOf({ columns }: Table): string {
  const shape = Object.entries(columns).map(([column, type]) => `${column} ${TYPES[type]}`);
  return `select ${Object.keys(columns).join(', ')} from json_to_recordset($1::json) as row (${shape.join(', ')})`;
}
