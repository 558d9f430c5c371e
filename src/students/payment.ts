// Recording aid: waiver, subsidy, grant, meals. One list of checks, in the order in which the API documents them.
import type { CivilDate } from '../core/civil-date.js';
import { toYuan, yuan, ZERO, type Money, type YuanText } from '../core/money.js';
import { covers, type Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { RejectionCode } from '../core/rejections.js';
import type { Term } from '../core/term.js';
import { METHODS_OF, type Method } from '../core/vocabulary.js';
import { assess, grantedIn, standingRivals, type Assessment } from '../entitlements/calculation.js';
import type { Condition } from '../entitlements/eligibility.js';
import type { PolicyBook } from '../policies/policy.js';
import { given } from './account.js';
import { enrolmentIn } from './facts.js';
import { splitPayment } from './funding.js';
import type { PaymentDisbursed, Place } from './student.events.js';
import type { Student } from './student.js';

export interface PaymentOrder {
  paymentId: string;
  policyId: string;
  term: Term;
  paidOn: CivilDate;
  /** Yuan; for everything but meals. */
  amount?: YuanText;
  /** Days of meals; their amount is days × the rate in force. */
  days?: number;
  method: Method;
  reference: string;
  /** An officer records what the rules refuse, and says on what ground. */
  exception?: { reason: string; document: string };
}

/** Who records: how far the recorder reaches, and under which name an exception is signed. */
export interface Recorder {
  id: string;
  reach: Reach;
}

/** All that a check may look at. */
interface Case {
  student: Student;
  order: PaymentOrder;
  recorder: Recorder;
  assessment: Assessment;
  policies: PolicyBook;
  amount: Money;
  days: number;
  netPaid: Money;
  netDays: number;
}

/** A rule that an officer's exception can override, and the rejection that it raises. */
type Check = (aid: Case) => Rejection | undefined;

const notEligible: Check = ({ assessment, order }) => {
  const unmet = assessment.because.filter(({ met, condition }) => !met && condition !== 'not-granted-before');
  if (unmet.length === 0) return undefined;
  return new Rejection('not-eligible', { policyId: order.policyId, term: order.term, errors: unmet.map(asItem) });
};

const asItem = ({ condition, expected, fact }: Condition) => ({
  code: condition,
  message: `${condition}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(fact)}`,
  expected,
  fact,
});

const exclusivePolicy: Check = ({ student, order, assessment, policies }) => {
  const [policyId] = standingRivals(student.account, assessment.policy, order.term, policies);
  return policyId === undefined ? undefined : new Rejection('exclusive-policy', { policyId });
};

/** "Once" may be completed within its term, and never be granted again while something of it stands. */
const alreadyGranted: Check = ({ student, order, assessment, netPaid }) => {
  if (assessment.version.benefit.basis !== 'once') return undefined;
  const earlier = grantedIn(student.account, order.policyId).find((term) => term !== order.term);
  const complete = netPaid.gt(0) && assessment.entitled?.lte(netPaid) ? order.term : undefined;
  const term = earlier ?? complete;
  return term && new Rejection('already-granted', { policyId: order.policyId, term });
};

/** Money is the limit where the benefit has an amount; meals without a rate are limited by their days. */
const entitlementExceeded: Check = ({ assessment: { entitled, days: mostDays }, amount, days, netPaid, netDays }) => {
  const tooMuch = entitled !== null && netPaid.plus(amount).gt(entitled);
  const tooManyDays = entitled === null && mostDays !== null && netDays + days > mostDays;
  if (!tooMuch && !tooManyDays) return undefined;
  return new Rejection('entitlement-exceeded', {
    ...figures(entitled, netPaid),
    ...(mostDays !== null && { days: { entitled: mostDays, net: netDays, outstanding: mostDays - netDays } }),
  });
};

const CHECKS: readonly Check[] = [notEligible, exclusivePolicy, alreadyGranted, entitlementExceeded];

/**
 * Decides one payment. Refusals, in order: policy-unknown, policy-not-in-force, not-eligible, exclusive-policy,
 * already-granted, entitlement-exceeded, method-not-allowed, amount-invalid, date-in-future. An exception overrides
 * the four in the middle, and the event names which.
 */
export function record(
  student: Student,
  order: PaymentOrder,
  policies: PolicyBook,
  today: CivilDate,
  recorder: Recorder,
): PaymentDisbursed[] {
  const policy = policies.get(order.policyId);
  if (!policy) throw new Rejection('policy-unknown', { policyId: order.policyId });
  const assessment = assess(student, policy, order.term);
  if (!assessment) throw new Rejection('policy-not-in-force', { policyId: order.policyId, term: order.term });

  const aid = caseOf(student, order, assessment, policies, recorder);
  demandWithin(placeIn(student, order.term), recorder.reach);
  const refusals = CHECKS.map((check) => check(aid)).filter((refusal) => refusal !== undefined);
  const [first] = refusals;
  if (first && !order.exception) throw first;
  demandMethod(assessment, order.method);
  demandAmount(assessment, order, aid.amount);
  if (order.paidOn > today) throw new Rejection('date-in-future', { date: order.paidOn });
  return [
    disbursed(
      aid,
      refusals.map(({ code }) => code),
    ),
  ];
}

/** A student may belong to two districts; the money of a term belongs to one school. */
function demandWithin(place: Place | null, reach: Reach): void {
  if (place && !covers(reach, place)) throw new Rejection('outside-scope', { schoolId: place.schoolId });
}

function caseOf(
  student: Student,
  order: PaymentOrder,
  assessment: Assessment,
  policies: PolicyBook,
  recorder: Recorder,
): Case {
  const { net, netDays } = given(student.account, order.policyId, order.term);
  const days = order.days ?? 0;
  const amount = isMeals(assessment) ? (assessment.rate ?? ZERO).times(days) : yuan(order.amount ?? '0');
  return { student, order, recorder, assessment, policies, amount, days, netPaid: net, netDays };
}

const isMeals = ({ policy }: Assessment): boolean => policy.kind === 'meals';

function demandMethod({ policy }: Assessment, method: Method): void {
  const allowed = METHODS_OF[policy.kind];
  if (!allowed.includes(method)) throw new Rejection('method-not-allowed', { method, allowed: allowed.join(', ') });
}

function demandAmount(assessment: Assessment, { amount, days }: PaymentOrder, money: Money): void {
  const wrong = (reason: string): Rejection => new Rejection('amount-invalid', { reason });
  if (isMeals(assessment)) {
    if (amount !== undefined) throw wrong('meals are recorded in days, not in yuan · 供餐按天数记录,不填金额');
    if (!days) throw wrong('days must be more than 0 · 天数须大于 0');
    return;
  }
  if (days !== undefined) throw wrong('only meals are recorded in days · 只有供餐按天数记录');
  if (amount === undefined || !money.gt(0)) throw wrong('the amount must be more than 0 · 金额须大于 0');
}

function disbursed(
  { student, order, recorder, assessment, amount, days, netPaid }: Case,
  overrides: RejectionCode[],
): PaymentDisbursed {
  const { policy, version, entitled } = assessment;
  const { paymentId, policyId, term, paidOn, method, reference, exception } = order;
  return {
    type: 'PaymentDisbursed',
    data: {
      paymentId,
      studentId: student.facts.studentId,
      policyId,
      policyVersion: version.version,
      kind: policy.kind,
      term,
      amount: toYuan(amount),
      ...(days > 0 && { days }),
      paidOn,
      method,
      reference,
      sources: splitPayment(amount, version.funding),
      place: placeIn(student, term),
      entitlement: figures(entitled, netPaid.plus(amount)),
      ...(exception && overrides.length > 0 && { exception: { ...exception, recordedBy: recorder.id, overrides } }),
    },
  };
}

const figures = (entitled: Money | null, netPaid: Money) => ({
  entitled: entitled && toYuan(entitled),
  netPaid: toYuan(netPaid),
  outstanding: entitled && toYuan(entitled.minus(netPaid)),
});

/** A payment counts for the school of the term's census day, wherever the student is by now. */
function placeIn(student: Student, term: Term): Place | null {
  const enrolment = enrolmentIn(student.facts, term);
  if (!enrolment) return null;
  const { schoolId, districtId } = enrolment.school;
  return { schoolId, districtId, stage: enrolment.stage };
}
