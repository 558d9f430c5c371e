// Movements: every fen that was given, came back or was reversed, by the source it belongs to. Totals are sums of these.
import type { LedgerEvent } from '../core/event.js';
import { fenOf } from '../core/money.js';
import type { Projection } from '../read-models/projection.js';
import type { Table } from '../tables/tables.js';
import { isMoneyEvent, PAYMENT, type PaymentRow } from '../students/payment.projection.js';
import type { MoneyEvent, PaymentDisbursed } from '../students/student.events.js';
import { COUNTED, keepTotals, SHEET, TOTAL, type MovementRow } from './total.projection.js';

export const MOVEMENT = {
  name: 'movement',
  columns: {
    position: 'integer',
    source: 'text',
    type: 'text',
    payment_id: 'text',
    student_id: 'text',
    policy_id: 'text',
    kind: 'text',
    term: 'text',
    school_id: 'text',
    district_id: 'text',
    stage: 'text',
    moved_on: 'text',
    net: 'integer',
    days: 'integer',
  },
  key: ['position', 'source'],
  readerIndexes: [['term'], ['moved_on'], ['school_id', 'term']],
  belongs: { school: 'school_id', district: 'district_id', through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

export const movementProjection: Projection = {
  name: 'totals',
  tables: [MOVEMENT, TOTAL, SHEET, COUNTED],
  async apply(events, rows) {
    const ofAccounts = events.filter(isMoneyEvent);
    const ids = new Set(ofAccounts.filter(({ type }) => type !== 'PaymentDisbursed').map(({ data }) => data.paymentId));
    const payments = new Map(
      (await rows.load<PaymentRow>(PAYMENT, 'payment_id', [...ids])).map((row) => [row.payment_id, row.body]),
    );
    const moved = ofAccounts.flatMap((event) => movementsOf(event, originOf(event, payments)));
    await rows.put(MOVEMENT, moved);
    const [first, last] = [events.at(0), events.at(-1)];
    if (first && last) await keepTotals(moved, { first: first.position, last: last.position }, rows);
  },
};

type Origin = PaymentDisbursed['data'];

function originOf(event: LedgerEvent<MoneyEvent>, payments: ReadonlyMap<string, string>): Origin {
  if (event.type === 'PaymentDisbursed') return event.data;
  const body = payments.get(event.data.paymentId);
  if (!body) throw new Error(`${event.type} of an unknown payment at position ${event.position}`);
  return JSON.parse(body) as Origin;
}

/** Each movement counts on its own date and at the place of the payment; dimensions that it lacks are empty text. */
function movementsOf(event: LedgerEvent<MoneyEvent>, origin: Origin): MovementRow[] {
  const sign = event.type === 'PaymentDisbursed' ? 1 : -1;
  return event.data.sources.map(({ source, amount }) => ({
    position: event.position,
    source,
    type: event.type,
    payment_id: origin.paymentId,
    student_id: origin.studentId,
    policy_id: origin.policyId,
    kind: origin.kind,
    term: origin.term,
    school_id: origin.place?.schoolId ?? '',
    district_id: origin.place?.districtId ?? '',
    stage: origin.place?.stage ?? '',
    moved_on: dateOf(event),
    net: sign * fenOf(amount),
    days: sign * (event.data.days ?? 0),
  }));
}

function dateOf(event: LedgerEvent<MoneyEvent>): string {
  switch (event.type) {
    case 'PaymentDisbursed':
      return event.data.paidOn;
    case 'PaymentReturned':
      return event.data.returnedOn;
    case 'PaymentReversed':
      return event.data.reversedOn;
  }
}
