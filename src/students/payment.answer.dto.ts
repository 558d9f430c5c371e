// What the routes on payments answer. Money is text in yuan with two decimals, e.g. `"312.50"`.
import { ApiProperty } from '@nestjs/swagger';
import { REJECTIONS } from '../core/rejections.js';
import { STAGES, type Kind, type Method, type ReturnCause, type Stage } from '../core/vocabulary.js';
import { Asked, Found } from '../entitlements/condition.answer.dto.js';
import type { ExceptionState, PaymentState } from './payment.projection.js';

export class SourceAmountAnswer {
  /** Funding source 资金来源, e.g. `central`; `unspecified` where the policy names none. */
  source!: string;

  /** Its part, in yuan. */
  amount!: string;
}

/** What the decision saw, the payment included. */
export class DecidedEntitlementAnswer {
  /** Entitlement of the term in yuan (应发); null where it has no upper limit. */
  entitled!: string | null;

  /** Net paid in yuan: paid less returned and reversed. */
  netPaid!: string;

  /** Entitled less net paid, in yuan; null where there is no upper limit. */
  outstanding!: string | null;
}

/** What every answer on a payment says of it. */
class PaymentFacts {
  /** Id of the payment. */
  paymentId!: string;

  /** Id of the student. */
  studentId!: string;

  /** Policy under which aid was given. */
  policyId!: string;

  /** Version of the policy by which it was decided. */
  policyVersion!: number;

  /** Kind of aid: a fee not collected, a recurring subsidy, a grant, meals in kind. */
  kind!: Kind;

  /** Term that the aid is for, e.g. `2026-autumn`. */
  term!: string;

  /** Amount in yuan, as paid; for meals days × rate. */
  amount!: string;

  /** Meals only: days given. */
  days?: number;

  /** Day of payment, waiver or the last meal, a civil date. */
  paidOn!: string;

  /** How the amount divides among funding sources, in yuan; the parts add up. */
  sources!: SourceAmountAnswer[];

  /** Ledger position of the payment. */
  position!: number;
}

export class PaymentRecordedAnswer extends PaymentFacts {
  /** Entitlement as the decision saw it, this payment included. */
  entitlement!: DecidedEntitlementAnswer;

  /** Codes of the refusals that an officer's exception overrode; absent where there were none. */
  exception?: string[];
}

export class PaymentAnswer extends PaymentFacts {
  /** How it reached the pupil. */
  method!: Method;

  /** Voucher or batch number. */
  reference!: string;

  /** School of the term's census day, for which it counts; null where the student was enrolled nowhere. */
  schoolId!: string | null;

  /** District of that school. */
  districtId!: string | null;

  /** Stage of education on that day. */
  @ApiProperty({ enum: [...STAGES, null] })
  stage!: Stage | null;

  /** disbursed 已发放, partly-returned 部分退回, returned 全部退回, reversed 已冲正. */
  state!: PaymentState;

  /** Sum of the returns so far, in yuan. */
  returned!: string;

  /** What is left of it, in yuan. */
  net!: string;

  /** Codes of the refusals that an officer's exception overrode; null where there were none. */
  exception!: string[] | null;

  /** Whether somebody else has approved the exception; null where there is none. */
  exceptionState!: ExceptionState | null;
}

export class ApprovedAnswer {
  /** Id of the payment. */
  paymentId!: string;

  /** It stays a finding, with a second name to it. */
  exceptionState!: ExceptionState;

  /** Ledger position of the approval. */
  position!: number;
}

export class PaymentPage {
  /** Payments, newest first. */
  items!: PaymentAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}

export class ReversedAnswer {
  /** Id of the payment. */
  paymentId!: string;

  /** Amount taken back, in yuan: the whole payment. */
  amount!: string;

  /** Meals only: days taken back. */
  days?: number;

  /** Day of entry, a civil date. */
  reversedOn!: string;

  /** What each funding source gets back, in yuan. */
  sources!: SourceAmountAnswer[];

  /** The payment as it stands now. */
  state!: 'reversed';

  /** Ledger position of the reversal. */
  position!: number;
}

export class ReturnedAnswer {
  /** Id of the payment. */
  paymentId!: string;

  /** Amount that came back, in yuan. */
  amount!: string;

  /** Meals only: days of the payment, once all of its money is back. */
  days?: number;

  /** Day on which it came back, a civil date. */
  returnedOn!: string;

  /** Why it came back. */
  cause!: ReturnCause;

  /** Bank slip or voucher number. */
  reference!: string;

  /** What each funding source gets back, in yuan. */
  sources!: SourceAmountAnswer[];

  /** Ledger position of the return. */
  position!: number;
}

/** One thing that is wrong with a line, or one condition that is not met. */
export class LineErrorAnswer {
  /** The field, where it is about one. */
  path?: string;

  /** Which rule, or which condition of the policy. */
  code!: string;

  /** In Chinese and English. */
  message!: string;

  /** Of a condition: what the policy asks. */
  @Asked()
  expected?: unknown;

  /** Of a condition: the fact that it met. */
  @Found()
  fact?: unknown;
}

/** One line of the answer to a bulk request. */
export class BulkLineAnswer {
  /** Number of the input line, from 1. */
  line!: number;

  /** 201: recorded; else the status of the refusal. */
  status!: number;

  /** True where the line was recorded before and this is the first answer again. */
  replayed?: boolean;

  /** Recorded: id of the payment. */
  paymentId?: string;

  /** Recorded: ledger position of the payment. */
  position?: number;

  /** Refused: which refusal. */
  @ApiProperty({ enum: Object.keys(REJECTIONS) })
  code?: string;

  /** Refused: the refusal in Chinese and English. */
  title?: string;

  /** Refused: each field that is wrong, or each condition that is not met. */
  errors?: LineErrorAnswer[];
}
