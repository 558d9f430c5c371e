// Reading the payment register: one payment, or those that a set of filters selects.
import { Injectable } from '@nestjs/common';
import type { CivilDate } from '../core/civil-date.js';
import { fromFen, toYuan } from '../core/money.js';
import type { Term } from '../core/term.js';
import { paged, type Page } from '../office/page.js';
import { Tables, type Cell } from '../tables/tables.js';
import type { PaymentRow, PaymentState } from './payment.projection.js';
import type { PaymentDisbursed } from './student.events.js';

export interface PaymentFilter {
  studentId?: string;
  policyId?: string;
  schoolId?: string;
  term?: Term;
  paidFrom?: CivilDate;
  paidTo?: CivilDate;
  state?: PaymentState;
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
    position: row.position,
  };
};

@Injectable()
export class PaymentView {
  constructor(private readonly models: Tables) {}

  async row(paymentId: string): Promise<PaymentRow | undefined> {
    const [row] = await this.models.query<PaymentRow>('select * from payment where payment_id = $1', [paymentId]);
    return row;
  }

  async one(paymentId: string) {
    const row = await this.row(paymentId);
    return row && shown(row);
  }

  async page({ limit, after }: Page, filter: PaymentFilter) {
    const parameters: Cell[] = [after === undefined ? Number.MAX_SAFE_INTEGER : Number(after), limit + 1];
    const conditions = ['position < $1'];
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = filter[name as keyof PaymentFilter];
      if (value !== undefined) conditions.push(`${condition} $${parameters.push(value)}`);
    }
    const text = `select * from payment where ${conditions.join(' and ')} order by position desc limit $2`;
    return paged(await this.models.query<PaymentRow>(text, parameters), limit, ({ position }) => position, shown);
  }
}
