// What the explanation of a payment answers: law, facts and arithmetic, as known when it was decided.
import type { StudentEvent } from '../students/student.events.js';
import { ActorAnswer } from '../http/shared.answer.dto.js';
import { BenefitDto, EligibilityDto, LegalDto } from '../policies/policy.dto.js';
import { DecidedEntitlementAnswer, SourceAmountAnswer } from '../students/payment.answer.dto.js';
import { ConditionAnswer } from './condition.answer.dto.js';

/** The event that a fact comes from. */
export class FactSourceAnswer {
  /** Ledger position of the event. */
  position!: number;

  /** What happened. */
  type!: StudentEvent['type'];

  /** Instant of recording, UTC with milliseconds. */
  recordedAt!: string;

  /** Who recorded it. */
  actor!: ActorAnswer;
}

export class SourcedConditionAnswer extends ConditionAnswer {
  /** Where the fact comes from; null where there is no such fact. */
  from!: FactSourceAnswer | null;
}

export class RuleAnswer {
  /** Conditions on the facts of the census date. */
  eligibility!: EligibilityDto;

  /** How much, in yuan, and how it is counted. */
  benefit!: BenefitDto;
}

export class ArithmeticAnswer {
  /** How the entitlement comes about, e.g. `1250.00 / 2`; null where the student was not eligible. */
  benefit!: string | null;

  /** Amount of the payment, in yuan. */
  amount!: string;

  /** Meals only: days given. */
  days?: number;

  /** Meals only: yuan a day; null where the district has not set a value. */
  rate?: string | null;

  /** How the amount divides among funding sources, in yuan. */
  sources!: SourceAmountAnswer[];
}

export class ExplanationAnswer {
  /** Id of the payment. */
  paymentId!: string;

  /** Id of the student. */
  studentId!: string;

  /** Policy under which aid was given. */
  policyId!: string;

  /** Version of the policy by which it was decided. */
  policyVersion!: number;

  /** Term that the aid is for. */
  term!: string;

  /** Instant of the decision, UTC with milliseconds. */
  decidedAt!: string;

  /** Who recorded the payment. */
  actor!: ActorAnswer;

  /** The document that the version rests on. */
  legal!: LegalDto | null;

  /** What the version says. */
  rule!: RuleAnswer | null;

  /** Every condition that was tested, with the fact it met and where that fact comes from. */
  because!: SourcedConditionAnswer[];

  /** How the amount comes about. */
  arithmetic!: ArithmeticAnswer;

  /** Entitlement as the decision saw it, the payment included. */
  entitlement!: DecidedEntitlementAnswer;

  /** Codes of the refusals that an officer's exception overrode; null where there were none. */
  exception!: string[] | null;
}
