// Reading the payment register: one payment, or those that a set of filters selects.
import { Injectable } from '@nestjs/common';
import type { CivilDate } from '../core/civil-date.js';
import { groupBy } from '../core/group.js';
import { fromFen, toYuan } from '../core/money.js';
import type { Reach } from '../core/reach.js';
import type { Term } from '../core/term.js';
import { paged, type Page } from '../office/page.js';
import { Tables, type Cell } from '../tables/tables.js';
import { within } from '../tables/within.js';
import type { GivenAccount } from './account.js';
import { PAYMENT, type ExceptionState, type PaymentRow, type PaymentState } from './payment.projection.js';
import type { PaymentDisbursed } from './student.events.js';
import { STUDENT_SCHOOL } from './student.projection.js';

export interface PaymentFilter {
  studentId?: string;
  policyId?: string;
  schoolId?: string;
  term?: Term;
  paidFrom?: CivilDate;
  paidTo?: CivilDate;
  state?: PaymentState;
  exception?: ExceptionState;
}

/** Filter → condition; the register shows the newest payment first. */
const CONDITIONS: Record<keyof PaymentFilter, string> = {
  studentId: 'student_id =',
  policyId: 'policy_id =',
  schoolId: 'school_id =',
  term: 'term =',
  paidFrom: 'paid_on >=',
  paidTo: 'paid_on <=',
  state: 'state =',
  exception: 'exception =',
};

const shown = (row: PaymentRow) => {
  const data = JSON.parse(row.body) as PaymentDisbursed['data'];
  const { exception, place, entitlement: _, ...payment } = data;
  const amount = fromFen(row.fen);
  const returned = fromFen(row.returned_fen);
  const net = row.state === 'reversed' ? fromFen(0) : amount.minus(returned);
  return {
    ...payment,
    schoolId: place?.schoolId ?? null,
    districtId: place?.districtId ?? null,
    stage: place?.stage ?? null,
    state: row.state,
    returned: toYuan(returned),
    net: toYuan(net),
    exception: exception?.overrides ?? null,
    exceptionState: row.exception === '' ? null : row.exception,
    position: row.position,
  };
};

const asGiven = (row: PaymentRow): GivenAccount['payments'][number] => ({
  policyId: row.policy_id,
  policyVersion: row.policy_version,
  // The register holds what terms of events were.
  term: row.term as Term,
  amount: toYuan(fromFen(row.fen)),
  days: row.days,
  returned: toYuan(fromFen(row.returned_fen)),
  reversed: row.state === 'reversed',
});

const withinReach = (reach: Reach, parameters: Cell[]): string =>
  within('payment', reach, PAYMENT.belongs, STUDENT_SCHOOL.belongs, (value) => `$${parameters.push(value)}`);

@Injectable()
export class PaymentView {
  constructor(private readonly models: Tables) {}

  async row(paymentId: string, reach: Reach): Promise<PaymentRow | undefined> {
    const parameters: Cell[] = [paymentId];
    const text = `select * from payment where payment_id = $1 and ${withinReach(reach, parameters)}`;
    const [row] = await this.models.seenBy(reach).query<PaymentRow>(text, parameters);
    return row;
  }

  async one(paymentId: string, reach: Reach) {
    const row = await this.row(paymentId, reach);
    return row && shown(row);
  }

  /** What each of some students was given, wherever it counts; who was given nothing is absent. */
  async accountsOf(studentIds: readonly string[]): Promise<ReadonlyMap<string, GivenAccount>> {
    if (studentIds.length === 0) return new Map();
    const places = studentIds.map((_, index) => `$${index + 1}`).join(', ');
    const rows = await this.models.query<PaymentRow>(
      `select * from payment where student_id in (${places}) order by student_id, position`,
      studentIds,
    );
    const byStudent = groupBy(rows, ({ student_id }) => student_id);
    return new Map([...byStudent].map(([studentId, ofStudent]) => [studentId, { payments: ofStudent.map(asGiven) }]));
  }

  async page({ limit, after }: Page, filter: PaymentFilter, reach: Reach) {
    const parameters: Cell[] = [after === undefined ? Number.MAX_SAFE_INTEGER : Number(after), limit + 1];
    const conditions = ['position < $1'];
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = filter[name as keyof PaymentFilter];
      if (value !== undefined) conditions.push(`${condition} $${parameters.push(value)}`);
    }
    conditions.push(withinReach(reach, parameters));
    const text = `select * from payment where ${conditions.join(' and ')} order by position desc limit $2`;
    const rows = await this.models.seenBy(reach).query<PaymentRow>(text, parameters);
    return paged(rows, limit, ({ position }) => position, shown);
  }
}
