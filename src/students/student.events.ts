// Everything that can happen to one student 学生, facts and money, in one stream for life.
import type { CivilDate } from '../core/civil-date.js';
import type { DomainEvent } from '../core/event.js';
import type { YuanText } from '../core/money.js';
import type { CensusDays, Term } from '../core/term.js';
import type { DepartureReason, Kind, Method, ReturnCause, Setting, Stage } from '../core/vocabulary.js';

/** Personal text; in the log it stands sealed under the student's own key. */
export type Personal = string;

/** 学籍登记 */
export type StudentRegistered = DomainEvent<
  'StudentRegistered',
  {
    studentId: string;
    name: Personal;
    studentNumber?: Personal;
    citizenNumber?: Personal;
    birthDate?: Personal;
    studentGroups: readonly string[];
  }
>;

/** The school as it was when the student enrolled; decisions rely on this copy, so one stream explains them. */
export interface SchoolFacts {
  schoolId: string;
  districtId: string;
  setting: Setting;
  inclusiveKindergarten: boolean;
  census: CensusDays;
}

/** 入学 / 就读 */
export type StudentEnrolled = DomainEvent<
  'StudentEnrolled',
  {
    enrolmentId: string;
    school: SchoolFacts;
    stage: Stage;
    grade?: string;
    boarding: boolean;
    admission?: 'new-entrant';
    from: CivilDate;
    until?: CivilDate;
  }
>;

/** 离校: from `date` on the student is no longer enrolled. */
export type StudentDeparted = DomainEvent<
  'StudentDeparted',
  { enrolmentId: string; date: CivilDate; reason: DepartureReason }
>;

/** 认定 */
export type HardshipDetermined = DomainEvent<
  'HardshipDetermined',
  { determinationId: string; category: string; level?: string; from: CivilDate; until?: CivilDate; evidence?: Personal }
>;

/** 认定撤销: from `from` on it no longer holds. */
export type HardshipRevoked = DomainEvent<
  'HardshipRevoked',
  { determinationId: string; from: CivilDate; reason: Personal }
>;

export interface SourceAmount {
  source: string;
  amount: YuanText;
}

/** Where a payment counts: the school of the term's census date. */
export interface Place {
  schoolId: string;
  districtId: string;
  stage: Stage;
}

/** What the rules had refused and an officer recorded all the same; it stays a finding. */
export interface RecordedException {
  reason: Personal;
  document: Personal;
  overrides: readonly string[];
}

/** 发放: money, a waived fee or meals given. `entitlement` is what the decision saw, the payment included. */
export type PaymentDisbursed = DomainEvent<
  'PaymentDisbursed',
  {
    paymentId: string;
    studentId: string;
    policyId: string;
    policyVersion: number;
    kind: Kind;
    term: Term;
    amount: YuanText;
    days?: number;
    paidOn: CivilDate;
    method: Method;
    reference: string;
    sources: readonly SourceAmount[];
    place: Place | null;
    entitlement: { entitled: YuanText | null; netPaid: YuanText; outstanding: YuanText | null };
    exception?: RecordedException;
  }
>;

/** 冲正: the book entry was wrong; the whole of it is taken back on the day of entry. */
export type PaymentReversed = DomainEvent<
  'PaymentReversed',
  {
    paymentId: string;
    amount: YuanText;
    /** Meals: the days taken back. */
    days?: number;
    reversedOn: CivilDate;
    sources: readonly SourceAmount[];
    reason: Personal;
  }
>;

/** 退回: money came back, part or whole. */
export type PaymentReturned = DomainEvent<
  'PaymentReturned',
  {
    paymentId: string;
    amount: YuanText;
    /** Meals: all days of the payment, once all of its money is back. */
    days?: number;
    returnedOn: CivilDate;
    cause: ReturnCause;
    reference: string;
    sources: readonly SourceAmount[];
  }
>;

export type FactEvent = StudentRegistered | StudentEnrolled | StudentDeparted | HardshipDetermined | HardshipRevoked;
export type AccountEvent = PaymentDisbursed | PaymentReversed | PaymentReturned;
export type StudentEvent = FactEvent | AccountEvent;

/** The fields of each event that only ever stand sealed in the log; a dot goes into an object. */
export const PERSONAL_FIELDS: Partial<Record<StudentEvent['type'], readonly string[]>> = {
  StudentRegistered: ['name', 'studentNumber', 'citizenNumber', 'birthDate'],
  HardshipDetermined: ['evidence'],
  HardshipRevoked: ['reason'],
  PaymentDisbursed: ['exception.reason', 'exception.document'],
  PaymentReversed: ['reason'],
};
