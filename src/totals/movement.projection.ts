// Movements: every fen that was given, came back or was reversed, by the source it belongs to. Totals are sums of these.
import { fiscalYearOf } from '../core/civil-date.js';
import type { LedgerEvent } from '../core/event.js';
import { toFen, yuan } from '../core/money.js';
import { schoolYearOf } from '../core/term.js';
import type { Projection } from '../read-models/projection.js';
import type { Row, Table } from '../tables/tables.js';
import { isMoneyEvent, PAYMENT, type PaymentRow } from '../students/payment.projection.js';
import type { MoneyEvent, PaymentDisbursed } from '../students/student.events.js';

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
    school_year: 'text',
    school_id: 'text',
    district_id: 'text',
    stage: 'text',
    moved_on: 'text',
    month: 'text',
    fiscal_year: 'integer',
    disbursed: 'integer',
    returned: 'integer',
    reversed: 'integer',
    net: 'integer',
    days: 'integer',
  },
  key: ['position', 'source'],
  indexes: [['fiscal_year'], ['school_year'], ['term'], ['moved_on']],
  belongs: { school: 'school_id', district: 'district_id', through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

export const movementProjection: Projection = {
  name: 'totals',
  tables: [MOVEMENT],
  async apply(events, rows) {
    const ofAccounts = events.filter(isMoneyEvent);
    const ids = new Set(ofAccounts.filter(({ type }) => type !== 'PaymentDisbursed').map(({ data }) => data.paymentId));
    const payments = new Map(
      (await rows.load<PaymentRow>(PAYMENT, 'payment_id', [...ids])).map((row) => [row.payment_id, row.body]),
    );
    await rows.put(
      MOVEMENT,
      ofAccounts.flatMap((event) => movementsOf(event, originOf(event, payments))),
    );
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
function movementsOf(event: LedgerEvent<MoneyEvent>, origin: Origin): Row[] {
  const date = dateOf(event);
  const shared = {
    position: event.position,
    type: event.type,
    payment_id: origin.paymentId,
    student_id: origin.studentId,
    policy_id: origin.policyId,
    kind: origin.kind,
    term: origin.term,
    school_year: schoolYearOf(origin.term),
    school_id: origin.place?.schoolId ?? '',
    district_id: origin.place?.districtId ?? '',
    stage: origin.place?.stage ?? '',
    moved_on: date,
    month: date.slice(0, 7),
    fiscal_year: fiscalYearOf(date),
  };
  const sign = event.type === 'PaymentDisbursed' ? 1 : -1;
  return event.data.sources.map(({ source, amount }) => {
    const fen = toFen(yuan(amount));
    return {
      ...shared,
      source,
      disbursed: event.type === 'PaymentDisbursed' ? fen : 0,
      returned: event.type === 'PaymentReturned' ? fen : 0,
      reversed: event.type === 'PaymentReversed' ? fen : 0,
      net: sign * fen,
      days: sign * (event.data.days ?? 0),
    };
  });
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
