// Kept totals against the sums of the movements: random money, in batches of any size, asked for in every way.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LedgerEvent } from '../../src/core/event.js';
import { EVERYTHING, NOTHING, type Reach } from '../../src/core/reach.js';
import type { Term } from '../../src/core/term.js';
import { digestOf } from '../../src/read-models/digest.js';
import { under } from '../../src/read-models/projection.js';
import { paymentProjection } from '../../src/students/payment.projection.js';
import type { MoneyEvent, Place } from '../../src/students/student.events.js';
import { STUDENT_SCHOOL } from '../../src/students/student.projection.js';
import { Postgres } from '../../src/postgres/database.js';
import { PostgresTables } from '../../src/tables/postgres/postgres-tables.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import type { Tables } from '../../src/tables/tables.js';
import { askedOf, type Scope } from '../../src/totals/asked.js';
import { DIMENSION_NAMES, type Dimension } from '../../src/totals/dimensions.js';
import { KeptTotals } from '../../src/totals/kept-totals.view.js';
import { movementProjection } from '../../src/totals/movement.projection.js';
import type { Period } from '../../src/totals/period.js';
import { SummedTotals } from '../../src/totals/summed-totals.view.js';
import { BLOCK } from '../../src/totals/total.projection.js';
import { testWith } from '../support/missing.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';
import { newDirectory } from '../support/service.js';

const SEED = Number(process.env['AID_SEED'] ?? Date.now() % 2 ** 31);

const SCHOOLS: readonly Place[] = [
  { schoolId: '2137000001', districtId: 'east', stage: 'primary' },
  { schoolId: '2137000002', districtId: 'east', stage: 'primary' },
  { schoolId: '2137000003', districtId: 'west', stage: 'primary' },
];
const POLICIES = [
  {
    policyId: 'living',
    kind: 'subsidy',
    sources: [
      ['central', 'district'],
      ['district', 'central', 'lottery'],
    ],
  },
  { policyId: 'books', kind: 'waiver', sources: [['unspecified']] },
  // Meals without a rate: days, and no money.
  { policyId: 'meals', kind: 'meals', sources: [['central'], ['central', 'district']] },
] as const;
const STAGES = ['primary', 'junior-secondary'] as const;
const TERMS: readonly Term[] = ['2024-autumn', '2025-spring', '2025-autumn'];
const DAYS = ['2024-11-03', '2025-01-15', '2025-05-02', '2025-11-30', '2026-01-02'];
const STUDENTS = 5;

/** What happens, as numbers that pick: a payment, or something to one that was made before. */
interface Step {
  kind: number;
  student: number;
  policy: number;
  term: number;
  day: number;
  place: number;
  stage: number;
  fen: number;
  earlier: number;
  /** Events of others in between. */
  idle: number;
}

const histories = fc.array(
  fc.record<Step>({
    kind: fc.nat(9),
    student: fc.nat(STUDENTS - 1),
    policy: fc.nat(POLICIES.length - 1),
    term: fc.nat(TERMS.length - 1),
    day: fc.nat(DAYS.length - 1),
    place: fc.nat(9),
    stage: fc.nat(1),
    fen: fc.nat(3),
    earlier: fc.nat(100),
    idle: fc.nat(4),
  }),
  { minLength: 80, maxLength: 160, size: 'max' },
);

const pick = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

type Disbursed = Extract<MoneyEvent, { type: 'PaymentDisbursed' }>['data'];

const yuanOf = (fen: number): string => (fen / 100).toFixed(2);

function paymentOf(step: Step, serial: number): Disbursed {
  const { policyId, kind, sources } = pick(POLICIES, step.policy);
  const place =
    step.place < 9 ? { ...pick(schoolsOf(step.student), step.place), stage: pick(STAGES, step.stage) } : null;
  const parts = pick<readonly string[]>(sources, step.earlier).map((source, index) => ({
    source,
    amount: policyId === 'meals' ? '0.00' : yuanOf(step.fen * (index + 1)),
  }));
  return {
    paymentId: `p-${serial}`,
    studentId: `s-${step.student}`,
    policyId,
    policyVersion: 1,
    kind,
    term: pick(TERMS, step.term),
    amount: '0.00',
    ...(kind === 'meals' && { days: step.fen + 1 }),
    paidOn: pick(DAYS, step.day),
    method: 'card',
    reference: '',
    sources: parts,
    place,
    entitlement: { entitled: null, netPaid: '0.00', outstanding: null },
  };
}

/** One student was only ever in the west. */
const schoolsOf = (student: number): readonly Place[] => (student === 0 ? SCHOOLS.slice(2) : SCHOOLS);

/** What comes back, whole and with its days, or a fen of it. */
function movedBack({ paymentId, sources, days }: Disbursed, { kind, day }: Step): MoneyEvent {
  const date = pick(DAYS, day);
  const whole = { paymentId, amount: '0.00', sources, ...(days && { days }) };
  if (kind === 8) return { type: 'PaymentReversed', data: { ...whole, reversedOn: date, reason: '' } };
  const part = sources.map(({ source, amount }) => ({ source, amount: amount === '0.00' ? amount : '0.01' }));
  const data = kind === 9 ? whole : { ...whole, sources: part, days: 0 };
  return { type: 'PaymentReturned', data: { ...data, returnedOn: date, cause: 'bank-refused', reference: '' } };
}

/** Dates and sums need not make sense: whatever stands in the log is counted in one way. */
function eventsOf(steps: readonly Step[], strays = true): LedgerEvent[] {
  const list = strays ? steps : steps.map((step) => ({ ...step, place: step.place % 9 }));
  const payments: Disbursed[] = [];
  let position = 0;
  return list.flatMap((step) => {
    position += step.idle + 1;
    const origin = step.kind > 6 && payments.length > 0 ? pick(payments, step.earlier) : undefined;
    if (origin) return [at(position, movedBack(origin, step))];
    const payment = paymentOf(step, payments.length);
    payments.push(payment);
    return [at(position, { type: 'PaymentDisbursed', data: payment })];
  });
}

const at = (position: number, event: MoneyEvent): LedgerEvent => ({
  ...event,
  position,
  stream: 'student-any',
  id: `e-${position}`,
  revision: 0,
  recordedAt: '',
  hash: '',
  meta: { actor: { id: '', role: '', name: '' }, commandId: '', fingerprint: '', requestId: '' },
});

const PERIODS: readonly Period[] = [
  { fiscalYear: 2024 },
  { fiscalYear: 2025 },
  { fiscalYear: 2026 },
  { schoolYear: '2024-2025' },
  { schoolYear: '2025-2026' },
  { term: '2025-spring' },
];

const within = (bounds: Partial<typeof NOTHING>): Reach => ({ ...NOTHING, ...bounds });

const SCOPES: readonly Scope[] = [
  { reach: EVERYTHING },
  { reach: EVERYTHING, districtId: 'east' },
  { reach: EVERYTHING, districtId: 'unknown' },
  { reach: EVERYTHING, schoolId: '2137000003' },
  { reach: EVERYTHING, schoolId: '2137000003', districtId: 'east' },
  { reach: EVERYTHING, policyId: 'living' },
  { reach: EVERYTHING, districtId: 'west', policyId: 'meals' },
  { reach: within({ districts: ['east'] }) },
  { reach: within({ districts: ['east'] }), districtId: 'east' },
  { reach: within({ districts: ['east'] }), districtId: 'west' },
  { reach: within({ districts: ['east'] }), schoolId: '2137000002' },
  { reach: within({ districts: ['east'] }), schoolId: '2137000003' },
  { reach: within({ schools: ['2137000001'] }) },
  { reach: within({ schools: ['2137000001'] }), districtId: 'east' },
  { reach: within({ districts: ['east', 'west'] }) },
];
const GROUPINGS: readonly (readonly Dimension[])[] = [[], ...DIMENSION_NAMES.map((name) => [name])];

const TABLES = [...paymentProjection.tables, ...movementProjection.tables, STUDENT_SCHOOL];

const BELONGINGS = Array.from({ length: STUDENTS }, (_, student) =>
  schoolsOf(student).map(({ schoolId, districtId }) => ({
    student_id: `s-${student}`,
    school_id: schoolId,
    district_id: districtId,
    area: '',
  })),
).flat();

/** Views of some events, applied so many at a time. */
async function viewsOf(tables: Tables, events: readonly LedgerEvent[], size: number): Promise<void> {
  await tables.create(TABLES);
  await tables.transaction(async (rows) => {
    for (const { name } of TABLES) await rows.query(`delete from ${name}`);
    await rows.put(STUDENT_SCHOOL, BELONGINGS);
  });
  for (let from = 0; from < events.length; from += size)
    await tables.transaction(async (transaction) => {
      const rows = under(transaction, '');
      const batch = events.slice(from, from + size);
      for (const projection of [paymentProjection, movementProjection]) await projection.apply(batch, rows);
    });
}

interface Tally {
  kept: number;
  /** Asked for a place whose totals hold money without one. */
  summed: number;
}

/** Kept and summed totals are the same; where neither is kept, the movements are asked. */
async function compare(tables: Tables, tally: Tally): Promise<void> {
  const [kept, summed] = [new KeptTotals(tables), new SummedTotals(tables)];
  for (const period of PERIODS)
    for (const scope of SCOPES)
      for (const by of GROUPINGS) {
        const told = await kept.told(period, by, scope);
        if (told) tally.kept++;
        else if (askedOf(period, by, scope)) tally.summed++;
        if (!told) continue;
        const { whole = [0, 0, 0, 0, 0], groups } = told;
        expect({ period, scope, by, whole, groups }).toEqual({
          period,
          scope,
          by,
          ...(await summed.told(period, by, scope)),
        });
      }
}

type Opened = [tables: Tables, close: () => Promise<void>];

async function openSqlite(): Promise<Opened> {
  const directory = newDirectory();
  const tables = new SqliteTables(join(directory, 'views.db'));
  return [tables, async () => (await tables.close(), rmSync(directory, { recursive: true, force: true }))];
}

async function openPostgres(): Promise<Opened> {
  const tables = new PostgresTables(new Postgres(await newDatabase(sharedPostgres() ?? ''), { schema: 'aid' }));
  return [tables, () => tables.close()];
}

/** Of batches; lines are kept by blocks, wherever a batch ends. */
const sizes = fc.integer({ min: 1, max: 3 * BLOCK });

async function check(open: () => Promise<Opened>, runs: number): Promise<void> {
  const [tables, close] = await open();
  const tally: Tally = { kept: 0, summed: 0 };
  let run = 0;
  try {
    const property = fc.asyncProperty(histories, sizes, async (list, size) => {
      // Every other time all money has a place, and the lines of a district or a school answer.
      const events = eventsOf(list, run++ % 2 === 0);
      await viewsOf(tables, events, size);
      const digest = await digestOf(tables, movementProjection.tables);
      await compare(tables, tally);
      await viewsOf(tables, events, 1000);
      expect(await digestOf(tables, movementProjection.tables)).toBe(digest);
    });
    await fc.assert(property, { seed: SEED, numRuns: runs, endOnFailure: true });
  } finally {
    await close();
  }
  expect(tally.kept).toBeGreaterThan(runs * 100);
  expect(tally.summed).toBeGreaterThan(0);
}

test(
  `on SQLite kept totals are what the movements add up to, however they came (AID_SEED=${SEED})`,
  () => check(openSqlite, 12),
  300_000,
);

testWith(sharedPostgres() !== undefined, 'PostgreSQL')(
  `on PostgreSQL too, behind its wall (AID_SEED=${SEED})`,
  () => check(openPostgres, 4),
  300_000,
);

test('control: a fen too many in the lines is noticed', async () => {
  const [tables, close] = await openSqlite();
  const [list = []] = fc.sample(histories, { numRuns: 1, seed: 5 });
  await viewsOf(tables, eventsOf(list), 1000);
  await compare(tables, { kept: 0, summed: 0 });
  await tables.transaction((rows) => rows.query(`update total set body = replace(body, '{"whole":[', '{"whole":[1')`));
  await expect(compare(tables, { kept: 0, summed: 0 })).rejects.toThrow(/toEqual/);
  await close();
});
