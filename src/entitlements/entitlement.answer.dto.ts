// What the routes on entitlements answer. Money is text in yuan with two decimals, e.g. `"312.50"`.
import type { Kind } from '../core/vocabulary.js';
import type { Basis } from '../policies/policy.events.js';
import { LegalDto, NameDto } from '../policies/policy.dto.js';
import type { LineStatus } from './calculation.js';
import { ConditionAnswer } from './condition.answer.dto.js';

export class MealDaysAnswer {
  /** The most days of the term; null where the policy sets none. */
  entitled!: number | null;

  /** Days given that still stand. */
  net!: number;
}

/** One policy for one student in one term. */
export class LineAnswer {
  /** Id of the policy. */
  policyId!: string;

  /** Version of the policy in force in the term. */
  policyVersion!: number;

  /** Name of the policy. */
  name!: NameDto;

  /** Kind of aid: a fee not collected, a recurring subsidy, a grant, meals in kind. */
  kind!: Kind;

  /** due 应发未发, partly-paid 部分发放, settled 已发足, overpaid 超发, ineligible 不符合条件. */
  status!: LineStatus;

  /** How the benefit is counted. */
  basis!: Basis;

  /** Entitlement of the term in yuan (应发); null where it has no upper limit. */
  entitled!: string | null;

  /** Sum of the payments, in yuan. */
  paid!: string;

  /** Sum of the returns, in yuan. */
  returned!: string;

  /** Sum of the reversed payments, in yuan. */
  reversed!: string;

  /** Paid less returned and reversed, in yuan. */
  netPaid!: string;

  /** Entitled less net paid, in yuan; negative where too much was paid, null where there is no upper limit. */
  outstanding!: string | null;

  /** Meals only. */
  days?: MealDaysAnswer;

  /** How the entitlement comes about, e.g. `1250.00 / 2`; null where the student is not eligible. */
  arithmetic!: string | null;

  /** Every condition that was tested. */
  because!: ConditionAnswer[];

  /** The document that the version rests on. */
  legal!: LegalDto;
}

export class LineTotalsAnswer {
  /** Sum of the entitlements in yuan; a line without an upper limit counts with what was paid. */
  entitled!: string;

  /** Sum of net paid, in yuan. */
  netPaid!: string;

  /** Sum of what is outstanding, in yuan. */
  outstanding!: string;
}

export class TermEntitlementsAnswer {
  /** Id of the student. */
  studentId!: string;

  /** Term, e.g. `2026-autumn`. */
  term!: string;

  /** One line for each policy in force, or withdrawn with money standing; ineligible ones where asked for. */
  lines!: LineAnswer[];

  /** Sums of the lines. */
  totals!: LineTotalsAnswer;
}

export class YearEntitlementsAnswer {
  /** Id of the student. */
  studentId!: string;

  /** School year, e.g. `2026-2027`. */
  schoolYear!: string;

  /** Autumn and spring. */
  terms!: TermEntitlementsAnswer[];
}

export class PopulationLineAnswer extends LineAnswer {
  /** Id of the student. */
  studentId!: string;
}

export class PopulationPage {
  /** Lines in the order of student ids. */
  items!: PopulationLineAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}
