// Whether a policy's conditions hold for a student in a term: one small function a condition, each with its fact.
import type { CivilDate } from '../core/civil-date.js';
import type { Term } from '../core/term.js';
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
  /** Null while the student is enrolled nowhere: the census day is that of the school's district. */
  day: CivilDate | null;
  enrolment: Enrolment | undefined;
  hardship: readonly Determination[];
  studentGroups: readonly string[];
  registered: number;
}

export function censusFacts(facts: StudentFacts, term: Term): CensusFacts {
  const enrolment = enrolmentIn(facts, term);
  const day = enrolment ? censusDay(enrolment.school, term) : null;
  return {
    term,
    day,
    enrolment,
    hardship: day ? hardshipOn(facts, day) : [],
    studentGroups: facts.studentGroups,
    registered: facts.registered.source,
  };
}

type Test = (asked: Eligibility, facts: CensusFacts) => Condition | undefined;

const ofEnrolment = (
  condition: string,
  facts: CensusFacts,
  expected: unknown,
  factOf: (enrolment: Enrolment) => unknown,
  isMet: (enrolment: Enrolment) => boolean,
): Condition => ({
  condition,
  expected,
  fact: facts.enrolment ? (factOf(facts.enrolment) ?? null) : null,
  met: facts.enrolment !== undefined && isMet(facts.enrolment),
  ...(facts.enrolment && { source: facts.enrolment.source }),
});

const enrolled: Test = (_, facts) =>
  ofEnrolment(
    'enrolled',
    facts,
    true,
    (at) => ({ schoolId: at.school.schoolId, on: facts.day }),
    () => true,
  );

const districts: Test = ({ districts: asked }, facts) =>
  asked &&
  ofEnrolment(
    'district',
    facts,
    asked,
    (at) => at.school.districtId,
    (at) => asked.includes(at.school.districtId),
  );

const stages: Test = ({ stages: asked }, facts) =>
  asked &&
  ofEnrolment(
    'stage',
    facts,
    asked,
    (at) => at.stage,
    (at) => asked.includes(at.stage),
  );

const grades: Test = ({ grades: asked }, facts) =>
  asked &&
  ofEnrolment(
    'grade',
    facts,
    asked,
    (at) => at.grade,
    (at) => at.grade !== undefined && asked.includes(at.grade),
  );

const boarding: Test = ({ boarding: asked }, facts) =>
  asked === undefined
    ? undefined
    : ofEnrolment(
        'boarding',
        facts,
        asked,
        (at) => at.boarding,
        (at) => at.boarding === asked,
      );

const setting: Test = ({ setting: asked }, facts) =>
  asked &&
  ofEnrolment(
    'setting',
    facts,
    asked,
    (at) => at.school.setting,
    (at) => at.school.setting === asked,
  );

const inclusiveKindergarten: Test = ({ inclusiveKindergarten: asked }, facts) =>
  asked === undefined
    ? undefined
    : ofEnrolment(
        'inclusive-kindergarten',
        facts,
        asked,
        (at) => at.school.inclusiveKindergarten,
        (at) => at.school.inclusiveKindergarten === asked,
      );

const admission: Test = ({ admission: asked }, facts) =>
  asked &&
  ofEnrolment(
    'admission',
    facts,
    asked,
    (at) => at.admission,
    (at) => at.admission === asked,
  );

const hardship: Test = ({ hardship: asked }, { hardship: known }) => {
  if (!asked) return undefined;
  const matching = known.filter((determination) => countsFor(determination, asked));
  const met = asked.includes('none') ? known.length === 0 : matching.length > 0;
  const source = (matching[0] ?? known[0])?.source;
  return {
    condition: 'hardship',
    expected: asked,
    fact: known.map(({ category }) => category),
    met,
    ...(source !== undefined && { source }),
  };
};

const countsFor = ({ category }: Determination, asked: readonly string[]): boolean =>
  asked.includes('any') || categoriesCounted(category).some((id) => asked.includes(id));

const studentGroups: Test = ({ studentGroups: asked }, { studentGroups: fact, registered }) =>
  asked && {
    condition: 'student-group',
    expected: asked,
    fact,
    met: asked.some((group) => fact.includes(group)),
    source: registered,
  };

const TESTS: readonly Test[] = [
  enrolled,
  districts,
  stages,
  grades,
  boarding,
  setting,
  inclusiveKindergarten,
  admission,
  hardship,
  studentGroups,
];

export const judge = (asked: Eligibility, facts: CensusFacts): Condition[] =>
  TESTS.map((test) => test(asked, facts)).filter((condition) => condition !== undefined);

/** The hardship levels that count for a policy, in the order in which they were determined. */
export const levelsCounted = (asked: Eligibility, facts: CensusFacts): string[] =>
  facts.hardship
    .filter((determination) => !asked.hardship || countsFor(determination, asked.hardship))
    .flatMap(({ level }) => level ?? []);
