// Reading entitlements: one student's lines for a term, the population of a term, and why a payment was what it was.
import { Injectable } from '@nestjs/common';
import { fold } from '../core/decider.js';
import { readEvent } from '../core/event.js';
import { toYuan, type Money } from '../core/money.js';
import { covers, EVERYTHING, type Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Term } from '../core/term.js';
import { EventStore } from '../event-store/event-store.js';
import { Freshness } from '../office/freshness.js';
import { paged, type Page } from '../office/page.js';
import type { Policy, PolicyBook } from '../policies/policy.js';
import { PolicyView } from '../policies/policy.view.js';
import type { StudentEvent } from '../students/student.events.js';
import { EMPTY_ACCOUNT } from '../students/account.js';
import { PaymentView } from '../students/payment.view.js';
import type { KnownStudent } from '../students/student.projection.js';
import { demandKnown, studentDecider, studentStream } from '../students/student.js';
import { next, StudentView } from '../students/student.view.js';
import { linesOf, totalsOf, type Line, type LineStatus, type Recipient } from './calculation.js';

export interface PopulationFilter {
  term: Term;
  status?: LineStatus;
  policyId?: string;
  schoolId?: string;
}

const text = (money: Money | null): string | null => money && toYuan(money);

const shownLine = (line: Line) => ({
  policyId: line.policy.policyId,
  policyVersion: line.version.version,
  name: line.policy.name,
  kind: line.policy.kind,
  status: line.status,
  basis: line.version.benefit.basis,
  entitled: text(line.entitled),
  paid: toYuan(line.given.paid),
  returned: toYuan(line.given.returned),
  reversed: toYuan(line.given.reversed),
  netPaid: toYuan(line.given.net),
  outstanding: text(line.outstanding),
  ...(line.policy.kind === 'meals' && { days: { entitled: line.days, net: line.given.netDays } }),
  arithmetic: line.arithmetic,
  because: line.because,
  legal: line.version.legal,
});

const shownTotals = (lines: readonly Line[]) => {
  const { entitled, netPaid, outstanding } = totalsOf(lines);
  return { entitled: toYuan(entitled), netPaid: toYuan(netPaid), outstanding: toYuan(outstanding) };
};

interface PopulationLine {
  studentId: string;
  line: Line;
}

const cursorOf = ({ studentId, line }: PopulationLine): string => `${studentId}|${line.policy.policyId}`;

/** Students calculated between two turns of the event loop. */
const STRIDE = 200;

@Injectable()
export class EntitlementView {
  constructor(
    private readonly students: StudentView,
    private readonly payments: PaymentView,
    private readonly policies: PolicyView,
    private readonly store: EventStore,
    private readonly freshness: Freshness,
  ) {}

  async ofStudent(
    studentId: string,
    terms: readonly Term[],
    options: { reach: Reach; includeIneligible?: boolean; knownAt?: number },
  ) {
    const { student, book } = await this.asKnown(studentId, options.reach, options.knownAt);
    return terms.map((term) => {
      const all = linesOf(student, book, term);
      const lines = options.includeIneligible ? all : all.filter(({ status }) => status !== 'ineligible');
      return { studentId, term, lines: lines.map(shownLine), totals: shownTotals(lines) };
    });
  }

  /** Facts and law as they stand, or as the ledger knew them at a position. */
  private async asKnown(
    studentId: string,
    reach: Reach,
    knownAt: number | undefined,
  ): Promise<{ student: Recipient; book: PolicyBook }> {
    const present = demandKnown((await this.students.known(studentId, reach)) ?? null, studentId, reach);
    this.freshness.demandWholeStudent(studentId);
    if (present.privacy.restricted) throw new Rejection('student-restricted');
    if (knownAt === undefined) {
      const account = (await this.payments.accountsOf([studentId])).get(studentId) ?? EMPTY_ACCOUNT;
      return { student: { ...present, account }, book: await this.policies.book() };
    }
    const stored = await this.store.readStream(studentStream(studentId), knownAt);
    const student = fold(
      studentDecider,
      stored.map((event) => readEvent<StudentEvent>(event)),
    );
    return { student: demandKnown(student, studentId, EVERYTHING), book: await this.policies.bookAt(knownAt) };
  }

  /** Lines of all students of a term, in the order of student ids: calculated as the page needs them, never kept. */
  async population({ term, status, policyId, schoolId }: PopulationFilter, { limit, after = '' }: Page, reach: Reach) {
    const book = await this.policies.book();
    const policies =
      policyId === undefined ? [...book.values()] : [book.get(policyId)].filter((policy) => policy !== undefined);
    const wanted = ({ line }: PopulationLine): boolean =>
      (status === undefined ? line.status !== 'ineligible' : line.status === status) &&
      (schoolId === undefined || line.place?.schoolId === schoolId) &&
      (line.place === null || covers(reach, line.place));
    const found: PopulationLine[] = [];
    for await (const item of this.walk(after.split('|')[0] ?? '', policies, term, book, reach, schoolId)) {
      if (cursorOf(item) <= after || !wanted(item)) continue;
      found.push(item);
      if (found.length > limit) break;
    }
    return paged(found, limit, cursorOf, ({ studentId, line }) => ({ studentId, ...shownLine(line) }));
  }

  private async *walk(
    from: string,
    policies: readonly Policy[],
    term: Term,
    book: PolicyBook,
    reach: Reach,
    schoolId?: string,
  ): AsyncGenerator<PopulationLine> {
    for (let start = from; ;) {
      const rows = await this.students.rowsFrom(start, STRIDE, reach, schoolId);
      const accounts = await this.payments.accountsOf(rows.map(({ student_id }) => student_id));
      for (const { student_id: studentId, body } of rows) {
        const { facts } = JSON.parse(body) as KnownStudent;
        const account = accounts.get(studentId) ?? EMPTY_ACCOUNT;
        for (const line of linesOf({ facts, account }, book, term, policies)) yield { studentId, line };
      }
      const last = rows.at(-1);
      if (!last) return;
      start = next(last.student_id);
      await new Promise(setImmediate);
    }
  }

  /** What a decision relied on: law, facts and their sources, arithmetic; as known when it was made. */
  async explanation(paymentId: string, studentId: string) {
    const stored = await this.store.readStream(studentStream(studentId));
    const events = stored.map((event) => readEvent<StudentEvent>(event));
    const at = events.findIndex(({ type, data }) => type === 'PaymentDisbursed' && data.paymentId === paymentId);
    const payment = events[at];
    if (payment?.type !== 'PaymentDisbursed') throw new Rejection('payment-unknown', { paymentId });
    const { policyId, policyVersion, term, amount, days, sources, entitlement, exception } = payment.data;
    const student = demandKnown(fold(studentDecider, events.slice(0, at)), studentId, EVERYTHING);
    const book = await this.policies.bookAt(payment.position);
    const policy = book.get(policyId);
    const [line] = linesOf(student, book, term, policy ? [policy] : []);
    const bySource = new Map(events.map((event) => [event.position, event]));
    const because = (line?.because ?? []).map((condition) => {
      const event = condition.source === undefined ? undefined : bySource.get(condition.source);
      const from = event && {
        position: event.position,
        type: event.type,
        recordedAt: event.recordedAt,
        actor: event.meta.actor,
      };
      return { ...condition, from: from ?? null };
    });
    return {
      paymentId,
      studentId,
      policyId,
      policyVersion,
      term,
      decidedAt: payment.recordedAt,
      actor: payment.meta.actor,
      legal: line?.version.legal ?? null,
      rule: line ? { eligibility: line.version.eligibility, benefit: line.version.benefit } : null,
      because,
      arithmetic: {
        benefit: line?.arithmetic ?? null,
        amount,
        ...(days && { days, rate: text(line?.rate ?? null) }),
        sources,
      },
      entitlement,
      exception: exception?.overrides ?? null,
    };
  }
}
