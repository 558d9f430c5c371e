// The condition that only the rows within a reach meet: the first wall, in the text of every view that asks for rows.
import { EVERYTHING, type Bounds, type Reach } from '../core/reach.js';
import type { Belonging, Cell } from './tables.js';

/** Takes a value as a parameter of the statement and answers with its placeholder. */
export type AddParameter = (value: Cell) => string;

/**
 * Columns are those of `belongs`; what another table decides is asked there by the columns of `through`. `name` is the
 * table as the text calls it: a bare column would mean that of the inner table, and let every row pass.
 */
export function within(name: string, reach: Reach, belongs: Belonging, through: Belonging, add: AddParameter): string {
  if (reach === EVERYTHING) return '1 = 1';
  const own = byColumns(name, reach, belongs, add);
  if (!belongs.through) return own;
  const { table, column } = belongs.through;
  const elsewhere = `exists (select 1 from ${table} t where t.${column} = ${name}.${column} and ${byColumns('t', reach, through, add)})`;
  if (belongs.school === undefined) return elsewhere;
  return `(${own} or (coalesce(${name}.${belongs.school}, '') = '' and ${elsewhere}))`;
}

function byColumns(
  name: string,
  { schools, districts, areas }: Bounds,
  { school, district, area }: Belonging,
  add: AddParameter,
): string {
  const among = (column: string | undefined, values: readonly string[]): string[] =>
    column !== undefined && values.length > 0 ? [`${name}.${column} in (${values.map(add).join(', ')})`] : [];
  const heads =
    area === undefined ? [] : areas.map((head) => `substr(${name}.${area}, 1, ${head.length}) = ${add(head)}`);
  const ways = [...among(school, schools), ...among(district, districts), ...heads];
  return ways.length > 0 ? `(${ways.join(' or ')})` : '1 = 0';
}
