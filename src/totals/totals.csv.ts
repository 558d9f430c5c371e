// Totals as CSV for spreadsheets: a byte-order mark, both languages in the head, no cell that starts a formula.
import { stringify } from 'csv-stringify/sync';
import { DIMENSIONS, type Dimension } from './dimensions.js';
import type { TotalsRow } from './totals.view.js';

const HEADS: Record<string, string> = {
  policyId: '政策 policy',
  kind: '类别 kind',
  schoolId: '学校 school',
  districtId: '区县 district',
  stage: '学段 stage',
  source: '资金来源 source',
  month: '月份 month',
  term: '学期 term',
  disbursed: '发放(元) disbursed',
  returned: '退回(元) returned',
  reversed: '冲正(元) reversed',
  amount: '净额(元) net',
  personTimes: '人次 person-times',
  persons: '人数 persons',
};

const FIGURES = ['disbursed', 'returned', 'reversed', 'amount', 'personTimes', 'persons'];

export function toCsv(
  by: readonly Dimension[],
  { rows, total }: { rows: readonly TotalsRow[]; total: TotalsRow },
): string {
  const groups = by.map((name) => DIMENSIONS[name].label);
  const columns = [...groups, ...FIGURES].map((key) => ({ key, header: HEADS[key] ?? key }));
  const last = groups[0] ? { ...total, [groups[0]]: '合计 total' } : total;
  return stringify([...rows, last], {
    bom: true,
    header: true,
    columns,
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}
