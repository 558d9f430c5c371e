// What a policy gives a student for a term (应发): pure, from facts and law, with its explanation and arithmetic.
import { apportion, sum, toYuan, yuan, ZERO, type Money } from '../core/money.js';
import { seasonOf, type Term } from '../core/term.js';
import type { Stage } from '../core/vocabulary.js';
import type { Benefit, PolicyVersion, Rate } from '../policies/policy.events.js';
import { excludes, versionIn, type Policy, type PolicyBook } from '../policies/policy.js';
import { given, stands, type Given, type GivenAccount } from '../students/account.js';
import type { StudentFacts } from '../students/facts.js';
import { censusFacts, judge, levelsCounted, type CensusFacts, type Condition } from './eligibility.js';

/** Of whom entitlements are calculated: the facts, and what was given. */
export interface Recipient {
  facts: StudentFacts;
  account: GivenAccount;
}

/** What one policy version says about one student in one term. */
export interface Assessment {
  policy: Policy;
  version: PolicyVersion;
  /** School of the census day; null where the student is enrolled nowhere. */
  place: { schoolId: string; districtId: string } | null;
  eligible: boolean;
  because: Condition[];
  /** Null where the benefit has no upper limit: actual cost without a cap, meals without a rate or a limit of days. */
  entitled: Money | null;
  /** Meals: the most days, null where the policy sets none; 0 where the student is not eligible. */
  days: number | null;
  /** Yuan a day, for meals with a rate. */
  rate: Money | null;
  /** How the amount comes about, e.g. `1250.00 / 2`. */
  arithmetic: string | null;
}

/** Null where no version of the policy is in force in the term. */
export function assess(student: Recipient, policy: Policy, term: Term): Assessment | null {
  const version = versionIn(policy, term);
  return version ? assessVersion(student, policy, version, censusFacts(student.facts, term)) : null;
}

export function assessVersion(
  student: Recipient,
  policy: Policy,
  version: PolicyVersion,
  facts: CensusFacts,
): Assessment {
  const because = [...lapsed(policy, version, facts.term), ...judge(version.eligibility, facts)];
  const { benefit } = version;
  const rate = rateFor(benefit, facts.enrolment?.stage, levelsCounted(version.eligibility, facts));
  if (benefit.amounts && facts.enrolment) because.push(...rateCondition(benefit, facts, rate));
  if (benefit.basis === 'once') because.push(grantedBefore(student.account, policy.policyId, facts.term));
  const eligible = because.every(({ met }) => met);
  const nothing = { entitled: ZERO, days: 0, rate: benefit.basis === 'per-day' ? rate : null, arithmetic: null };
  const school = facts.enrolment?.school;
  return {
    policy,
    version,
    place: school ? { schoolId: school.schoolId, districtId: school.districtId } : null,
    eligible,
    because,
    ...(eligible ? amountOf(benefit, rate, facts.term) : nothing),
  };
}

/** Money paid for a term in which the policy is no longer in force stays visible: as overpaid, with this reason. */
const lapsed = (policy: Policy, version: PolicyVersion, term: Term): Condition[] =>
  versionIn(policy, term) === version
    ? []
    : [{ condition: 'in-force', expected: true, fact: { withdrawnFrom: policy.withdrawnFrom }, met: false }];

type Amount = Pick<Assessment, 'entitled' | 'days' | 'rate' | 'arithmetic'>;

function amountOf(benefit: Benefit, rate: Money | null, term: Term): Amount {
  const flat = (entitled: Money, arithmetic: string): Amount => ({ entitled, days: null, rate: null, arithmetic });
  switch (benefit.basis) {
    case 'per-year': {
      const yearly = rate ?? ZERO;
      return flat(halfOf(yearly, term), `${toYuan(yearly)} / 2`);
    }
    case 'per-term':
    case 'once':
      return flat(rate ?? ZERO, toYuan(rate ?? ZERO));
    case 'per-day':
      return daily(rate, benefit.daysPerTerm ?? null);
    case 'actual-cost': {
      const entitled = benefit.cap === undefined ? null : yuan(benefit.cap);
      return { entitled, days: null, rate: null, arithmetic: entitled && `actual cost ≤ ${toYuan(entitled)}` };
    }
  }
}

/** Yearly rates are paid half per term; a fen that does not halve falls into autumn, so that the year adds up. */
const halfOf = (yearly: Money, term: Term): Money => {
  const [autumn = ZERO, spring = ZERO] = apportion(yearly, [yuan('1'), yuan('1')]);
  return seasonOf(term) === 'autumn' ? autumn : spring;
};

function daily(rate: Money | null, days: number | null): Amount {
  if (!rate || days === null) return { entitled: null, days, rate, arithmetic: rate && `${toYuan(rate)} × days` };
  return { entitled: rate.times(days), days, rate, arithmetic: `${toYuan(rate)} × ${days}` };
}

/** The narrowest amount that names the student's stage and a level; of several levels the higher amount. */
function rateFor({ amounts }: Benefit, stage: Stage | undefined, levels: readonly string[]): Money | null {
  const fitting = (amounts ?? []).filter(
    (rate) => (!rate.stage || rate.stage === stage) && (!rate.level || levels.includes(rate.level)),
  );
  const narrowness = (rate: Rate): number => (rate.level ? 2 : 0) + (rate.stage ? 1 : 0);
  const [best] = fitting.sort((a, b) => narrowness(b) - narrowness(a) || yuan(b.amount).comparedTo(yuan(a.amount)));
  return best ? yuan(best.amount) : null;
}

/** A policy that has rates, but none for this stage and level, gives nothing: a condition that is not met. */
const rateCondition = ({ amounts = [] }: Benefit, facts: CensusFacts, rate: Money | null): Condition[] =>
  rate
    ? []
    : [
        {
          condition: 'rate',
          expected: amounts.map(({ stage, level }) => ({ stage, level })),
          fact: facts.enrolment?.stage ?? null,
          met: false,
        },
      ];

/** Of several grants that stand, the one recorded first is the rightful one. */
function grantedBefore(account: GivenAccount, policyId: string, term: Term): Condition {
  const standing = grantedIn(account, policyId);
  const earlier = standing.slice(0, standing.includes(term) ? standing.indexOf(term) : standing.length);
  return { condition: 'not-granted-before', expected: [], fact: earlier, met: earlier.length === 0 };
}

/** The terms in which something under the policy still stands, in the order of their first payment. */
export const grantedIn = (account: GivenAccount, policyId: string): Term[] => {
  const terms = new Set(account.payments.filter((payment) => payment.policyId === policyId).map(({ term }) => term));
  return [...terms].filter((term) => stands(given(account, policyId, term)));
};

export type LineStatus = 'due' | 'partly-paid' | 'settled' | 'overpaid' | 'ineligible';

/** One line of a student's entitlements: what is due, what was given, what is open. */
export interface Line extends Assessment {
  status: LineStatus;
  given: Given;
  /** Entitled less net paid; negative where more was paid than is due, null where the entitlement has no limit. */
  outstanding: Money | null;
}

export function lineOf(account: GivenAccount, assessment: Assessment, term: Term): Line {
  const paid = given(account, assessment.policy.policyId, term);
  const outstanding = assessment.entitled && assessment.entitled.minus(paid.net);
  return { ...assessment, status: statusOf(assessment, paid, outstanding), given: paid, outstanding };
}

function statusOf({ eligible, entitled, days }: Assessment, paid: Given, outstanding: Money | null): LineStatus {
  if (!eligible) return stands(paid) ? 'overpaid' : 'ineligible';
  if (outstanding?.isNegative()) return 'overpaid';
  if (!stands(paid)) return entitled?.isZero() ? 'settled' : 'due';
  if (outstanding) return outstanding.isZero() ? 'settled' : 'partly-paid';
  if (days === null || paid.netDays === days) return 'settled';
  return paid.netDays > days ? 'overpaid' : 'partly-paid';
}

/** All lines of a student in a term: one for each policy in force, and for one under which money stands all the same. */
export function linesOf(
  student: Recipient,
  book: PolicyBook,
  term: Term,
  policies: Iterable<Policy> = book.values(),
): Line[] {
  const facts = censusFacts(student.facts, term);
  const lines: Line[] = [];
  for (const policy of policies) {
    const version = versionIn(policy, term) ?? versionPaid(student.account, policy, term);
    if (!version) continue;
    const assessment = assessVersion(student, policy, version, facts);
    lines.push(lineOf(student.account, excluded(student.account, assessment, term, book), term));
  }
  return lines;
}

/** The version under which something was paid for the term and still stands. */
function versionPaid(account: GivenAccount, policy: Policy, term: Term): PolicyVersion | undefined {
  if (!stands(given(account, policy.policyId, term))) return undefined;
  const paid = account.payments.find((payment) => payment.policyId === policy.policyId && payment.term === term);
  return policy.versions.find(({ version }) => version === paid?.policyVersion);
}

/** Nothing is due under a policy while one that excludes it stands for the term; of two that both stand, neither yields. */
function excluded(account: GivenAccount, assessment: Assessment, term: Term, book: PolicyBook): Assessment {
  const { policy } = assessment;
  if (stands(given(account, policy.policyId, term))) return assessment;
  const rivals = standingRivals(account, policy, term, book);
  if (rivals.length === 0) return assessment;
  const condition = { condition: 'exclusive-policy', expected: [], fact: rivals, met: false };
  const nothing = { entitled: ZERO, days: 0, arithmetic: null };
  return { ...assessment, eligible: false, because: [...assessment.because, condition], ...nothing };
}

/** The policies that exclude this one and under which something stands for the term. */
export function standingRivals(account: GivenAccount, policy: Policy, term: Term, book: PolicyBook): string[] {
  const paid = new Set(account.payments.filter((payment) => payment.term === term).map(({ policyId }) => policyId));
  return [...paid].filter((policyId) => {
    const other = book.get(policyId);
    return other !== undefined && excludes(policy, other) && stands(given(account, policyId, term));
  });
}

/** Sums of lines; lines without a limit count with what was given. */
export const totalsOf = (lines: readonly Line[]): { entitled: Money; netPaid: Money; outstanding: Money } => ({
  entitled: sum(lines.map(({ entitled, given: paid }) => entitled ?? paid.net)),
  netPaid: sum(lines.map(({ given: paid }) => paid.net)),
  outstanding: sum(lines.map(({ outstanding }) => outstanding ?? ZERO)),
});
