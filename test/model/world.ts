// The small world of the model: policies in the office's shape and in the reference's, commands, and how to run both.
import fc from 'fast-check';
import type { Term } from '../../src/core/term.js';
import type { PolicyTerms } from '../../src/policies/policy.events.js';
import type { PolicyDraft } from '../../src/policies/policy.js';
import type { RefPolicy, RefVersion } from './reference.js';

export const TODAY = '2026-06-30';
export const TERMS: readonly Term[] = ['2024-autumn', '2025-spring', '2025-autumn', '2026-spring'];
export const CATEGORIES = ['dibao-rural', 'dibao-urban-rural', 'orphan', 'family-economic-hardship'];
export const SCHOOLS = [
  { schoolId: '2137000001', setting: 'rural' },
  { schoolId: '2137000002', setting: 'urban' },
] as const;

const yuan = (fen: number): string => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;

const STAGE = ['primary', 'junior-secondary'] as const;

const version = (changes: Partial<RefVersion>): RefVersion => ({
  from: '2024-autumn',
  until: null,
  stages: [...STAGE],
  basis: 'year',
  shares: [['unspecified', 100]],
  ...changes,
});

/** Fresh policies for a run: the reference changes them in place. */
export const newPolicies = (): RefPolicy[] => [
  {
    id: 'living',
    kind: 'subsidy',
    exclusiveWith: [],
    versions: [
      version({
        hardship: 'any',
        boarding: true,
        setting: 'rural',
        rates: { primary: 100_001, 'junior-secondary': 125_000 },
        shares: [
          ['central', 50],
          ['district', 50],
        ],
      }),
    ],
  },
  {
    id: 'supplement',
    kind: 'subsidy',
    exclusiveWith: [],
    versions: [version({ hardship: ['dibao-urban-rural'], boarding: true, rates: { '*': 100_000 } })],
  },
  { id: 'books', kind: 'waiver', exclusiveWith: [], versions: [version({ basis: 'cost', cap: 30_000 })] },
  { id: 'uncapped', kind: 'waiver', exclusiveWith: [], versions: [version({ basis: 'cost', from: '2025-autumn' })] },
  {
    id: 'once',
    kind: 'grant',
    exclusiveWith: [],
    versions: [
      version({
        basis: 'once',
        hardship: ['orphan', 'dibao-urban-rural'],
        rates: { '*': 300_000 },
        shares: [
          ['central', 30],
          ['province', 30],
          ['lottery', 40],
        ],
      }),
    ],
  },
  {
    id: 'nutrition',
    kind: 'meals',
    exclusiveWith: ['snack'],
    versions: [version({ basis: 'day', hardship: 'any', rates: { '*': 500 }, days: 100 })],
  },
  { id: 'snack', kind: 'meals', exclusiveWith: [], versions: [version({ basis: 'day', setting: 'rural', days: 100 })] },
];

const BASES = { year: 'per-year', once: 'once', day: 'per-day', cost: 'actual-cost' } as const;

/** The same version as the office is told it. */
export const termsOf = (v: RefVersion): PolicyTerms => ({
  effectiveFrom: v.from as Term,
  effectiveUntil: v.until as Term | null,
  eligibility: {
    stages: v.stages as ('primary' | 'junior-secondary')[],
    ...(v.hardship && { hardship: Array.isArray(v.hardship) ? v.hardship : [v.hardship] }),
    ...(v.boarding !== undefined && { boarding: v.boarding }),
    ...(v.setting && { setting: v.setting as 'rural' | 'urban' }),
  },
  benefit: {
    basis: BASES[v.basis],
    ...(v.rates && {
      amounts: Object.entries(v.rates).map(([stage, fen]) => ({
        ...(stage !== '*' && { stage: stage as 'primary' | 'junior-secondary' }),
        amount: yuan(fen),
      })),
    }),
    ...(v.days !== undefined && { daysPerTerm: v.days }),
    ...(v.cap !== undefined && { cap: yuan(v.cap) }),
  },
  ...(v.shares[0]?.[0] !== 'unspecified' && {
    funding: v.shares.map(([source, percent]) => ({ source, share: String(percent / 100) })),
  }),
  legal: { document: 'Model' },
});

export const draftOf = ({ id, kind, exclusiveWith, versions }: RefPolicy): PolicyDraft => ({
  policyId: id,
  name: { zh: id, en: id },
  kind,
  exclusiveWith,
  onTopOf: [],
  versions: versions.map(termsOf),
});

export type ModelCommand =
  | { do: 'register' }
  | {
      do: 'enrol';
      student: number;
      school: number;
      stage: number;
      boarding: boolean;
      from: string;
      until?: string | undefined;
    }
  | { do: 'depart'; student: number; date: string }
  | { do: 'determine'; student: number; category: number; from: string }
  | { do: 'revoke'; student: number; which: number; from: string }
  | {
      do: 'record';
      student: number;
      policy: number;
      term: number;
      fen: number;
      days: number;
      odd: number;
      paidOn: string;
    }
  | { do: 'reverse'; which: number }
  | { do: 'return'; which: number; fen: number | undefined; date: string }
  | { do: 'amend'; policy: number; from: number; until: number; factor: number }
  | { do: 'again'; which: number };

const index = fc.nat(999);
const day = (from: string, to: string) =>
  fc
    .integer({ min: Date.parse(from) / 86_400_000, max: Date.parse(to) / 86_400_000 })
    .map((days) => new Date(days * 86_400_000).toISOString().slice(0, 10));

const amounts = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(10_000, 20_000, 31_250, 50_000, 50_001, 62_500, 100_000, 300_000, 1) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 70_000 }) },
);

export const commands: fc.Arbitrary<ModelCommand> = fc.oneof(
  { weight: 1, arbitrary: fc.constant<ModelCommand>({ do: 'register' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('enrol' as const),
      student: index,
      school: fc.nat(1),
      stage: fc.nat(1),
      boarding: fc.boolean(),
      from: day('2024-07-01', '2026-03-31'),
      until: fc.option(day('2024-10-01', '2026-08-31'), { nil: undefined, freq: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('depart' as const), student: index, date: day('2024-09-01', '2026-06-30') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('determine' as const),
      student: index,
      category: fc.nat(3),
      from: day('2024-07-01', '2026-05-31'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('revoke' as const),
      student: index,
      which: index,
      from: day('2024-09-01', '2026-06-30'),
    }),
  },
  {
    weight: 20,
    arbitrary: fc.record({
      do: fc.constant('record' as const),
      student: index,
      policy: fc.nat(7),
      term: fc.nat(4),
      fen: amounts,
      days: fc.integer({ min: 0, max: 60 }),
      odd: fc.nat(40),
      paidOn: day('2024-09-01', '2026-07-01'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('reverse' as const), which: index }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('return' as const),
      which: index,
      fen: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined, freq: 2 }),
      date: day('2025-01-01', '2026-07-01'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('amend' as const),
      policy: index,
      from: fc.nat(3),
      until: fc.nat(4),
      factor: fc.constantFrom(1, 2, 3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('again' as const), which: index }) },
);

export { yuan };
