// The facts about one student: registration, enrolment, hardship. What they are on a census date decides eligibility.
import { covers, dayBefore, overlap, type CivilDate, type Span } from '../core/civil-date.js';
import type { Whereabouts } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { dayInTerm, seasonOf, type Term } from '../core/term.js';
import type { DepartureReason, Stage } from '../core/vocabulary.js';
import type {
  FactEvent,
  HardshipDetermined,
  HardshipRevoked,
  SchoolFacts,
  StudentDeparted,
  StudentEnrolled,
  StudentRegistered,
} from './student.events.js';

/** Ledger position of the event that a fact comes from. */
interface Sourced {
  source: number;
}

export interface Enrolment extends Span, Sourced {
  enrolmentId: string;
  school: SchoolFacts;
  stage: Stage;
  grade?: string | undefined;
  boarding: boolean;
  admission?: 'new-entrant' | undefined;
  departure?: DepartureReason;
}

export interface Determination extends Span, Sourced {
  determinationId: string;
  category: string;
  level?: string | undefined;
  revokedFrom?: CivilDate;
}

/** Plain data: a projection stores it as JSON. */
export interface StudentFacts {
  studentId: string;
  studentGroups: readonly string[];
  registered: Sourced;
  enrolments: readonly Enrolment[];
  determinations: readonly Determination[];
  /** Where the student belongs besides the schools of the enrolments. */
  alsoIn: readonly Whereabouts[];
}

/** Every place through which the student is found. */
export const whereaboutsOf = ({ enrolments, alsoIn }: StudentFacts): Whereabouts[] => [
  ...enrolments.map(({ school: { schoolId, districtId } }) => ({ schoolId, districtId })),
  ...alsoIn,
];

export function evolveFacts(facts: StudentFacts | null, { type, data }: FactEvent, source: number): StudentFacts {
  if (type === 'StudentRegistered') return registeredFacts(data, source);
  if (!facts) throw new Error(`${type} before StudentRegistered`);
  switch (type) {
    case 'StudentEnrolled':
      return { ...facts, enrolments: [...facts.enrolments, { ...data, source }], alsoIn: [] };
    case 'StudentDeparted':
      return {
        ...facts,
        enrolments: facts.enrolments.map((enrolment) => ended(enrolment, data)),
        alsoIn: data.to ? [data.to] : facts.alsoIn,
      };
    case 'HardshipDetermined':
      return { ...facts, determinations: [...facts.determinations, determined(data, source)] };
    case 'HardshipRevoked':
      return { ...facts, determinations: facts.determinations.map((known) => revoked(known, data)) };
  }
}

const registeredFacts = (data: StudentRegistered['data'], source: number): StudentFacts => ({
  studentId: data.studentId,
  studentGroups: data.studentGroups,
  registered: { source },
  enrolments: [],
  determinations: [],
  alsoIn: data.registeredIn ? [data.registeredIn] : [],
});

const ended = (enrolment: Enrolment, departure: StudentDeparted['data']): Enrolment =>
  enrolment.enrolmentId === departure.enrolmentId
    ? { ...enrolment, until: dayBefore(departure.date), departure: departure.reason }
    : enrolment;

const determined = (data: HardshipDetermined['data'], source: number): Determination => {
  const { determinationId, category, level, from, until } = data;
  return { determinationId, category, ...(level && { level }), from, ...(until && { until }), source };
};

const revoked = (known: Determination, { determinationId, from }: HardshipRevoked['data']): Determination =>
  known.determinationId === determinationId ? { ...known, revokedFrom: from } : known;

/** The enrolment that holds on a term's census day, as the district of its own school sets that day. */
export const enrolmentIn = (facts: StudentFacts, term: Term): Enrolment | undefined =>
  facts.enrolments.findLast((enrolment) => covers(enrolment, censusDay(enrolment.school, term)));

export const censusDay = (school: Pick<SchoolFacts, 'census'>, term: Term): CivilDate =>
  dayInTerm(term, school.census[seasonOf(term)]);

/** The determinations that hold on a day; one entered later counts if its `from` lies on or before it. */
export const hardshipOn = (facts: StudentFacts, day: CivilDate): Determination[] =>
  facts.determinations.filter(
    (known) => covers(known, day) && (known.revokedFrom === undefined || day < known.revokedFrom),
  );

export function register(known: StudentFacts | null, data: StudentRegistered['data']): StudentRegistered[] {
  if (known) throw new Rejection('student-exists', { studentId: data.studentId });
  return [{ type: 'StudentRegistered', data }];
}

/** A student is in one school at a time (an audit finding otherwise: the same pupil in two schools). */
export function enrol(facts: StudentFacts, data: StudentEnrolled['data']): StudentEnrolled[] {
  demandOrder(data);
  const other = facts.enrolments.find((enrolment) => isRealSpan(enrolment) && overlap(enrolment, data));
  if (other) throw new Rejection('enrolment-overlaps', { schoolId: other.school.schoolId, from: other.from });
  return [{ type: 'StudentEnrolled', data }];
}

/** An enrolment departed from on its first day never held. */
const isRealSpan = ({ from, until }: Span): boolean => until === undefined || from <= until;

export function depart(
  facts: StudentFacts,
  date: CivilDate,
  reason: DepartureReason,
  to?: StudentDeparted['data']['to'],
): StudentDeparted[] {
  const enrolment = facts.enrolments.findLast((known) => covers(known, date));
  if (!enrolment) throw new Rejection('not-enrolled', { date });
  return [{ type: 'StudentDeparted', data: { enrolmentId: enrolment.enrolmentId, date, reason, ...(to && { to }) } }];
}

export function determine(_: StudentFacts, data: HardshipDetermined['data']): HardshipDetermined[] {
  demandOrder(data);
  return [{ type: 'HardshipDetermined', data }];
}

export function revoke(facts: StudentFacts, data: HardshipRevoked['data']): HardshipRevoked[] {
  const known = facts.determinations.find(({ determinationId }) => determinationId === data.determinationId);
  if (!known) throw new Rejection('determination-unknown', { determinationId: data.determinationId });
  if (known.revokedFrom) throw new Rejection('already-revoked', { from: known.revokedFrom });
  return [{ type: 'HardshipRevoked', data }];
}

function demandOrder({ from, until }: Span): void {
  if (until !== undefined && until < from) throw new Rejection('period-invalid', { from, until });
}
