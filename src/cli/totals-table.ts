// Totals as a table of text: one row a group, the total last; the demo prints the same.
import { DIMENSIONS, FIGURE_NAMES, FIGURES, type Dimension } from '../totals/dimensions.js';
import type { TotalsRow } from '../totals/totals.view.js';
import { table, type Column } from './table.js';

/** Policy and school ids → names. */
export type Names = ReadonlyMap<string, string>;

/** Groupings whose ids have names for people. */
const NAMED: ReadonlySet<Dimension> = new Set(['policy', 'school']);

export function totalsTable(
  by: readonly Dimension[],
  rows: readonly TotalsRow[],
  total: TotalsRow,
  names: Names,
): string[] {
  const groups = by.flatMap((name, index) => groupColumns(name, index === 0 ? total : undefined, names));
  const first: Column<TotalsRow>[] = groups.length > 0 ? groups : [{ zh: '', en: '', cell: () => '合计 total' }];
  return table([...first, ...figureColumns()], rows, total);
}

function groupColumns(name: Dimension, total: TotalsRow | undefined, names: Names): Column<TotalsRow>[] {
  const { zh, en, label } = DIMENSIONS[name];
  const idOf = (row: TotalsRow): string => row[label] ?? '';
  const ids: Column<TotalsRow> = { zh, en, cell: (row) => (row === total ? '合计 total' : idOf(row)) };
  return NAMED.has(name) ? [ids, { zh: '名称', en: 'name', cell: (row) => names.get(idOf(row)) ?? '' }] : [ids];
}

const figureColumns = (): Column<TotalsRow>[] =>
  FIGURE_NAMES.map((key) => ({ ...FIGURES[key], right: true, cell: (row) => String(row[key]) }));
