// What every contender is asked to record: the README's own payment, in parts, twelve to a student.
import type { Request } from './driver.js';

export const POLICY = 'rencheng-boarding-living-subsidy';
export const TERM = '2025-autumn';
export const SCHOOL_YEAR = '2025-2026';
/** Entitlement of the term in yuan: the catalogue's for a boarder of a rural primary school. */
export const ENTITLED = '625.00';

const PART = '50.00';
export const PART_YUAN = Number(PART);
export const PARTS = 12;

/** Students that are paid in turn, so that two payments of one student are never under way together. */
const ABREAST = 250;

export const paymentOf = (studentId: string, amount: string, reference: string) => ({
  studentId,
  policyId: POLICY,
  term: TERM,
  paidOn: '2025-11-20',
  amount,
  method: 'card',
  reference,
});

export const postOf = (body: object, key: string, headers: Record<string, string>): Request => ({
  path: '/v1/payments',
  headers: { ...headers, 'idempotency-key': key },
  body,
});

/** All the payments of some students before those of the next: histories have the same length whatever the speed. */
export function* paymentsOf(students: readonly string[], headers: Record<string, string>): Generator<Request> {
  for (let first = 0; first < students.length; first += ABREAST)
    for (let part = 1; part <= PARTS; part++)
      for (const student of students.slice(first, first + ABREAST))
        yield postOf(paymentOf(student, PART, `V-${part}`), `${student}-${part}`, headers);
}
