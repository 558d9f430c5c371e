// Whether a policy's conditions hold for a student in a term: a table of conditions, each with the fact it met.
import type { CivilDate } from '../core/civil-date.js';
import type { Term } from '../core/term.js';
import { DEFAULT_CENSUS } from '../schools/school.js';
import type { Eligibility } from '../policies/policy.events.js';
import {
  censusDay,
  enrolmentIn,
  hardshipOn,
  type Determination,
  type Enrolment,
  type StudentFacts,
} from '../students/facts.js';
import { categoriesCounted } from '../students/hardship-categories.js';

/** One tested condition: what the policy asks, the fact it met, and the ledger position the fact comes from. */
export interface Condition {
  condition: string;
  expected: unknown;
  fact: unknown;
  met: boolean;
  source?: number;
}

/** The facts of one student as they hold on the census day of a term. */
export interface CensusFacts {
  term: Term;
  /** The census day of the school's district; the usual one while the student is enrolled nowhere. */
  day: CivilDate;
  enrolment: Enrolment | undefined;
  hardship: readonly Determination[];
  studentGroups: readonly string[];
  registered: number;
}

export function censusFacts(facts: StudentFacts, term: Term): CensusFacts {
  const enrolment = enrolmentIn(facts, term);
  const day = censusDay(enrolment?.school ?? { census: DEFAULT_CENSUS }, term);
  return {
    term,
    day,
    enrolment,
    hardship: hardshipOn(facts, day),
    studentGroups: facts.studentGroups,
    registered: facts.registered.source,
  };
}

/** A condition on the enrolment of the census day: what the policy asks, and the fact that answers it. */
interface EnrolmentRule {
  condition: string;
  asked: (policy: Eligibility) => unknown;
  fact: (enrolment: Enrolment) => unknown;
}

/** A list asks for one of its members, anything else for itself; what is not asked is not tested. */
const ENROLMENT_RULES: readonly EnrolmentRule[] = [
  { condition: 'district', asked: ({ districts }) => districts, fact: ({ school }) => school.districtId },
  { condition: 'stage', asked: ({ stages }) => stages, fact: ({ stage }) => stage },
  { condition: 'grade', asked: ({ grades }) => grades, fact: ({ grade }) => grade },
  { condition: 'boarding', asked: ({ boarding }) => boarding, fact: ({ boarding }) => boarding },
  { condition: 'setting', asked: ({ setting }) => setting, fact: ({ school }) => school.setting },
  {
    condition: 'inclusive-kindergarten',
    asked: ({ inclusiveKindergarten }) => inclusiveKindergarten,
    fact: ({ school }) => school.inclusiveKindergarten,
  },
  { condition: 'admission', asked: ({ admission }) => admission, fact: ({ admission }) => admission },
];

const answers = (fact: unknown, expected: unknown): boolean =>
  Array.isArray(expected) ? expected.includes(fact) : fact === expected;

function enrolled({ enrolment, day }: CensusFacts): Condition {
  if (!enrolment) return { condition: 'enrolled', expected: true, fact: null, met: false };
  const fact = { schoolId: enrolment.school.schoolId, on: day };
  return { condition: 'enrolled', expected: true, fact, met: true, source: enrolment.source };
}

function ofEnrolment(
  { condition, asked, fact: factOf }: EnrolmentRule,
  policy: Eligibility,
  facts: CensusFacts,
): Condition[] {
  const expected = asked(policy);
  if (expected === undefined) return [];
  const { enrolment } = facts;
  if (!enrolment) return [{ condition, expected, fact: null, met: false }];
  const fact = factOf(enrolment) ?? null;
  return [{ condition, expected, fact, met: answers(fact, expected), source: enrolment.source }];
}

function hardship({ hardship: asked }: Eligibility, { hardship: known }: CensusFacts): Condition[] {
  if (!asked) return [];
  const matching = known.filter((determination) => countsFor(determination, asked));
  const met = asked.includes('none') ? known.length === 0 : matching.length > 0;
  const source = (matching[0] ?? known[0])?.source;
  const fact = known.map(({ category }) => category);
  return [{ condition: 'hardship', expected: asked, fact, met, ...(source !== undefined && { source }) }];
}

const countsFor = ({ category }: Determination, asked: readonly string[]): boolean =>
  asked.includes('any') || categoriesCounted(category).some((id) => asked.includes(id));

function studentGroup(
  { studentGroups: asked }: Eligibility,
  { studentGroups: fact, registered }: CensusFacts,
): Condition[] {
  if (!asked) return [];
  const met = asked.some((group) => fact.includes(group));
  return [{ condition: 'student-group', expected: asked, fact, met, source: registered }];
}

/** Every condition that the policy asks, in a fixed order; enrolment is asked of all. */
export const judge = (policy: Eligibility, facts: CensusFacts): Condition[] => [
  enrolled(facts),
  ...ENROLMENT_RULES.flatMap((rule) => ofEnrolment(rule, policy, facts)),
  ...hardship(policy, facts),
  ...studentGroup(policy, facts),
];

/** The hardship levels that count for a policy, in the order in which they were determined. */
export const levelsCounted = (asked: Eligibility, facts: CensusFacts): string[] =>
  facts.hardship
    .filter((determination) => !asked.hardship || countsFor(determination, asked.hardship))
    .flatMap(({ level }) => level ?? []);
