// Every query of the office against the reference.
import { EVERYTHING } from '../../src/core/reach.js';
import { termsOf, type SchoolYear, type Term } from '../../src/core/term.js';
import type { Dimension } from '../../src/totals/dimensions.js';
import type { Period } from '../../src/totals/period.js';
import type { Scope } from '../../src/totals/totals.view.js';
import type { RefMovement } from './reference.js';
import type { ModelRun } from './run.js';
import { grouped, piecesOf, total, type RefTotals } from './totals.js';
import { SCHOOLS, TERMS, yuan } from './world.js';

const signed = (fen: number): string => (fen < 0 ? `-${yuan(-fen)}` : yuan(fen));

const shown = ({ amount, disbursed, returned, reversed, personTimes, persons }: RefTotals) => ({
  amount: signed(amount),
  disbursed: yuan(disbursed),
  returned: yuan(returned),
  reversed: yuan(reversed),
  personTimes,
  persons,
});

const PERIODS: readonly Period[] = [
  { fiscalYear: 2024 },
  { fiscalYear: 2025 },
  { fiscalYear: 2026 },
  { schoolYear: '2024-2025' },
  { schoolYear: '2025-2026' },
  { term: '2025-autumn' },
  { from: '2025-03-15', to: '2026-02-20' },
];

const GROUPINGS: readonly (readonly Dimension[])[] = [
  [],
  ['policy'],
  ['kind', 'stage'],
  ['school'],
  ['district', 'term'],
  ['source', 'policy'],
  ['month'],
];

function isWithin(period: Period, { date, payment }: RefMovement): boolean {
  if ('fiscalYear' in period) return Number(date.slice(0, 4)) === period.fiscalYear;
  if ('schoolYear' in period) return termsOf(period.schoolYear).includes(payment.term as Term);
  if ('term' in period) return payment.term === period.term;
  return period.from <= date && date <= period.to;
}

export async function compareAll(run: ModelRun, pick: number): Promise<void> {
  await run.books.freshness.current();
  await compareEntitlements(run);
  await compareHistories(run);
  await compareRegister(run);
  await comparePopulation(run, TERMS[pick % TERMS.length] ?? '2025-autumn');
  await compareTotals(run, pick);
  await compareBridge(run, 2025, '2024-2025');
  await compareBridge(run, 2025, '2025-2026');
}

function expectedLines(run: ModelRun, student: number, term: Term) {
  const { reference } = run;
  return reference.policies.flatMap((policy) => {
    const version = reference.version(policy.id, term);
    const payments = reference.paymentsOf(student, policy.id, term);
    const net = reference.net(payments);
    const days = reference.days(payments);
    const stands = net > 0 || days > 0;
    // Money for a term in which nothing is in force (any more) stays visible, and is to be recovered.
    if (!version)
      return stands
        ? [
            {
              policyId: policy.id,
              eligible: false,
              due: false,
              entitled: '0.00',
              netPaid: yuan(net),
              outstanding: signed(-net),
            },
          ]
        : [];
    const earlier =
      version.basis === 'once' &&
      reference.paymentsOf(student, policy.id).some((p) => p.term !== term && !p.reversed && p.fen > p.returned);
    const rivals = reference.policies.filter(
      (p) => p.exclusiveWith.includes(policy.id) || policy.exclusiveWith.includes(p.id),
    );
    const excluded =
      !stands &&
      rivals.some((p) => {
        const of = reference.paymentsOf(student, p.id, term);
        return reference.net(of) > 0 || reference.days(of) > 0;
      });
    const eligible = reference.eligible(student, version, term) && !earlier && !excluded;
    const entitled = eligible ? reference.entitled(student, version, term) : 0;
    const outstanding = entitled === null ? null : entitled - net;
    return [
      {
        policyId: policy.id,
        eligible,
        due: eligible && !stands && entitled !== 0,
        entitled: entitled === null ? null : yuan(entitled),
        netPaid: yuan(net),
        outstanding: outstanding === null ? null : signed(outstanding),
      },
    ];
  });
}

async function compareEntitlements(run: ModelRun): Promise<void> {
  for (const [student, studentId] of run.studentIds.entries())
    for (const { term, lines } of await run.books.views.entitlements.ofStudent(studentId, TERMS, {
      reach: EVERYTHING,
      includeIneligible: true,
    })) {
      const found = lines.map(({ policyId, because, status, entitled, netPaid, outstanding }) => ({
        policyId,
        eligible: because.every(({ met }) => met),
        due: status === 'due',
        entitled,
        netPaid,
        outstanding,
      }));
      const byId = (a: { policyId: string }, b: { policyId: string }): number => (a.policyId < b.policyId ? -1 : 1);
      expect({ student, term, lines: found.sort(byId) }).toEqual({
        student,
        term,
        lines: expectedLines(run, student, term).sort(byId),
      });
    }
}

async function compareHistories(run: ModelRun): Promise<void> {
  for (const [student, studentId] of run.studentIds.entries()) {
    const items = await run.books.views.history.of(studentId, { reach: EVERYTHING, audits: true });
    expect(items.map(({ type }) => type)).toEqual(run.eventTypes[student]);
  }
}

async function compareRegister(run: ModelRun): Promise<void> {
  const { items } = await run.books.views.payments.page({ limit: 500, after: undefined }, {}, EVERYTHING);
  const expected = run.reference.payments.toReversed().map((p) => ({
    paymentId: p.id,
    studentId: run.studentIds[p.student],
    amount: yuan(p.fen),
    returned: yuan(p.returned),
    state: p.reversed
      ? 'reversed'
      : p.returned === 0
        ? 'disbursed'
        : p.returned === p.fen
          ? 'returned'
          : 'partly-returned',
    schoolId: p.school,
  }));
  const found = items.map(({ paymentId, studentId, amount, returned, state, schoolId }) => ({
    paymentId,
    studentId,
    amount,
    returned,
    state,
    schoolId,
  }));
  expect(found).toEqual(expected);
}

async function comparePopulation(run: ModelRun, term: Term): Promise<void> {
  const expected = run.studentIds.flatMap((studentId, student) =>
    expectedLines(run, student, term)
      .filter(({ due }) => due)
      .map(({ policyId }) => `${studentId}|${policyId}`),
  );
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = await run.books.views.entitlements.population(
      { term, status: 'due' },
      { limit: 7, after },
      EVERYTHING,
    );
    found.push(...page.items.map(({ studentId, policyId }) => `${studentId}|${policyId}`));
    after = page.nextCursor === null ? undefined : Buffer.from(page.nextCursor, 'base64url').toString();
  } while (after !== undefined);
  expect(found).toEqual(expected.sort());
}

async function compareTotals(run: ModelRun, pick: number): Promise<void> {
  const kinds = new Map(run.reference.policies.map(({ id, kind }) => [id, kind]));
  const knownAt = run.positions[pick % Math.max(run.positions.length, 1)];
  const scopes: Scope[] = [
    { reach: EVERYTHING },
    { reach: EVERYTHING, schoolId: SCHOOLS[pick % 2]?.schoolId ?? '' },
    { reach: EVERYTHING, policyId: 'living' },
    { reach: EVERYTHING, ...(knownAt !== undefined && { knownAt }) },
  ];
  for (const [at, period] of PERIODS.entries())
    for (const scope of [scopes[0], scopes[(at + pick) % scopes.length]].filter((one) => one !== undefined)) {
      const movements = run.reference.movements.filter(
        (movement, index) =>
          isWithin(period, movement) &&
          (scope.schoolId === undefined || movement.payment.school === scope.schoolId) &&
          (scope.policyId === undefined || movement.payment.policy === scope.policyId) &&
          (scope.knownAt === undefined || (run.positions[index] ?? 0) <= scope.knownAt),
      );
      const by = GROUPINGS[(at + pick) % GROUPINGS.length] ?? [];
      const answer = await run.books.views.totals.totals(period, by, scope);
      const pieces = piecesOf(movements);
      expect({ period, scope, total: answer.total }).toEqual({ period, scope, total: shown(total(pieces)) });
      if (by.length === 0) continue;
      const rows = new Map(answer.rows.map((row) => [labelsOf(row, by), figuresOf(row)]));
      const expected = new Map([...grouped(pieces, by, kinds)].map(([key, figures]) => [key, shown(figures)]));
      expect({ period, by, rows }).toEqual({ period, by, rows: expected });
    }
}

const LABEL = { policy: 'policyId', school: 'schoolId', district: 'districtId' } as Record<string, string>;

const labelsOf = (row: object, by: readonly string[]): string =>
  by.map((name) => String((row as Record<string, unknown>)[LABEL[name] ?? name] ?? '')).join('|');

const figuresOf = ({ amount, disbursed, returned, reversed, personTimes, persons }: Record<string, unknown>) => ({
  amount,
  disbursed,
  returned,
  reversed,
  personTimes,
  persons,
});

async function compareBridge(run: ModelRun, fiscalYear: number, schoolYear: SchoolYear): Promise<void> {
  const bridge = await run.books.views.totals.bridge(
    fiscalYear,
    schoolYear,
    { limit: 500, after: undefined },
    EVERYTHING,
  );
  const fenOf = (period: Period): number =>
    total(piecesOf(run.reference.movements.filter((movement) => isWithin(period, movement)))).amount;
  const [fiscal, school] = [fenOf({ fiscalYear }), fenOf({ schoolYear })];
  expect(bridge).toMatchObject({
    fiscalYear: { amount: signed(fiscal) },
    schoolYear: { amount: signed(school) },
    difference: signed(fiscal - school),
    entryCount: bridge.items.length,
  });
  const effects = bridge.items.reduce((sum, { effect }) => sum + Math.round(Number(effect) * 100), 0);
  expect(effects).toBe(fiscal - school);
}
