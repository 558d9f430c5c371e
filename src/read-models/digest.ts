// Digests: of the shape of a projection's tables, and of everything that stands in tables.
import { createHash } from 'node:crypto';
import type { Row, Table, Tables } from '../tables/tables.js';
import type { Projection } from './projection.js';

const PAGE = 5000;

/** Changes whenever the tables of a projection do. */
export const shapeOf = ({ tables }: Projection): string =>
  createHash('sha256').update(JSON.stringify(tables)).digest('hex').slice(0, 16);

/** Every row of every table in the order of its key: equal tables, equal digest, on every engine. */
export async function digestOf(models: Tables, tables: readonly Table[]): Promise<string> {
  const digest = createHash('sha256');
  for (const table of tables)
    for await (const rows of pagesOf(models, table))
      for (const row of rows)
        digest.update(JSON.stringify(Object.keys(table.columns).map((name) => [name, row[name]])));
  return digest.digest('hex');
}

/** A table in bounded pages; each begins after the key at which the one before it ended. */
export async function* pagesOf(models: Tables, { name, key }: Table): AsyncGenerator<Row[]> {
  const order = key.join(', ');
  const after = `(${order}) > (${key.map((_, index) => `$${index + 1}`).join(', ')})`;
  for (let last: Row | undefined; ;) {
    const text = `select * from ${name} ${last ? `where ${after}` : ''} order by ${order} limit ${PAGE}`;
    const rows: Row[] = await models.query(text, last ? key.map((column) => last?.[column] ?? null) : []);
    if (rows.length > 0) yield rows;
    last = rows.at(-1);
    if (rows.length < PAGE) return;
  }
}
