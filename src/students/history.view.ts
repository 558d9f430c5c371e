// A student's whole history, straight from the log: who recorded what, when, why, and when it takes effect.
import { Injectable } from '@nestjs/common';
import { covers } from '../core/civil-date.js';
import { fold } from '../core/decider.js';
import { readEvent, type LedgerEvent } from '../core/event.js';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { daysOf, type Term } from '../core/term.js';
import { EventStore } from '../event-store/event-store.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { PolicyView } from '../policies/policy.view.js';
import { effectiveOn, tell, termsOfPayments } from './history.js';
import { masked } from './masking.js';
import type { StudentEvent } from './student.events.js';
import { demandKnown, studentDecider, studentStream } from './student.js';

/** For whom a history is told. */
export interface HistoryReader {
  reach: Reach;
  /** An audit also sees what is otherwise only kept (Audit Law, art. 34). */
  audits: boolean;
}

@Injectable()
export class HistoryView {
  constructor(
    private readonly store: EventStore,
    private readonly policies: PolicyView,
    private readonly sealer: StudentSealer,
  ) {}

  /** All events up to a position, or those that concern one term; whether the caller may, is judged by the present. */
  async of(studentId: string, reader: HistoryReader, { upTo, term }: { upTo?: number; term?: Term } = {}) {
    const stored = await this.store.readStream(studentStream(studentId));
    const all = stored.map((event) => readEvent<StudentEvent>(event));
    const { privacy } = demandKnown(fold(studentDecider, all), studentId, reader.reach);
    if (privacy.restricted && !reader.audits) throw new Rejection('student-restricted');
    const events = all.filter(({ position }) => upTo === undefined || position <= upTo);
    if (events.length === 0) throw new Rejection('student-unknown', { studentId });
    const book = await this.policies.book();
    const nameOf = (policyId: string) => book.get(policyId)?.name ?? { zh: policyId, en: policyId };
    const policyOfPayment = new Map(
      events.flatMap(({ type, data }) => (type === 'PaymentDisbursed' ? [[data.paymentId, data.policyId]] : [])),
    );
    const terms = termsOfPayments(events);
    const wanted = events.filter((event) => term === undefined || concerns(event, term, terms));
    const opened = await this.sealer.openAll(wanted, privacy.erased);
    return opened.map((event) =>
      item(
        event,
        tell(event, nameOf, (paymentId) => nameOf(policyOfPayment.get(paymentId) ?? '')),
      ),
    );
  }
}

function item(event: LedgerEvent<StudentEvent>, summary: { zh: string; en: string }) {
  const { registeredIn: _, ...data } = { registeredIn: undefined, ...masked<object>(event.data) };
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
