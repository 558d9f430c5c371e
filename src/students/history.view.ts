// A student's whole history, straight from the log: who recorded what, when, why, and when it takes effect.
import { Injectable } from '@nestjs/common';
import { covers } from '../core/civil-date.js';
import { readEvent, type LedgerEvent } from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { daysOf, type Term } from '../core/term.js';
import { EventStore } from '../event-store/event-store.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { PolicyView } from '../policies/policy.view.js';
import { effectiveOn, tell, termsOfPayments } from './history.js';
import { masked } from './masking.js';
import type { StudentEvent } from './student.events.js';
import { studentStream } from './student.js';

@Injectable()
export class HistoryView {
  constructor(
    private readonly store: EventStore,
    private readonly policies: PolicyView,
    private readonly sealer: StudentSealer,
  ) {}

  /** All events up to a position, or those that concern one term. */
  async of(studentId: string, { upTo, term }: { upTo?: number; term?: Term } = {}) {
    const stored = await this.store.readStream(studentStream(studentId), upTo);
    if (stored.length === 0) throw new Rejection('student-unknown', { studentId });
    const events = stored.map((event) => readEvent<StudentEvent>(event));
    const book = await this.policies.book();
    const nameOf = (policyId: string) => book.get(policyId)?.name ?? { zh: policyId, en: policyId };
    const policyOfPayment = new Map(
      events.flatMap(({ type, data }) => (type === 'PaymentDisbursed' ? [[data.paymentId, data.policyId]] : [])),
    );
    const terms = termsOfPayments(events);
    const wanted = events.filter((event) => term === undefined || concerns(event, term, terms));
    const opened = await this.sealer.openAll(wanted);
    return opened.map((event) =>
      item(
        event,
        tell(event, nameOf, (paymentId) => nameOf(policyOfPayment.get(paymentId) ?? '')),
      ),
    );
  }
}

function item(event: LedgerEvent<StudentEvent>, summary: { zh: string; en: string }) {
  const data = masked<object>(event.data);
  const { position, recordedAt, type, meta, id, hash } = event;
  const reason = 'reason' in data && typeof data.reason === 'string' ? { reason: data.reason } : {};
  return {
    position,
    recordedAt,
    effectiveOn: effectiveOn(event),
    type,
    actor: meta.actor,
    ...reason,
    requestId: meta.requestId,
    summary,
    data,
    eventId: id,
    hash,
  };
}

/** Money belongs to the term of its payment, a fact to the term in which it takes effect. */
function concerns(event: StudentEvent, term: Term, terms: ReadonlyMap<string, Term>): boolean {
  if ('paymentId' in event.data) return terms.get(event.data.paymentId) === term;
  const day = effectiveOn(event);
  return day !== null && covers(daysOf(term), day);
}
