// What can happen to a policy 政策, and the law as data that the events carry.
import type { DomainEvent } from '../core/event.js';
import type { YuanText } from '../core/money.js';
import type { Term } from '../core/term.js';
import type { Kind, Setting, Stage } from '../core/vocabulary.js';

/** Conditions on the facts of the census date; one that is absent is not tested. */
export interface Eligibility {
  stages?: readonly Stage[];
  grades?: readonly string[];
  /** `["any"]`: some determination holds; `["none"]`: none does; else category ids, one of which must hold. */
  hardship?: readonly string[];
  boarding?: boolean;
  setting?: Setting;
  inclusiveKindergarten?: boolean;
  admission?: 'new-entrant';
  studentGroups?: readonly string[];
  districts?: readonly string[];
}

export type Basis = 'per-year' | 'per-term' | 'per-day' | 'once' | 'actual-cost';

/** An amount in yuan; without stage and level it holds for all that no narrower entry names. */
export interface Rate {
  stage?: Stage;
  level?: string;
  amount: YuanText;
}

export interface Benefit {
  basis: Basis;
  /** Absent for `actual-cost`, and for meals `per-day` whose money value the district has not set. */
  amounts?: readonly Rate[];
  /** `per-day`: the most days of a term. */
  daysPerTerm?: number;
  /** `actual-cost`: the most that a term may cost, in yuan. */
  cap?: YuanText;
}

export interface FundingShare {
  source: string;
  /** Part of one, e.g. `"0.5"`. */
  share: string;
}

/** The document that the version rests on: cited, never copied. */
export interface LegalSource {
  document: string;
  number?: string;
  clause?: string;
  url?: string;
  note?: string;
}

/** What one version of a policy says, for the terms from `effectiveFrom` to `effectiveUntil`. */
export interface PolicyTerms {
  effectiveFrom: Term;
  effectiveUntil: Term | null;
  eligibility: Eligibility;
  benefit: Benefit;
  funding?: readonly FundingShare[];
  /** Due dates as month-day within the term. */
  payBy?: { autumn?: string; spring?: string };
  legal: LegalSource;
}

export interface PolicyVersion extends PolicyTerms {
  /** 1 for the first version published, counting up in the order of publication. */
  version: number;
}

export interface BilingualName {
  zh: string;
  en: string;
}

/** 政策发布 */
export type PolicyPublished = DomainEvent<
  'PolicyPublished',
  {
    policyId: string;
    name: BilingualName;
    kind: Kind;
    exclusiveWith: readonly string[];
    onTopOf: readonly string[];
    versions: readonly PolicyVersion[];
  }
>;

/** 政策修订: one more version; an open-ended one before it ends with the term before. */
export type PolicyAmended = DomainEvent<
  'PolicyAmended',
  { policyId: string; version: PolicyVersion; closes: { version: number; effectiveUntil: Term } | null }
>;

/** 政策废止: no longer in force from a term on. */
export type PolicyWithdrawn = DomainEvent<'PolicyWithdrawn', { policyId: string; from: Term; reason: string }>;

export type PolicyEvent = PolicyPublished | PolicyAmended | PolicyWithdrawn;
