// The shapes in which payments, reversals and returns arrive.
import { RETURN_CAUSES, type Method, type ReturnCause } from '../core/vocabulary.js';
import type { Term } from '../core/term.js';
import {
  Count,
  Day,
  Nested,
  OneOf,
  Optional,
  Pattern,
  SchoolCode,
  Slug,
  TermCode,
  OpenText,
  Text,
  Word,
  Yuan,
} from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';
import { EXCEPTION_STATES, PAYMENT_STATES, type ExceptionState, type PaymentState } from './payment.projection.js';

/** Lets an officer record what the rules refuse; it stays a finding. */
export class ExceptionDto {
  @Text(500)
  reason!: string;

  @Text(300)
  document!: string;
}

export class RecordPaymentDto {
  @Slug()
  studentId!: string;

  @Slug()
  policyId!: string;

  /** The term that the aid is for. */
  @TermCode()
  term!: Term;

  /** Day of payment, waiver or the last meal; not in the future. */
  @Day()
  paidOn!: string;

  /** Yuan; for everything but meals. */
  @Optional()
  @Yuan()
  amount?: string;

  /** Meals only: days given; the amount is days × the rate in force. */
  @Optional()
  @Count(0, 366)
  days?: number;

  /** subsidy, grant: card | school-account; waiver: waived; meals: in-kind. Never cash. */
  @Word()
  method!: Method;

  /** Voucher or batch number. */
  @OpenText(64)
  reference!: string;

  @Optional()
  @Nested(() => ExceptionDto)
  exception?: ExceptionDto;
}

/** One line of a bulk request. */
export class BulkPaymentDto extends RecordPaymentDto {
  /** The line's own idempotency key. */
  @Pattern(/^[\x21-\x7e]{1,64}$/, '须为 1 至 64 个可见 ASCII 字符 · must be 1 to 64 visible ASCII characters')
  idempotencyKey!: string;
}

export class ApproveExceptionDto {
  /** The minutes or decision that approves it. */
  @Text(300)
  document!: string;
}

export class ReversePaymentDto {
  @Text(500)
  reason!: string;
}

export class ReturnPaymentDto {
  /** Yuan; all that is left where it is absent. */
  @Optional()
  @Yuan()
  amount?: string;

  @Day()
  returnedOn!: string;

  @OneOf(RETURN_CAUSES)
  cause!: ReturnCause;

  /** Bank slip or voucher number. */
  @OpenText(64)
  reference!: string;
}

export class PaymentQuery extends PageQuery {
  @Optional()
  @Slug()
  studentId?: string;

  @Optional()
  @Slug()
  policyId?: string;

  /** School of the term's census day. */
  @Optional()
  @SchoolCode()
  schoolId?: string;

  @Optional()
  @TermCode()
  term?: Term;

  @Optional()
  @Day()
  paidFrom?: string;

  @Optional()
  @Day()
  paidTo?: string;

  @Optional()
  @OneOf(PAYMENT_STATES)
  state?: PaymentState;

  /** Payments that the rules refused: open, or approved by somebody else. */
  @Optional()
  @OneOf(EXCEPTION_STATES)
  exception?: ExceptionState;
}
