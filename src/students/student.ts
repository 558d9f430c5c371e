// The student decider: facts, aid account and what may be done with the record, composed.
import type { Decider } from '../core/decider.js';
import { covers, EVERYTHING, type Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { EMPTY_ACCOUNT, evolveAccount, type Account } from './account.js';
import { evolveFacts, whereaboutsOf, type StudentFacts } from './facts.js';
import { evolvePrivacy, OPEN, type Privacy } from './privacy.js';
import type { StudentEvent } from './student.events.js';

export interface Student {
  facts: StudentFacts;
  account: Account;
  privacy: Privacy;
}

export const studentDecider: Decider<Student | null, StudentEvent> = {
  initial: null,
  evolve(student, event, position) {
    switch (event.type) {
      case 'StudentRegistered':
      case 'StudentEnrolled':
      case 'StudentDeparted':
      case 'HardshipDetermined':
      case 'HardshipRevoked':
        return {
          facts: evolveFacts(student?.facts ?? null, event, position),
          account: student?.account ?? EMPTY_ACCOUNT,
          privacy: student?.privacy ?? OPEN,
        };
      case 'PaymentDisbursed':
      case 'PaymentReversed':
      case 'PaymentReturned':
      case 'ExceptionApproved':
        if (!student) throw new Error(`${event.type} before StudentRegistered`);
        return { ...student, account: evolveAccount(student.account, event, position) };
      case 'ProcessingRestricted':
      case 'RestrictionLifted':
      case 'PersonalDataErased':
        if (!student) throw new Error(`${event.type} before StudentRegistered`);
        return { ...student, privacy: evolvePrivacy(student.privacy, event) };
    }
  },
};

/** A student belongs to the scope of every school in which it is or was enrolled. */
export const belongsTo = ({ facts }: Pick<Student, 'facts'>, reach: Reach): boolean =>
  reach === EVERYTHING || whereaboutsOf(facts).some((place) => covers(reach, place));

/** Beyond one's reach no student is known. */
export function demandKnown<Known extends Pick<Student, 'facts'>>(
  student: Known | null,
  studentId: string,
  reach: Reach,
): Known {
  if (!student || !belongsTo(student, reach)) throw new Rejection('student-unknown', { studentId });
  return student;
}

export const studentStream = (studentId: string): string => `student-${studentId}`;
