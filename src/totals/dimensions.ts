// What totals can be grouped by, what they show, and how the office calls both.

/** The name of a grouping → its column; the answer names it as `label`. */
export const DIMENSIONS = {
  policy: { column: 'policy_id', label: 'policyId', zh: '政策', en: 'policy' },
  kind: { column: 'kind', label: 'kind', zh: '类别', en: 'kind' },
  school: { column: 'school_id', label: 'schoolId', zh: '学校', en: 'school' },
  district: { column: 'district_id', label: 'districtId', zh: '区县', en: 'district' },
  stage: { column: 'stage', label: 'stage', zh: '学段', en: 'stage' },
  source: { column: 'source', label: 'source', zh: '资金来源', en: 'source' },
  month: { column: 'month', label: 'month', zh: '月份', en: 'month' },
  term: { column: 'term', label: 'term', zh: '学期', en: 'term' },
} as const;

export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as Dimension[];

/** The figures of a row, in the order in which tables show them. */
export const FIGURES = {
  disbursed: { zh: '发放(元)', en: 'disbursed' },
  returned: { zh: '退回(元)', en: 'returned' },
  reversed: { zh: '冲正(元)', en: 'reversed' },
  amount: { zh: '净额(元)', en: 'net' },
  personTimes: { zh: '人次', en: 'person-times' },
  persons: { zh: '人数', en: 'persons' },
} as const;

export type Figure = keyof typeof FIGURES;
export const FIGURE_NAMES = Object.keys(FIGURES) as Figure[];
