// The office as the demo plays it: policies and pupils by name, and one way to pay.
import type { CivilDate } from '../core/civil-date.js';
import type { YuanText } from '../core/money.js';
import type { Term } from '../core/term.js';
import { METHODS_OF } from '../core/vocabulary.js';
import type { PaymentAnswer, PolicyAnswer } from './answers.js';
import type { Client, Written } from './client.js';
import { PAID_ON } from './payments.js';

export interface Order {
  pupil: string;
  policyId: string;
  term: Term;
  amount?: YuanText;
  days?: number;
  paidOn?: CivilDate;
}

export class Office {
  private vouchers = 0;
  private readonly studentIds = new Map<string, string>();

  constructor(
    readonly client: Client,
    readonly policies: ReadonlyMap<string, PolicyAnswer>,
  ) {}

  /** Remembers under which id the ledger knows a pupil. */
  enter(pupil: string, studentId: string): void {
    this.studentIds.set(pupil, studentId);
  }

  idOf(pupil: string): string {
    const studentId = this.studentIds.get(pupil);
    if (!studentId) throw new Error(`${pupil} is not registered`);
    return studentId;
  }

  get names(): Map<string, string> {
    return new Map([...this.policies].map(([policyId, { name }]) => [policyId, name.zh]));
  }

  policy(policyId: string): PolicyAnswer {
    const policy = this.policies.get(policyId);
    if (!policy) throw new Error(`${policyId} is not published`);
    return policy;
  }

  /** The body of POST /v1/payments; the method is the first that the kind of policy allows. */
  body({ pupil, policyId, term, paidOn = PAID_ON[term], ...given }: Order): object {
    const [method] = METHODS_OF[this.policy(policyId).kind];
    const reference = `V-${term}-${String(++this.vouchers).padStart(4, '0')}`;
    return { studentId: this.idOf(pupil), policyId, term, paidOn, ...given, method, reference };
  }

  pay(order: Order, key?: string): Promise<Written<PaymentAnswer>> {
    return this.client.post('/v1/payments', this.body(order), key);
  }
}
