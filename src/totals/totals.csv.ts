// Totals as CSV for spreadsheets: a byte-order mark, both languages in the head, no cell that starts a formula.
import { stringify } from 'csv-stringify/sync';
import { DIMENSIONS, FIGURE_NAMES, FIGURES, type Dimension } from './dimensions.js';
import type { TotalsRow } from './totals.view.js';

const headOf = ({ zh, en }: { zh: string; en: string }): string => `${zh} ${en}`;

export function toCsv(
  by: readonly Dimension[],
  { rows, total }: { rows: readonly TotalsRow[]; total: TotalsRow },
): string {
  const groups = by.map((name) => ({ key: DIMENSIONS[name].label, header: headOf(DIMENSIONS[name]) }));
  const figures = FIGURE_NAMES.map((key) => ({ key, header: headOf(FIGURES[key]) }));
  const columns = [...groups, ...figures];
  const last = groups[0] ? { ...total, [groups[0].key]: '合计 total' } : total;
  return stringify([...rows, last], {
    bom: true,
    header: true,
    columns,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
