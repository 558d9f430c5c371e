// The plain reference ledger: lists, loops and whole fen, written apart from the rules in src, to be compared with them.

export interface RefPolicy {
  id: string;
  kind: 'waiver' | 'subsidy' | 'grant' | 'meals';
  exclusiveWith: string[];
  versions: RefVersion[];
}

export interface RefVersion {
  from: string;
  until: string | null;
  stages: string[];
  hardship?: 'any' | 'none' | string[];
  boarding?: boolean;
  setting?: string;
  basis: 'year' | 'once' | 'day' | 'cost';
  /** Fen by stage; `*` for all. */
  rates?: Record<string, number>;
  days?: number;
  cap?: number;
  /** Source → percent. */
  shares: [string, number][];
}

export interface RefPayment {
  id: string;
  student: number;
  policy: string;
  term: string;
  fen: number;
  left: [string, number][];
  days: number;
  paidOn: string;
  returned: number;
  reversed: boolean;
  school: string;
  stage: string;
}

interface RefStudent {
  enrolments: { school: string; setting: string; stage: string; boarding: boolean; from: string; until: string }[];
  hardship: { id: string; category: string; from: string; until: string }[];
}

export interface RefMovement {
  type: 'disbursed' | 'returned' | 'reversed';
  payment: RefPayment;
  date: string;
  parts: [string, number][];
  days: number;
}

const FOREVER = '9999-12-31';

const termIndex = (term: string): number => Number(term.slice(0, 4)) * 2 + (term.endsWith('autumn') ? 1 : 0);

export const censusOf = (term: string): string => `${term.slice(0, 4)}-${term.endsWith('autumn') ? '10-31' : '04-30'}`;

/** Whole fen in proportion to weights; what is left over goes to the largest remainders, the earlier first. */
export function share(fen: number, weights: number[]): number[] {
  const whole = weights.reduce((a, b) => a + b, 0);
  if (whole === 0) return weights.map(() => 0);
  const parts = weights.map((weight) => Math.floor((fen * weight) / whole));
  const remainders = weights.map((weight, index) => ({ index, rest: (fen * weight) % whole }));
  remainders.sort((a, b) => b.rest - a.rest || a.index - b.index);
  let over = fen - parts.reduce((a, b) => a + b, 0);
  for (const { index } of remainders) if (over-- > 0) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}

const dayBefore = (date: string): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);

export class Reference {
  readonly students: RefStudent[] = [];
  readonly payments: RefPayment[] = [];
  readonly movements: RefMovement[] = [];

  constructor(
    readonly policies: RefPolicy[],
    readonly today: string,
  ) {}

  newStudent(): void {
    this.students.push({ enrolments: [], hardship: [] });
  }

  private student = (index: number): RefStudent => this.students[index] ?? { enrolments: [], hardship: [] };

  enrol(
    index: number,
    at: { school: string; setting: string; stage: string; boarding: boolean; from: string; until?: string },
  ): string {
    const until = at.until ?? FOREVER;
    if (until < at.from) return 'period-invalid';
    const clash = this.student(index).enrolments.some(
      (e) => e.from <= e.until && e.from <= until && at.from <= e.until,
    );
    if (clash) return 'enrolment-overlaps';
    this.student(index).enrolments.push({ ...at, until });
    return 'ok';
  }

  depart(index: number, date: string): string {
    const at = this.student(index).enrolments.findLast((e) => e.from <= date && date <= e.until);
    if (!at) return 'not-enrolled';
    at.until = dayBefore(date);
    return 'ok';
  }

  determine(index: number, id: string, category: string, from: string): string {
    this.student(index).hardship.push({ id, category, from, until: FOREVER });
    return 'ok';
  }

  revoke(index: number, id: string, from: string): string {
    const known = this.student(index).hardship.find((h) => h.id === id);
    if (!known) return 'determination-unknown';
    if (known.until !== FOREVER) return 'already-revoked';
    known.until = dayBefore(from);
    return 'ok';
  }

  version(policyId: string, term: string): RefVersion | undefined {
    const at = termIndex(term);
    const policy = this.policies.find(({ id }) => id === policyId);
    return policy?.versions.find((v) => termIndex(v.from) <= at && (v.until === null || at <= termIndex(v.until)));
  }

  amend(policyId: string, version: RefVersion): string {
    const policy = this.policies.find(({ id }) => id === policyId);
    if (!policy) return 'policy-unknown';
    const [from, until] = [termIndex(version.from), version.until === null ? Infinity : termIndex(version.until)];
    const open = policy.versions.find((v) => v.until === null && termIndex(v.from) < from);
    const others = policy.versions.filter((v) => v !== open);
    const end = (v: RefVersion): number => (v.until === null ? Infinity : termIndex(v.until));
    if (others.some((v) => termIndex(v.from) <= until && from <= end(v))) return 'policy-version-overlaps';
    if (open) {
      const last = from - 1;
      open.until = `${Math.floor(last / 2)}-${last % 2 === 1 ? 'autumn' : 'spring'}`;
    }
    policy.versions.push(version);
    return 'ok';
  }

  place(index: number, term: string) {
    const day = censusOf(term);
    return this.student(index).enrolments.findLast((e) => e.from <= day && day <= e.until);
  }

  eligible(index: number, version: RefVersion, term: string): boolean {
    const at = this.place(index, term);
    if (!at) return false;
    const day = censusOf(term);
    const held = this.student(index)
      .hardship.filter((h) => h.from <= day && day <= h.until)
      .map((h) => h.category);
    if (!version.stages.includes(at.stage)) return false;
    if (version.boarding !== undefined && version.boarding !== at.boarding) return false;
    if (version.setting !== undefined && version.setting !== at.setting) return false;
    if (version.hardship === 'any' && held.length === 0) return false;
    if (version.hardship === 'none' && held.length > 0) return false;
    if (Array.isArray(version.hardship)) {
      const wanted = version.hardship;
      const wider = held.flatMap((c) => (c === 'dibao-rural' || c === 'dibao-urban' ? [c, 'dibao-urban-rural'] : [c]));
      if (!wider.some((c) => wanted.includes(c))) return false;
    }
    return !version.rates || this.rate(version, at.stage) !== undefined;
  }

  private rate = (version: RefVersion, stage: string): number | undefined =>
    version.rates?.[stage] ?? version.rates?.['*'];

  /** Fen for the term; null without limit. */
  entitled(index: number, version: RefVersion, term: string): number | null {
    if (!this.eligible(index, version, term)) return 0;
    const rate = this.rate(version, this.place(index, term)?.stage ?? '') ?? 0;
    if (version.basis === 'once') return rate;
    if (version.basis === 'cost') return version.cap ?? null;
    if (version.basis === 'day') return version.rates && version.days !== undefined ? rate * version.days : null;
    return term.endsWith('autumn') ? Math.ceil(rate / 2) : Math.floor(rate / 2);
  }

  paymentsOf = (index: number, policy: string, term?: string): RefPayment[] =>
    this.payments.filter((p) => p.student === index && p.policy === policy && (!term || p.term === term));

  net = (payments: RefPayment[]): number => payments.reduce((sum, p) => sum + (p.reversed ? 0 : p.fen - p.returned), 0);

  days = (payments: RefPayment[]): number => payments.reduce((sum, p) => sum + p.days, 0);

  private granted = (index: number, policy: string): string[] =>
    [...new Set(this.paymentsOf(index, policy).map((p) => p.term))].filter((t) => {
      const of = this.paymentsOf(index, policy, t);
      return this.net(of) > 0 || this.days(of) > 0;
    });

  record(
    index: number,
    id: string,
    order: { policy: string; term: string; fen?: number; days?: number; paidOn: string },
  ): string {
    const policy = this.policies.find((p) => p.id === order.policy);
    if (!policy) return 'policy-unknown';
    const version = this.version(order.policy, order.term);
    if (!version) return 'policy-not-in-force';
    if (!this.eligible(index, version, order.term)) return 'not-eligible';
    const stage = this.place(index, order.term)?.stage ?? '';
    const excluded = this.policies.filter(
      (p) => p.exclusiveWith.includes(policy.id) || policy.exclusiveWith.includes(p.id),
    );
    for (const other of excluded) {
      const of = this.paymentsOf(index, other.id, order.term);
      if (this.net(of) > 0 || this.days(of) > 0) return 'exclusive-policy';
    }
    const of = this.paymentsOf(index, order.policy, order.term);
    const entitled = this.entitled(index, version, order.term);
    if (version.basis === 'once') {
      if (this.granted(index, order.policy).some((t) => t !== order.term)) return 'already-granted';
      if (this.net(of) > 0 && entitled !== null && this.net(of) >= entitled) return 'already-granted';
    }
    const meals = policy.kind === 'meals';
    const fen = meals ? (this.rate(version, stage) ?? 0) * (order.days ?? 0) : (order.fen ?? 0);
    if (entitled !== null && this.net(of) + fen > entitled) return 'entitlement-exceeded';
    if (entitled === null && version.days !== undefined && this.days(of) + (order.days ?? 0) > version.days)
      return 'entitlement-exceeded';
    if (meals ? !order.days || order.fen !== undefined : order.days !== undefined || fen <= 0) return 'amount-invalid';
    if (order.paidOn > this.today) return 'date-in-future';
    const at = this.place(index, order.term);
    const parts = share(
      fen,
      version.shares.map(([, percent]) => percent),
    );
    const left = version.shares.map(([source], i): [string, number] => [source, parts[i] ?? 0]);
    const payment: RefPayment = {
      id,
      student: index,
      policy: order.policy,
      term: order.term,
      fen,
      left,
      days: order.days ?? 0,
      paidOn: order.paidOn,
      returned: 0,
      reversed: false,
      school: at?.school ?? '',
      stage: at?.stage ?? '',
    };
    this.payments.push(payment);
    this.movements.push({ type: 'disbursed', payment, date: order.paidOn, parts: left, days: payment.days });
    return 'ok';
  }

  reverse(id: string): string {
    const payment = this.payments.find((p) => p.id === id);
    if (!payment) return 'payment-unknown';
    if (payment.reversed) return 'already-reversed';
    if (payment.returned > 0) return 'already-returned';
    this.movements.push({ type: 'reversed', payment, date: this.today, parts: payment.left, days: -payment.days });
    payment.reversed = true;
    payment.days = 0;
    return 'ok';
  }

  giveBack(id: string, fen: number | undefined, date: string): string {
    const payment = this.payments.find((p) => p.id === id);
    if (!payment) return 'payment-unknown';
    if (payment.reversed) return 'already-reversed';
    const left = payment.fen - payment.returned;
    const amount = fen ?? left;
    if (amount > left || left === 0) return 'return-exceeds-payment';
    if (amount === 0) return 'amount-invalid';
    if (date < payment.paidOn) return 'return-before-payment';
    if (date > this.today) return 'date-in-future';
    const back = share(
      amount,
      payment.left.map(([, part]) => part),
    );
    const parts = payment.left.map(([source], i): [string, number] => [source, back[i] ?? 0]);
    const days = amount === left ? -payment.days : 0;
    payment.left = payment.left.map(([source, part], i) => [source, part - (back[i] ?? 0)]);
    payment.returned += amount;
    payment.days += days;
    this.movements.push({ type: 'returned', payment, date, parts, days });
    return 'ok';
  }
}
