// The bare framework: it validates, keeps nothing and answers. Nothing that records can be quicker.
import { randomUUID } from 'node:crypto';
import type { RecordPaymentDto } from '../../../src/students/payment.dto.js';
import { answerTo, Payments } from './payments.js';

export class Bare extends Payments {
  private position = 0;

  override async record(payment: RecordPaymentDto) {
    const amount = payment.amount ?? '';
    return answerTo(payment, { paymentId: randomUUID(), amount, netPaid: amount, position: ++this.position });
  }

  override async totals() {
    return [];
  }

  override async close() {}
}
