// The student decider: facts and aid account of one student, composed.
import type { Decider } from '../core/decider.js';
import { Rejection } from '../core/rejection.js';
import { EMPTY_ACCOUNT, evolveAccount, type Account } from './account.js';
import { evolveFacts, type StudentFacts } from './facts.js';
import type { StudentEvent } from './student.events.js';

export interface Student {
  facts: StudentFacts;
  account: Account;
}

export const studentDecider: Decider<Student | null, StudentEvent> = {
  initial: null,
  evolve(student, event, position) {
    switch (event.type) {
      case 'PaymentDisbursed':
      case 'PaymentReversed':
      case 'PaymentReturned':
        if (!student) throw new Error(`${event.type} before StudentRegistered`);
        return { ...student, account: evolveAccount(student.account, event, position) };
      default:
        return {
          facts: evolveFacts(student?.facts ?? null, event, position),
          account: student?.account ?? EMPTY_ACCOUNT,
        };
    }
  },
};

export function demandKnown(student: Student | null, studentId: string): Student {
  if (!student) throw new Rejection('student-unknown', { studentId });
  return student;
}

export const studentStream = (studentId: string): string => `student-${studentId}`;
