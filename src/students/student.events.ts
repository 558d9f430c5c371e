// Everything that can happen to one student 学生, facts and money, in one stream for life.
import type { CivilDate } from '../core/civil-date.js';
import type { DomainEvent, SealedFields } from '../core/event.js';
import type { Whereabouts } from '../core/reach.js';
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
    /** The scope of whoever registered the student: until the first enrolment the student belongs there. */
    registeredIn?: Whereabouts;
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

/** 离校: from `date` on the student is no longer enrolled. `to` names the school that may now enrol the student. */
export type StudentDeparted = DomainEvent<
  'StudentDeparted',
  {
    enrolmentId: string;
    date: CivilDate;
    reason: DepartureReason;
    to?: { schoolId: string; districtId: string };
  }
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
  /** Who recorded it; somebody else approves it. */
  recordedBy: string;
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

/** 例外审批: somebody else than the one who recorded the exception stands for it. */
export type ExceptionApproved = DomainEvent<
  'ExceptionApproved',
  { paymentId: string; approvedBy: string; document: Personal }
>;

/** 限制处理: the record is kept and not used (Personal Information Protection Law, art. 47). */
export type ProcessingRestricted = DomainEvent<
  'ProcessingRestricted',
  { studentId: string; reason: string; document: string }
>;
/** 解除限制 */
export type RestrictionLifted = DomainEvent<
  'RestrictionLifted',
  { studentId: string; reason: string; document: string }
>;
/** 删除个人信息: the student's key is destroyed; what it sealed can be read by nobody, amounts and proofs stand. */
export type PersonalDataErased = DomainEvent<
  'PersonalDataErased',
  { studentId: string; reason: string; document: string; law?: string }
>;

export type PrivacyEvent = ProcessingRestricted | RestrictionLifted | PersonalDataErased;
export type FactEvent = StudentRegistered | StudentEnrolled | StudentDeparted | HardshipDetermined | HardshipRevoked;
export type MoneyEvent = PaymentDisbursed | PaymentReversed | PaymentReturned;
export type AccountEvent = MoneyEvent | ExceptionApproved;
export type StudentEvent = FactEvent | AccountEvent | PrivacyEvent;

export const STUDENT_SEALED = {
  StudentRegistered: { student: ['name', 'studentNumber', 'citizenNumber', 'birthDate'] },
  HardshipDetermined: { student: ['evidence'] },
  HardshipRevoked: { student: ['reason'] },
  PaymentDisbursed: { student: ['exception.reason', 'exception.document'] },
  PaymentReversed: { student: ['reason'] },
  ExceptionApproved: { student: ['document'] },
  ProcessingRestricted: { office: ['reason', 'document'] },
  RestrictionLifted: { office: ['reason', 'document'] },
  PersonalDataErased: { office: ['reason', 'document', 'law'] },
} as const satisfies Partial<Record<StudentEvent['type'], SealedFields>>;
