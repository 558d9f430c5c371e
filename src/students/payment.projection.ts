// The payment register: one row a payment, as it stands after returns and reversal.
import type { LedgerEvent } from '../core/event.js';
import { fenOf } from '../core/money.js';
import type { Projection } from '../read-models/projection.js';
import type { Row, Table } from '../tables/tables.js';
import type { AccountEvent, MoneyEvent, PaymentDisbursed } from './student.events.js';

export const PAYMENT = {
  name: 'payment',
  columns: {
    payment_id: 'text',
    position: 'integer',
    student_id: 'text',
    policy_id: 'text',
    policy_version: 'integer',
    kind: 'text',
    term: 'text',
    school_id: 'text',
    district_id: 'text',
    stage: 'text',
    fen: 'integer',
    days: 'integer',
    returned_fen: 'integer',
    paid_on: 'text',
    method: 'text',
    reference: 'text',
    state: 'text',
    exception: 'text',
    body: 'text',
  },
  // New rows stand at the end, and each index names a row by a number.
  key: ['position'],
  indexes: [['payment_id']],
  readerIndexes: [
    ['student_id', 'position'],
    ['policy_id', 'position'],
    ['school_id', 'position'],
    ['term', 'position'],
    ['paid_on', 'position'],
    ['exception', 'position'],
  ],
  belongs: { school: 'school_id', district: 'district_id', through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

/** disbursed 已发放 · partly-returned 部分退回 · returned 全部退回 · reversed 已冲正 */
export const PAYMENT_STATES = ['disbursed', 'partly-returned', 'returned', 'reversed'] as const;
export type PaymentState = (typeof PAYMENT_STATES)[number];

/** open 待审批 · approved 已审批; empty where the rules allowed the payment. */
export const EXCEPTION_STATES = ['open', 'approved'] as const;
export type ExceptionState = (typeof EXCEPTION_STATES)[number];

export interface PaymentRow extends Row {
  payment_id: string;
  position: number;
  student_id: string;
  policy_id: string;
  policy_version: number;
  kind: string;
  term: string;
  school_id: string | null;
  district_id: string | null;
  stage: string | null;
  fen: number;
  /** Days of meals that still stand. */
  days: number;
  returned_fen: number;
  paid_on: string;
  method: string;
  reference: string;
  state: PaymentState;
  exception: ExceptionState | '';
  /** The disbursement's own data, sealed fields sealed. */
  body: string;
}

/** Money given, reversed or returned. */
export const isMoneyEvent = (event: LedgerEvent): event is LedgerEvent<MoneyEvent> => event.type.startsWith('Payment');

export const isAccountEvent = (event: LedgerEvent): event is LedgerEvent<AccountEvent> =>
  isMoneyEvent(event) || event.type === 'ExceptionApproved';

export const paymentProjection: Projection = {
  name: 'payments',
  tables: [PAYMENT],
  async apply(events, rows) {
    const ofAccounts = events.filter(isAccountEvent);
    const register = new Map<string, PaymentRow>();
    const later = ofAccounts.filter(({ type }) => type !== 'PaymentDisbursed').map(({ data }) => data.paymentId);
    for (const row of await rows.load<PaymentRow>(PAYMENT, 'payment_id', [...new Set(later)]))
      register.set(row.payment_id, row);
    for (const event of ofAccounts)
      register.set(event.data.paymentId, after(register.get(event.data.paymentId), event));
    await rows.put(PAYMENT, [...register.values()]);
  },
};

function after(row: PaymentRow | undefined, event: LedgerEvent<AccountEvent>): PaymentRow {
  if (event.type === 'PaymentDisbursed') return disbursed(event);
  if (!row) throw new Error(`${event.type} of an unknown payment at position ${event.position}`);
  if (event.type === 'PaymentReversed') return { ...row, state: 'reversed', days: 0 };
  if (event.type === 'ExceptionApproved') return { ...row, exception: 'approved' };
  const returned_fen = row.returned_fen + fenOf(event.data.amount);
  const days = row.days - (event.data.days ?? 0);
  return { ...row, returned_fen, days, state: returned_fen === row.fen ? 'returned' : 'partly-returned' };
}

const disbursed = ({ data, position }: LedgerEvent<PaymentDisbursed>): PaymentRow => ({
  payment_id: data.paymentId,
  position,
  student_id: data.studentId,
  policy_id: data.policyId,
  policy_version: data.policyVersion,
  kind: data.kind,
  term: data.term,
  school_id: data.place?.schoolId ?? null,
  district_id: data.place?.districtId ?? null,
  stage: data.place?.stage ?? null,
  fen: fenOf(data.amount),
  days: data.days ?? 0,
  returned_fen: 0,
  paid_on: data.paidOn,
  method: data.method,
  reference: data.reference,
  state: 'disbursed',
  exception: data.exception ? 'open' : '',
  body: JSON.stringify(data),
});
