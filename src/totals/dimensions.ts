// What totals can be grouped by.

/** The name of a grouping → its column; the answer names it as `label`. */
export const DIMENSIONS = {
  policy: { column: 'policy_id', label: 'policyId' },
  kind: { column: 'kind', label: 'kind' },
  school: { column: 'school_id', label: 'schoolId' },
  district: { column: 'district_id', label: 'districtId' },
  stage: { column: 'stage', label: 'stage' },
  source: { column: 'source', label: 'source' },
  month: { column: 'month', label: 'month' },
  term: { column: 'term', label: 'term' },
} as const;

export type Dimension = keyof typeof DIMENSIONS;
export const DIMENSION_NAMES = Object.keys(DIMENSIONS) as Dimension[];
