// The aid account of one student: what was given, came back or was reversed, and the decisions on the latter two.
import type { CivilDate } from '../core/civil-date.js';
import { sumOf, toYuan, yuan, ZERO, type Money, type YuanText } from '../core/money.js';
import { Rejection } from '../core/rejection.js';
import type { Term } from '../core/term.js';
import type {
  AccountEvent,
  ExceptionApproved,
  PaymentDisbursed,
  PaymentReturned,
  PaymentReversed,
  Place,
  SourceAmount,
} from './student.events.js';
import { minusParts, splitReturn } from './funding.js';

/** A payment as the account stands now. */
export interface Payment {
  paymentId: string;
  policyId: string;
  policyVersion: number;
  term: Term;
  amount: YuanText;
  /** Days of meals that still stand. */
  days: number;
  paidOn: CivilDate;
  /** Day of its last movement. */
  movedOn: CivilDate;
  /** Where it counts; null where the student was nowhere on the census day. */
  place: Pick<Place, 'schoolId' | 'districtId'> | null;
  /** Recorded against the rules, and by whom; approved by somebody else, or not yet. */
  exception: { recordedBy: string; approved: boolean } | null;
  returned: YuanText;
  reversed: boolean;
  /** What each funding source has left in it. */
  left: readonly SourceAmount[];
  /** Ledger position of the disbursement. */
  source: number;
}

export interface Account {
  payments: readonly Payment[];
}

/** What entitlements ask of an account. */
export interface GivenAccount {
  payments: readonly Pick<
    Payment,
    'policyId' | 'policyVersion' | 'term' | 'amount' | 'days' | 'returned' | 'reversed'
  >[];
}

export const EMPTY_ACCOUNT: Account = { payments: [] };

export function evolveAccount(account: Account, { type, data }: AccountEvent, source: number): Account {
  switch (type) {
    case 'PaymentDisbursed':
      return { payments: [...account.payments, disbursed(data, source)] };
    case 'PaymentReversed':
      return replace(account, data.paymentId, (payment) => ({
        ...payment,
        days: 0,
        reversed: true,
        movedOn: later(payment.movedOn, data.reversedOn),
      }));
    case 'ExceptionApproved':
      return replace(account, data.paymentId, (payment) => ({
        ...payment,
        exception: payment.exception && { ...payment.exception, approved: true },
      }));
    case 'PaymentReturned':
      return replace(account, data.paymentId, (payment) => ({
        ...payment,
        returned: toYuan(yuan(payment.returned).plus(data.amount)),
        left: minusParts(payment.left, data.sources),
        days: payment.days - (data.days ?? 0),
        movedOn: later(payment.movedOn, data.returnedOn),
      }));
  }
}

const later = (one: CivilDate, other: CivilDate): CivilDate => (one < other ? other : one);

const disbursed = (data: PaymentDisbursed['data'], source: number): Payment => {
  const { paymentId, policyId, policyVersion, term, amount, days = 0, paidOn, sources, place, exception } = data;
  return {
    paymentId,
    policyId,
    policyVersion,
    term,
    amount,
    days,
    paidOn,
    movedOn: paidOn,
    place: place && { schoolId: place.schoolId, districtId: place.districtId },
    exception: exception ? { recordedBy: exception.recordedBy, approved: false } : null,
    returned: '0.00',
    reversed: false,
    left: sources,
    source,
  };
};

const replace = (account: Account, paymentId: string, change: (payment: Payment) => Payment): Account => ({
  payments: account.payments.map((payment) => (payment.paymentId === paymentId ? change(payment) : payment)),
});

/** What is left of a payment after returns and reversal, in yuan. */
export const netOf = (payment: Pick<Payment, 'amount' | 'returned' | 'reversed'>): Money =>
  payment.reversed ? ZERO : yuan(payment.amount).minus(payment.returned);

export interface Given {
  paid: Money;
  returned: Money;
  reversed: Money;
  net: Money;
  netDays: number;
}

/** What a student was given under one policy, in one term or in a lifetime. */
export function given(account: GivenAccount, policyId: string, term?: Term): Given {
  const payments = account.payments.filter(
    (payment) => payment.policyId === policyId && (!term || payment.term === term),
  );
  const standing = payments.filter(({ reversed }) => !reversed);
  const paid = sumOf(payments.map(({ amount }) => amount));
  const left = sumOf(standing.map(({ amount }) => amount));
  return {
    paid,
    returned: sumOf(payments.map(({ returned }) => returned)),
    reversed: paid.minus(left),
    net: left.minus(sumOf(standing.map(({ returned }) => returned))),
    netDays: payments.reduce((days, payment) => days + payment.days, 0),
  };
}

/** Whether anything stands: money, or days of meals that carry no money value. */
export const stands = ({ net, netDays }: Given): boolean => net.gt(0) || netDays > 0;

function find(account: Account, paymentId: string): Payment {
  const payment = account.payments.find((known) => known.paymentId === paymentId);
  if (!payment) throw new Rejection('payment-unknown', { paymentId });
  return payment;
}

/** A wrong entry is reversed whole and once, never edited (Accounting Law, art. 14–15). */
export function reverse(
  account: Account,
  order: { paymentId: string; reason: string },
  today: CivilDate,
): PaymentReversed[] {
  const payment = find(account, order.paymentId);
  if (payment.reversed) throw new Rejection('already-reversed', {});
  if (yuan(payment.returned).gt(0)) throw new Rejection('already-returned', {});
  const { paymentId, amount, days, left: sources } = payment;
  const { reason } = order;
  return [
    {
      type: 'PaymentReversed',
      data: { paymentId, amount, ...(days > 0 && { days }), reversedOn: today, sources, reason },
    },
  ];
}

export interface ReturnOrder extends Omit<PaymentReturned['data'], 'amount' | 'days' | 'sources'> {
  /** All that is left where it is absent. */
  amount?: YuanText;
}

/** Money came back: never more than is left of the payment, never before it was paid. */
export function giveBack(account: Account, order: ReturnOrder, today: CivilDate): PaymentReturned[] {
  const payment = find(account, order.paymentId);
  if (payment.reversed) throw new Rejection('already-reversed', {});
  const left = netOf(payment);
  const amount = order.amount === undefined ? left : yuan(order.amount);
  if (amount.gt(left) || left.isZero()) throw new Rejection('return-exceeds-payment', { left: toYuan(left) });
  if (amount.isZero())
    throw new Rejection('amount-invalid', { reason: 'the amount must be more than 0 · 金额须大于 0' });
  if (order.returnedOn < payment.paidOn)
    throw new Rejection('return-before-payment', { date: order.returnedOn, paidOn: payment.paidOn });
  if (order.returnedOn > today) throw new Rejection('date-in-future', { date: order.returnedOn });
  const sources = splitReturn(payment.left, amount);
  const days = amount.equals(left) && payment.days > 0 && { days: payment.days };
  return [{ type: 'PaymentReturned', data: { ...order, amount: toYuan(amount), ...days, sources } }];
}

/** Duties stay apart: who recorded an exception never approves it. */
export function approve(account: Account, order: ExceptionApproved['data']): ExceptionApproved[] {
  const { exception } = find(account, order.paymentId);
  if (!exception) throw new Rejection('not-an-exception');
  if (exception.recordedBy === order.approvedBy) throw new Rejection('same-person');
  if (exception.approved) throw new Rejection('already-approved');
  return [{ type: 'ExceptionApproved', data: order }];
}
