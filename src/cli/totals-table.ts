// Totals as a table of text: one row a group, the total last; the demo prints the same.
import type { Dimension } from '../totals/dimensions.js';
import type { TotalsRow } from '../totals/totals.view.js';
import { table, type Column } from './table.js';

/** Policy and school ids → names. */
export type Names = ReadonlyMap<string, string>;

type Label = Exclude<keyof TotalsRow, keyof typeof FIGURES>;

const GROUPS: Record<Dimension, { zh: string; en: string; label: Label; named?: true }> = {
  policy: { zh: '政策', en: 'policy', label: 'policyId', named: true },
  kind: { zh: '类别', en: 'kind', label: 'kind' },
  school: { zh: '学校', en: 'school', label: 'schoolId', named: true },
  district: { zh: '区县', en: 'district', label: 'districtId' },
  stage: { zh: '学段', en: 'stage', label: 'stage' },
  source: { zh: '资金来源', en: 'source', label: 'source' },
  month: { zh: '月份', en: 'month', label: 'month' },
  term: { zh: '学期', en: 'term', label: 'term' },
};

const FIGURES = {
  disbursed: { zh: '发放(元)', en: 'disbursed' },
  returned: { zh: '退回(元)', en: 'returned' },
  reversed: { zh: '冲正(元)', en: 'reversed' },
  amount: { zh: '净额(元)', en: 'net' },
  personTimes: { zh: '人次', en: 'person-times' },
  persons: { zh: '人数', en: 'persons' },
};

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
  const { zh, en, label, named } = GROUPS[name];
  const idOf = (row: TotalsRow): string => row[label] ?? '';
  const ids: Column<TotalsRow> = { zh, en, cell: (row) => (row === total ? '合计 total' : idOf(row)) };
  return named ? [ids, { zh: '名称', en: 'name', cell: (row) => names.get(idOf(row)) ?? '' }] : [ids];
}

const figureColumns = (): Column<TotalsRow>[] =>
  (Object.keys(FIGURES) as (keyof typeof FIGURES)[]).map((key) => ({
    ...FIGURES[key],
    right: true,
    cell: (row) => String(row[key]),
  }));
