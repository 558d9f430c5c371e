// A pupil's life in the field's words, as events: enrolled, boarding, determined, paid. Each says only what it changes.
import { EVERYTHING } from '../../src/core/reach.js';
import type { StudentEvent } from '../../src/students/student.events.js';
import type {
  ExceptionApproved,
  HardshipDetermined,
  PaymentDisbursed,
  PaymentReturned,
  PaymentReversed,
  PersonalDataErased,
  ProcessingRestricted,
  RestrictionLifted,
  SchoolFacts,
  StudentDeparted,
  StudentEnrolled,
  StudentRegistered,
  HardshipRevoked,
} from '../../src/students/student.events.js';
import { demandKnown, studentDecider, type Student } from '../../src/students/student.js';
import { specOf, stateAfter } from './given.js';

export const PUPIL = 'pupil-1';
/** Who records, and reaches everything. */
export const RECORDER = { id: 'recorder', reach: EVERYTHING } as const;
export const TODAY = '2024-06-30';

/** A spec of a decision about one pupil; before the registration the pupil is unknown. */
export const given = (...past: StudentEvent[]) => {
  const spec = specOf(studentDecider)(...past);
  return {
    when: (decide: (pupil: Student) => StudentEvent[]) =>
      spec.when((pupil) => decide(demandKnown(pupil, PUPIL, EVERYTHING))),
  };
};

export const pupilAfter = (...past: StudentEvent[]): Student =>
  demandKnown(stateAfter(studentDecider, past), PUPIL, EVERYTHING);

export const registered = (changes: Partial<StudentRegistered['data']> = {}): StudentRegistered => ({
  type: 'StudentRegistered',
  data: { studentId: PUPIL, name: '张三', studentGroups: [], ...changes },
});

export const RURAL_SCHOOL: SchoolFacts = {
  schoolId: '2137000001',
  districtId: 'rencheng',
  setting: 'rural',
  inclusiveKindergarten: false,
  census: { autumn: '10-31', spring: '04-30' },
};
export const URBAN_SCHOOL: SchoolFacts = { ...RURAL_SCHOOL, schoolId: '2137000002', setting: 'urban' };

/** A day pupil of grade 4 in the rural primary school since September 2023. */
export const enrolled = (changes: Partial<StudentEnrolled['data']> = {}): StudentEnrolled => ({
  type: 'StudentEnrolled',
  data: {
    enrolmentId: 'enrolment-1',
    school: RURAL_SCHOOL,
    stage: 'primary',
    grade: '4',
    boarding: false,
    from: '2023-09-01',
    ...changes,
  },
});

export const boarder = (changes: Partial<StudentEnrolled['data']> = {}): StudentEnrolled =>
  enrolled({ boarding: true, ...changes });

export const departed = (
  date: string,
  reason: StudentDeparted['data']['reason'] = 'transferred',
  enrolmentId = 'enrolment-1',
): StudentDeparted => ({ type: 'StudentDeparted', data: { enrolmentId, date, reason } });

export const determined = (
  category = 'dibao-rural',
  changes: Partial<HardshipDetermined['data']> = {},
): HardshipDetermined => ({
  type: 'HardshipDetermined',
  data: { determinationId: 'determination-1', category, from: '2023-09-01', ...changes },
});

export const revoked = (from: string, determinationId = 'determination-1'): HardshipRevoked => ({
  type: 'HardshipRevoked',
  data: { determinationId, from, reason: '复核不符' },
});

/** 625.00 of the living subsidy for spring 2024, half of it central money. */
export const paid = (changes: Partial<PaymentDisbursed['data']> = {}): PaymentDisbursed => ({
  type: 'PaymentDisbursed',
  data: {
    paymentId: 'payment-1',
    studentId: PUPIL,
    policyId: 'living-subsidy',
    policyVersion: 1,
    kind: 'subsidy',
    term: '2024-spring',
    amount: '625.00',
    paidOn: '2024-06-20',
    method: 'card',
    reference: 'V-1',
    sources: [
      { source: 'central', amount: '312.50' },
      { source: 'district', amount: '312.50' },
    ],
    place: { schoolId: RURAL_SCHOOL.schoolId, districtId: 'rencheng', stage: 'primary' },
    entitlement: { entitled: '625.00', netPaid: '625.00', outstanding: '0.00' },
    ...changes,
  },
});

/** Meals in kind for spring 2024. */
export const fed = (days: number, changes: Partial<PaymentDisbursed['data']> = {}): PaymentDisbursed =>
  paid({
    policyId: 'meals',
    kind: 'meals',
    amount: '0.00',
    days,
    method: 'in-kind',
    sources: [{ source: 'unspecified', amount: '0.00' }],
    entitlement: { entitled: null, netPaid: '0.00', outstanding: null },
    ...changes,
  });

export const returned = (amount: string, changes: Partial<PaymentReturned['data']> = {}): PaymentReturned => ({
  type: 'PaymentReturned',
  data: {
    paymentId: 'payment-1',
    amount,
    returnedOn: '2024-06-25',
    cause: 'bank-refused',
    reference: 'R-1',
    sources: [
      { source: 'central', amount: half(amount) },
      { source: 'district', amount: half(amount) },
    ],
    ...changes,
  },
});

const half = (amount: string): string => (Number(amount) / 2).toFixed(2);

export const reversed = (changes: Partial<PaymentReversed['data']> = {}): PaymentReversed => ({
  type: 'PaymentReversed',
  data: {
    paymentId: 'payment-1',
    amount: '625.00',
    reversedOn: TODAY,
    sources: paid().data.sources,
    reason: '录入错误',
    ...changes,
  },
});

/** Approved by somebody else than the recorder. */
export const approved = (changes: Partial<ExceptionApproved['data']> = {}): ExceptionApproved => ({
  type: 'ExceptionApproved',
  data: { paymentId: 'payment-1', approvedBy: 'another', document: '会议纪要', ...changes },
});

const ASKED = { studentId: PUPIL, reason: '录入错误', document: '复核不符' };

export const restricted = (): ProcessingRestricted => ({ type: 'ProcessingRestricted', data: ASKED });
export const lifted = (): RestrictionLifted => ({ type: 'RestrictionLifted', data: ASKED });
export const erased = (): PersonalDataErased => ({ type: 'PersonalDataErased', data: ASKED });
