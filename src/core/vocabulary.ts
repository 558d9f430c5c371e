// Closed lists of words that policies, schools and enrolments share.

export const STAGES = [
  'preschool',
  'primary',
  'junior-secondary',
  'senior-secondary',
  'secondary-vocational',
  'higher-vocational',
  'university',
  'special-education',
] as const;
/** Stage of education 学段. */
export type Stage = (typeof STAGES)[number];

export const KINDS = ['waiver', 'subsidy', 'grant', 'meals'] as const;
/** Kind of aid: a fee not collected 减免, a recurring subsidy 补助, a grant 助学金, meals in kind 供餐. */
export type Kind = (typeof KINDS)[number];

export const METHODS = ['card', 'school-account', 'waived', 'in-kind'] as const;
/** How aid reaches the pupil. Cash is not among them. */
export type Method = (typeof METHODS)[number];

/** Meals are never money in hand and a waiver is settled with the school (domain rules on payment channels). */
export const METHODS_OF: Record<Kind, readonly Method[]> = {
  waiver: ['waived'],
  subsidy: ['card', 'school-account'],
  grant: ['card', 'school-account'],
  meals: ['in-kind'],
};

export const SETTINGS = ['rural', 'urban'] as const;
export type Setting = (typeof SETTINGS)[number];

export const DEPARTURE_REASONS = ['transferred', 'graduated', 'withdrawn', 'suspended', 'deceased'] as const;
export type DepartureReason = (typeof DEPARTURE_REASONS)[number];

export const RETURN_CAUSES = ['bank-refused', 'recovered', 'student-left'] as const;
export type ReturnCause = (typeof RETURN_CAUSES)[number];
