// The policy decider 政策: published, amended, withdrawn; what contradicts itself is refused.
import type { Benefit, PolicyAmended, PolicyPublished, PolicyTerms } from '../../src/policies/policy.events.js';
import {
  amend,
  excludes,
  policyDecider,
  publish,
  versionIn,
  withdraw,
  type PolicyDraft,
} from '../../src/policies/policy.js';
import { specOf, stateAfter } from './given.js';
import { draft, policy, terms, withdrawnFrom } from './policies.js';

const given = specOf(policyDecider);
const ID = 'living-subsidy';

const published = (...versions: PolicyTerms[]): PolicyPublished => ({
  type: 'PolicyPublished',
  data: { ...draft(), versions: versions.map((version, index) => ({ version: index + 1, ...version })) },
});

const amended = (version: number, changes: PolicyTerms, closes: PolicyAmended['data']['closes']): PolicyAmended => ({
  type: 'PolicyAmended',
  data: { policyId: ID, version: { version, ...changes }, closes },
});

const OLD = terms({ effectiveFrom: '2016-spring', benefit: { basis: 'per-year', amounts: [{ amount: '1000.00' }] } });
const OLD_UNTIL_2023 = { ...OLD, effectiveUntil: '2023-autumn' } as const;

describe('publishing', () => {
  test('numbers the versions in the order given', () => {
    given()
      .when((known) => publish(known, draft({ versions: [OLD_UNTIL_2023, terms()] })))
      .then(published(OLD_UNTIL_2023, terms()));
  });

  test('is refused a second time, whatever it says', () => {
    given(published(terms()))
      .when((known) => publish(known, draft({ versions: [] })))
      .rejects('policy-exists', { policyId: ID });
  });

  test('is refused where two of its versions share a term', () => {
    given()
      .when((known) => publish(known, draft({ versions: [OLD, terms()] })))
      .rejects('policy-version-overlaps', { version: 1 });
  });
});

describe('amending', () => {
  test('ends the open version with the term before', () => {
    given(published(OLD))
      .when((known) => amend(known, ID, terms()))
      .then(amended(2, terms(), { version: 1, effectiveUntil: '2023-autumn' }));
  });

  test('may be back-dated, far behind today', () => {
    const backDated = terms({ effectiveFrom: '2016-autumn' });
    given(published(OLD))
      .when((known) => amend(known, ID, backDated))
      .then(amended(2, backDated, { version: 1, effectiveUntil: '2016-spring' }));
  });

  test('may add terms before and after a version that has an end, and closes nothing', () => {
    const before = terms({ effectiveFrom: '2010-spring', effectiveUntil: '2015-autumn' });
    for (const version of [before, terms()])
      given(published(OLD_UNTIL_2023))
        .when((known) => amend(known, ID, version))
        .then(amended(2, version, null));
  });

  test('is refused in the term in which the open version begins', () => {
    given(published(OLD))
      .when((known) => amend(known, ID, terms({ effectiveFrom: '2016-spring' })))
      .rejects('policy-version-overlaps', { version: 1 });
  });

  test('is refused where it reaches into a version that has an end', () => {
    given(published(OLD_UNTIL_2023))
      .when((known) => amend(known, ID, terms({ effectiveFrom: '2023-autumn' })))
      .rejects('policy-version-overlaps', { version: 1 });
  });

  test('is refused before the open version unless it ends before that', () => {
    given(published(terms()))
      .when((known) => amend(known, ID, OLD))
      .rejects('policy-version-overlaps', { version: 1 });
  });

  test('the third version closes the second and leaves the first alone', () => {
    const third = terms({ effectiveFrom: '2026-autumn' });
    given(published(OLD), amended(2, terms(), { version: 1, effectiveUntil: '2023-autumn' }))
      .when((known) => amend(known, ID, third))
      .then(amended(3, third, { version: 2, effectiveUntil: '2026-spring' }));
  });

  test('is refused for a policy that nobody published', () => {
    given()
      .when((known) => amend(known, ID, terms()))
      .rejects('policy-unknown', { policyId: ID });
  });

  test('is refused for a withdrawn policy', () => {
    given(published(OLD), withdrawnFrom('2025-spring'))
      .when((known) => amend(known, ID, terms()))
      .rejects('policy-withdrawn', { policyId: ID });
  });
});

describe('withdrawing', () => {
  test('names the first term without the policy and the reason', () => {
    given(published(OLD))
      .when((known) => withdraw(known, ID, '2025-spring', '国家政策调整'))
      .then(withdrawnFrom('2025-spring'));
  });

  test('is refused a second time', () => {
    given(published(OLD), withdrawnFrom('2025-spring'))
      .when((known) => withdraw(known, ID, '2025-spring', '国家政策调整'))
      .rejects('policy-withdrawn', { policyId: ID });
  });

  test('is refused for a policy that nobody published', () => {
    given()
      .when((known) => withdraw(known, ID, '2025-spring', '国家政策调整'))
      .rejects('policy-unknown', { policyId: ID });
  });
});

describe('the version in force', () => {
  const both = policy(
    { versions: [OLD] },
    amended(2, terms(), { version: 1, effectiveUntil: '2023-autumn' }),
    withdrawnFrom('2026-spring'),
  );

  test.each([
    ['2015-autumn', undefined],
    ['2016-spring', 1],
    ['2023-autumn', 1],
    ['2024-spring', 2],
    ['2025-autumn', 2],
    ['2026-spring', undefined],
    ['2030-autumn', undefined],
  ] as const)('%s: %p', (term, version) => expect(versionIn(both, term)?.version).toBe(version));
});

test('a log in which a policy is changed before it is published is not read on', () => {
  const closes = { version: 1, effectiveUntil: '2023-autumn' } as const;
  for (const event of [withdrawnFrom('2025-spring'), amended(2, terms(), closes)])
    expect(() => stateAfter(policyDecider, [event])).toThrow(`${event.type} before PolicyPublished`);
});

test('exclusion holds both ways, whichever policy names it', () => {
  const nutrition = policy({ policyId: 'nutrition', exclusiveWith: ['snack'] });
  const [snack, other] = [policy({ policyId: 'snack' }), policy({ policyId: 'other' })];
  expect([excludes(nutrition, snack), excludes(snack, nutrition)]).toEqual([true, true]);
  expect([excludes(nutrition, other), excludes(snack, other)]).toEqual([false, false]);
});

describe('a policy that contradicts itself is refused', () => {
  const amounts = [{ amount: '1000.00' }];
  const benefit = (of: Benefit): Partial<PolicyDraft> => ({ versions: [terms({ benefit: of })] });
  const meals = (of: Benefit): Partial<PolicyDraft> => ({ kind: 'meals', ...benefit(of) });
  const funding = (...shares: [string, string][]): Partial<PolicyDraft> => ({
    versions: [terms({ funding: shares.map(([source, share]) => ({ source, share })) })],
  });
  const backwards = terms({ effectiveFrom: '2024-autumn', effectiveUntil: '2024-spring' });

  const CONTRADICTIONS: [string, Partial<PolicyDraft>][] = [
    ['effectiveUntil lies before effectiveFrom', { versions: [backwards] }],
    ['meals are counted per-day', meals({ basis: 'per-term', amounts })],
    ['meals are counted per-day', meals({ basis: 'actual-cost' })],
    ['actual-cost takes a cap, not amounts', benefit({ basis: 'actual-cost', amounts })],
    ['per-year needs amounts', benefit({ basis: 'per-year' })],
    ['per-term needs amounts', benefit({ basis: 'per-term' })],
    ['once needs amounts', benefit({ basis: 'once' })],
    ['only meals are counted per-day', benefit({ basis: 'per-day', amounts })],
    ['hardship any or none stands alone', { versions: [terms({ eligibility: { hardship: ['none', 'orphan'] } })] }],
    ['only actual-cost takes a cap', benefit({ basis: 'per-year', amounts, cap: '1000.00' })],
    ['only actual-cost takes a cap', meals({ basis: 'per-day', cap: '1000.00' })],
    ['only per-day takes daysPerTerm', benefit({ basis: 'per-term', amounts, daysPerTerm: 100 })],
    ['only per-day takes daysPerTerm', benefit({ basis: 'actual-cost', daysPerTerm: 100 })],
    ['two amounts for the same stage and level', benefit({ basis: 'once', amounts: [...amounts, ...amounts] })],
    ['funding shares do not sum to 1', funding(['central', '0.5'], ['district', '0.499999'])],
    ['funding shares do not sum to 1', funding(['central', '0.6'], ['district', '0.6'])],
    ['a funding source is named twice', funding(['central', '0.5'], ['central', '0.5'])],
    ['exclusiveWith and onTopOf both name x', { exclusiveWith: ['x'], onTopOf: ['x'] }],
    ['the policy names itself', { exclusiveWith: [ID] }],
    ['the policy names itself', { onTopOf: [ID] }],
  ];

  test.each(CONTRADICTIONS)('%s', (reason, changes) => {
    given()
      .when((known) => publish(known, draft(changes)))
      .rejects('policy-inconsistent', { reason });
  });

  test('also when it is amended', () => {
    given(published(OLD))
      .when((known) => amend(known, ID, terms({ benefit: { basis: 'once' } })))
      .rejects('policy-inconsistent', { reason: 'once needs amounts' });
  });

  const SOUND: [string, Partial<PolicyDraft>][] = [
    ['meals without a rate', meals({ basis: 'per-day' })],
    ['meals with a rate and a limit of days', meals({ basis: 'per-day', amounts, daysPerTerm: 100 })],
    ['actual cost with a cap', { kind: 'waiver', ...benefit({ basis: 'actual-cost', cap: '300.00' }) }],
    [
      'stages and levels side by side',
      benefit({ basis: 'once', amounts: [{ stage: 'primary', amount: '1' }, ...amounts] }),
    ],
    ['thirds of funding, to the sixth decimal', funding(['a', '0.333333'], ['b', '0.333333'], ['c', '0.333334'])],
    ['one term only', { versions: [terms({ effectiveUntil: '2024-spring' })] }],
  ];

  test.each(SOUND)('control: %s is published', (_, changes) => {
    expect(publish(null, draft(changes))).toHaveLength(1);
  });
});
