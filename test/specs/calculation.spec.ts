// What a policy gives 应发: halves of a year, rates by stage and level, days, caps; and how each line stands.
import fc from 'fast-check';
import { fromFen, toYuan, type Money } from '../../src/core/money.js';
import type { Term } from '../../src/core/term.js';
import { assess, lineOf, linesOf, totalsOf, type Assessment } from '../../src/entitlements/calculation.js';
import type { Benefit, Eligibility } from '../../src/policies/policy.events.js';
import type { StudentEvent } from '../../src/students/student.events.js';
import { bookOf, policy, terms, withdrawnFrom } from './policies.js';
import { determined, enrolled, fed, paid, pupilAfter, registered, returned, revoked } from './pupils.js';
import { property } from './property.js';

const FROM = '2019-autumn';
const pupil = [registered(), enrolled()];
const text = (money: Money | null): string | null => money && toYuan(money);

const paying = (benefit: Benefit, eligibility: Eligibility = {}) =>
  policy({
    kind: benefit.basis === 'per-day' ? 'meals' : 'subsidy',
    versions: [terms({ effectiveFrom: FROM, benefit, eligibility })],
  });

interface Case {
  past?: StudentEvent[];
  term?: Term;
  eligibility?: Eligibility;
}

function assessed(benefit: Benefit, { past = pupil, term = '2024-spring', eligibility = {} }: Case = {}): Assessment {
  const assessment = assess(pupilAfter(...past), paying(benefit, eligibility), term);
  if (!assessment) throw new Error('the policy is in force');
  return assessment;
}
const entitled = (benefit: Benefit, of: Case = {}): string | null => text(assessed(benefit, of).entitled);

describe('a yearly rate', () => {
  const yearly = (amount: string): Benefit => ({ basis: 'per-year', amounts: [{ amount }] });

  test.each([
    ['1250.00', '625.00', '625.00'],
    ['625.00', '312.50', '312.50'],
    ['0.01', '0.01', '0.00'],
    ['333.33', '166.67', '166.66'],
  ])('%s is paid as %s in autumn and %s in spring', (amount, autumn, spring) => {
    expect(entitled(yearly(amount), { term: '2023-autumn' })).toBe(autumn);
    expect(entitled(yearly(amount), { term: '2024-spring' })).toBe(spring);
  });

  test('says how it comes about', () => {
    expect(assessed(yearly('1250.00'))).toMatchObject({ arithmetic: '1250.00 / 2', days: null, rate: null });
  });

  property('its two halves add up to the year', [fc.integer({ min: 1, max: 10_000_000 })], (fen) => {
    const benefit = yearly(toYuan(fromFen(fen)));
    const [autumn, spring] = (['2023-autumn', '2024-spring'] as const).map(
      (term) => assessed(benefit, { term }).entitled,
    );
    expect(text(autumn?.plus(spring ?? 0) ?? null)).toBe(toYuan(fromFen(fen)));
  });
});

test('a rate per term and a grant paid once are the amount itself', () => {
  expect(entitled({ basis: 'per-term', amounts: [{ amount: '500.00' }] })).toBe('500.00');
  expect(entitled({ basis: 'once', amounts: [{ amount: '3000.00' }] })).toBe('3000.00');
});

describe('the rate that fits', () => {
  const amounts = [
    { amount: '1.00' },
    { stage: 'primary', amount: '2.00' },
    { level: 'tier-1', amount: '3.00' },
    { level: 'tier-2', amount: '4.00' },
    { stage: 'primary', level: 'tier-2', amount: '5.00' },
  ] as const;
  const levels = (...all: string[]) =>
    all.map((level, index) => determined('orphan', { determinationId: `determination-${index}`, level }));
  const rateOf = (past: StudentEvent[], eligibility: Eligibility = {}) =>
    entitled({ basis: 'per-term', amounts }, { past: [registered(), ...past], eligibility });
  const junior = enrolled({ stage: 'junior-secondary' });

  test.each([
    ['for all', [junior], '1.00'],
    ['for the stage', [enrolled()], '2.00'],
    ['for the level before the stage', [enrolled(), ...levels('tier-1')], '3.00'],
    ['for stage and level before all', [enrolled(), ...levels('tier-2')], '5.00'],
    ['for the level alone, at another stage', [junior, ...levels('tier-2')], '4.00'],
    ['of several levels the higher amount', [junior, ...levels('tier-1', 'tier-2')], '4.00'],
    ['for all, where the level is not in the list', [junior, ...levels('tier-9')], '1.00'],
  ] as [string, StudentEvent[], string][])('is the narrowest: %s', (_, past, amount) =>
    expect(rateOf(past)).toBe(amount),
  );

  test('a level counts only with a category that the policy asks for', () => {
    expect(rateOf([junior, ...levels('tier-2')], { hardship: ['orphan'] })).toBe('4.00');
    const both = [junior, ...levels('tier-2'), determined('tekun', { determinationId: 'determination-9' })];
    expect(rateOf(both, { hardship: ['tekun'] })).toBe('1.00');
  });

  test('where no rate is for the stage, nothing is due: the condition "rate" is not met', () => {
    const benefit: Benefit = { basis: 'per-year', amounts: [{ stage: 'junior-secondary', amount: '1500.00' }] };
    expect(assessed(benefit)).toMatchObject({ eligible: false, arithmetic: null });
    expect(assessed(benefit).because.filter(({ met }) => !met)).toEqual([
      { condition: 'rate', expected: [{ stage: 'junior-secondary' }], fact: 'primary', met: false },
    ]);
    expect(entitled(benefit)).toBe('0.00');
  });

  test('who is enrolled nowhere fails for that alone, not for the rate as well', () => {
    const unmet = assessed(
      { basis: 'per-year', amounts: [{ stage: 'primary', amount: '1.00' }] },
      { past: [registered()] },
    );
    expect(unmet.because.filter(({ met }) => !met).map(({ condition }) => condition)).toEqual(['enrolled']);
  });
});

describe('meals by the day', () => {
  const amounts = [{ amount: '5.00' }];

  test.each([
    ['rate and limit of days', { amounts, daysPerTerm: 100 }, '500.00', 100, '5.00', '5.00 × 100'],
    ['a rate without a limit', { amounts }, null, null, '5.00', '5.00 × days'],
    ['a limit without a rate', { daysPerTerm: 100 }, null, 100, null, null],
    ['neither', {}, null, null, null, null],
  ])('with %s', (_, of, money, days, rate, arithmetic) => {
    const found = assessed({ basis: 'per-day', ...of });
    expect([text(found.entitled), found.days, text(found.rate), found.arithmetic]).toEqual([
      money,
      days,
      rate,
      arithmetic,
    ]);
  });

  test('who is not eligible has no days, but the rate is known: an exception is valued by it', () => {
    const found = assessed({ basis: 'per-day', amounts, daysPerTerm: 100 }, { eligibility: { boarding: true } });
    expect([text(found.entitled), found.days, text(found.rate)]).toEqual(['0.00', 0, '5.00']);
    const once = assessed({ basis: 'once', amounts }, { eligibility: { boarding: true } });
    expect([text(once.entitled), text(once.rate)]).toEqual(['0.00', null]);
  });
});

test('actual cost has no limit, or its cap', () => {
  expect(entitled({ basis: 'actual-cost' })).toBeNull();
  expect(entitled({ basis: 'actual-cost', cap: '300.00' })).toBe('300.00');
  expect(assessed({ basis: 'actual-cost', cap: '300.00' }).arithmetic).toBe('actual cost ≤ 300.00');
});

describe('paid once', () => {
  const once: Benefit = { basis: 'once', amounts: [{ amount: '3000.00' }] };
  const before = paid({ amount: '3000.00', term: '2023-autumn' });

  test('names the terms in which it was granted', () => {
    const found = assessed(once, { past: [...pupil, before] });
    expect(found.eligible).toBe(false);
    expect(found.because.at(-1)).toEqual({
      condition: 'not-granted-before',
      expected: [],
      fact: ['2023-autumn'],
      met: false,
    });
  });

  test('its own term does not stand in its way, nor what came back', () => {
    expect(assessed(once, { past: [...pupil, before], term: '2023-autumn' }).eligible).toBe(true);
    expect(assessed(once, { past: [...pupil, before, returned('3000.00')] }).eligible).toBe(true);
  });
});

describe('a line', () => {
  const YEARLY: Benefit = { basis: 'per-year', amounts: [{ amount: '1250.00' }] };
  const CAPPED: Benefit = { basis: 'actual-cost', cap: '300.00' };
  const DAILY: Benefit = { basis: 'per-day', daysPerTerm: 100 };
  const HARDSHIP: Eligibility = { hardship: ['any'] };
  const poor = [...pupil, determined()];
  const lost = [...poor, paid(), revoked('2024-04-30')];
  const some = (amount: string) => paid({ amount });
  const meals = (days: number) => fed(days, { policyId: 'living-subsidy' });

  test.each([
    ['ineligible', YEARLY, HARDSHIP, pupil, '0.00'],
    ['due', YEARLY, HARDSHIP, poor, '625.00'],
    ['partly-paid', YEARLY, HARDSHIP, [...poor, some('312.50')], '312.50'],
    ['settled', YEARLY, HARDSHIP, [...poor, paid()], '0.00'],
    ['due', YEARLY, HARDSHIP, [...poor, paid(), returned('625.00')], '625.00'],
    ['overpaid', YEARLY, HARDSHIP, [...poor, some('625.01')], '-0.01'],
    ['overpaid', YEARLY, HARDSHIP, lost, '-625.00'],
    ['ineligible', YEARLY, HARDSHIP, [...lost, returned('625.00')], '0.00'],
    ['due', { basis: 'actual-cost' }, {}, pupil, null],
    ['settled', { basis: 'actual-cost' }, {}, [...pupil, some('87.65')], null],
    ['due', CAPPED, {}, pupil, '300.00'],
    ['partly-paid', CAPPED, {}, [...pupil, some('87.65')], '212.35'],
    ['settled', CAPPED, {}, [...pupil, some('300.00')], '0.00'],
    ['due', DAILY, {}, pupil, null],
    ['partly-paid', DAILY, {}, [...pupil, meals(99)], null],
    ['settled', DAILY, {}, [...pupil, meals(100)], null],
    ['settled', { basis: 'per-day' }, {}, [...pupil, meals(1)], null],
    ['overpaid', DAILY, HARDSHIP, [...pupil, meals(1)], '0.00'],
  ] as [string, Benefit, Eligibility, StudentEvent[], string | null][])(
    '%s',
    (status, benefit, eligibility, past, open) => {
      const line = lineOf(pupilAfter(...past).account, assessed(benefit, { past, eligibility }), '2024-spring');
      expect([line.status, text(line.outstanding)]).toEqual([status, open]);
    },
  );

  test('is drawn for each policy in force; sums count lines without a limit with what was given', () => {
    const waiver = policy({
      policyId: 'books',
      kind: 'waiver',
      versions: [terms({ benefit: { basis: 'actual-cost' } })],
    });
    const living = policy({ versions: [terms({ benefit: YEARLY })] });
    const gone = policy({ policyId: 'gone' }, withdrawnFrom('2024-spring', 'gone'));
    const books = paid({ paymentId: 'payment-2', policyId: 'books', kind: 'waiver', amount: '87.65' });
    const lines = linesOf(pupilAfter(...pupil, some('312.50'), books), bookOf(waiver, living, gone), '2024-spring');
    expect(lines.map(({ policy: { policyId }, status }) => [policyId, status])).toEqual([
      ['books', 'settled'],
      ['living-subsidy', 'partly-paid'],
    ]);
    const { entitled: all, netPaid, outstanding } = totalsOf(lines);
    expect([all, netPaid, outstanding].map(text)).toEqual(['712.65', '400.15', '312.50']);
  });

  test('of a policy withdrawn since shows what was paid as overpaid, and why; without money there is no line', () => {
    const gone = policy({}, withdrawnFrom('2024-spring'));
    const [line] = linesOf(pupilAfter(...pupil, paid()), bookOf(gone), '2024-spring');
    expect([line?.status, text(line?.entitled ?? null), text(line?.outstanding ?? null)]).toEqual([
      'overpaid',
      '0.00',
      '-625.00',
    ]);
    expect(line?.because[0]).toEqual({
      condition: 'in-force',
      expected: true,
      fact: { withdrawnFrom: '2024-spring' },
      met: false,
    });
    expect(linesOf(pupilAfter(...pupil, paid(), returned('625.00')), bookOf(gone), '2024-spring')).toEqual([]);
    expect(assess(pupilAfter(...pupil, paid()), gone, '2024-spring')).toBeNull();
  });

  test('shows nothing due while a policy that excludes it stands', () => {
    const snack = policy({
      policyId: 'snack',
      exclusiveWith: ['living-subsidy'],
      versions: [terms({ benefit: YEARLY })],
    });
    const living = policy({ versions: [terms({ benefit: YEARLY })] });
    const statuses = (...events: StudentEvent[]) =>
      linesOf(pupilAfter(...pupil, ...events), bookOf(snack, living), '2024-spring').map(({ status }) => status);
    expect(statuses()).toEqual(['due', 'due']);
    expect(statuses(paid())).toEqual(['ineligible', 'settled']);
    expect(statuses(paid(), returned('625.00'))).toEqual(['due', 'due']);
  });

  test('of a term that a later version left without law shows what was paid as overpaid', () => {
    const limited = policy({
      versions: [terms({ effectiveFrom: '2019-autumn', effectiveUntil: '2023-autumn', benefit: YEARLY })],
    });
    const [line] = linesOf(pupilAfter(...pupil, paid()), bookOf(limited), '2024-spring');
    expect([line?.status, line?.because[0]?.condition]).toEqual(['overpaid', 'in-force']);
  });

  test('is not drawn in a term without a version', () => {
    expect(assess(pupilAfter(...pupil), policy(), '2023-autumn')).toBeNull();
  });
});
