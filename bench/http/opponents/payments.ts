// What an opponent is: a way of keeping payments behind the same route, the same validation and an answer as long.
import type { PaymentRecordedAnswer } from '../../../src/students/payment.answer.dto.js';
import type { RecordPaymentDto } from '../../../src/students/payment.dto.js';
import { ENTITLED } from '../payments.js';

export abstract class Payments {
  /** Answers the same again for the same key. */
  abstract record(payment: RecordPaymentDto, key: string): Promise<PaymentRecordedAnswer>;

  /** Yuan paid, by policy. */
  abstract totals(): Promise<{ policyId: string; amount: string }[]>;

  abstract close(): Promise<void>;
}

/** As the ledger answers; how the money divides is given, which no opponent has to work out. */
export function answerTo(
  { studentId, policyId, term, paidOn }: RecordPaymentDto,
  recorded: { paymentId: string; amount: string; netPaid: string; position: number },
): PaymentRecordedAnswer {
  return {
    paymentId: recorded.paymentId,
    studentId,
    policyId,
    policyVersion: 2,
    kind: 'subsidy',
    term,
    amount: recorded.amount,
    paidOn,
    sources: [
      { source: 'central', amount: '25.00' },
      { source: 'district', amount: '25.00' },
    ],
    entitlement: { entitled: ENTITLED, netPaid: recorded.netPaid, outstanding: '575.00' },
    position: recorded.position,
  };
}
