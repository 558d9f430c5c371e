// Terms 学期 and school years 学年: which days they hold, how they follow each other.
import fc from 'fast-check';
import {
  dayInTerm,
  daysOf,
  inForce,
  isSchoolYear,
  isTerm,
  ordinal,
  schoolYearOf,
  seasonOf,
  termAfter,
  termBefore,
  termOf,
  termsOf,
  termsOverlap,
  yearOf,
  type Term,
} from '../../src/core/term.js';
import { DEFAULT_CENSUS } from '../../src/schools/school.js';
import { property } from './property.js';

const terms = fc
  .tuple(fc.integer({ min: 1901, max: 2198 }), fc.constantFrom('autumn' as const, 'spring' as const))
  .map(([year, season]): Term => `${year}-${season}`);

test.each(['1900-autumn', '2026-spring', '2199-autumn'])('%s is a term', (term) => expect(isTerm(term)).toBe(true));

test.each([
  '1899-autumn',
  '2200-spring',
  '2026',
  '2026-summer',
  '2026-Autumn',
  '2026-autumn ',
  '26-autumn',
  2026,
  null,
])('%p is none', (term) => expect(isTerm(term)).toBe(false));

test.each([
  ['2023-2024', true],
  ['1999-2000', true],
  ['2023-2025', false],
  ['2024-2023', false],
  ['2023', false],
  ['1899-1900', false],
  [2023, false],
])('%p as a school year: %p', (text, is) => expect(isSchoolYear(text)).toBe(is));

test('autumn runs from 1 September to 31 January, spring from 1 February to 31 August', () => {
  expect(daysOf('2026-autumn')).toEqual({ from: '2026-09-01', until: '2027-01-31' });
  expect(daysOf('2027-spring')).toEqual({ from: '2027-02-01', until: '2027-08-31' });
});

test.each([
  ['2026-08-31', '2026-spring'],
  ['2026-09-01', '2026-autumn'],
  ['2026-12-31', '2026-autumn'],
  ['2027-01-01', '2026-autumn'],
  ['2027-01-31', '2026-autumn'],
  ['2027-02-01', '2027-spring'],
])('%s falls in %s', (day, term) => expect(termOf(day)).toBe(term));

test('a census day in January lies in the second calendar year of an autumn term', () => {
  expect(dayInTerm('2026-autumn', '10-31')).toBe('2026-10-31');
  expect(dayInTerm('2026-autumn', '01-15')).toBe('2027-01-15');
  expect(dayInTerm('2027-spring', '04-30')).toBe('2027-04-30');
});

property('the first and the last month-day of a term are days of it', [terms], (term) => {
  const { from, until } = daysOf(term);
  expect(dayInTerm(term, from.slice(5))).toBe(from);
  expect(dayInTerm(term, until.slice(5))).toBe(until);
});

test('terms follow each other in time, not in the alphabet', () => {
  expect(termBefore('2026-autumn')).toBe('2026-spring');
  expect(termBefore('2026-spring')).toBe('2025-autumn');
  expect(ordinal('2026-spring')).toBeLessThan(ordinal('2026-autumn'));
});

test('a school year is an autumn and the spring after it', () => {
  expect(termsOf('2023-2024')).toEqual(['2023-autumn', '2024-spring']);
  expect([schoolYearOf('2023-autumn'), schoolYearOf('2024-spring')]).toEqual(['2023-2024', '2023-2024']);
});

describe('spans of terms', () => {
  const span = { effectiveFrom: '2016-spring', effectiveUntil: '2023-autumn' } as const;

  test.each([
    ['2015-autumn', false],
    ['2016-spring', true],
    ['2023-autumn', true],
    ['2024-spring', false],
  ] as const)('%s: %p', (term, holds) => expect(inForce(span, term)).toBe(holds));

  test('without an end a span holds until further notice', () => {
    expect(inForce({ effectiveFrom: '2024-spring' }, '2199-autumn')).toBe(true);
    expect(inForce({ effectiveFrom: '2024-spring', effectiveUntil: null }, '2023-autumn')).toBe(false);
  });

  property('they overlap where they have a term in common', [terms, terms, terms, terms], (a, b, c, d) => {
    const [one, other] = [spanOf(a, b), spanOf(c, d)];
    const start = [one.effectiveFrom, other.effectiveFrom].sort((x, y) => ordinal(y) - ordinal(x))[0] ?? a;
    expect(termsOverlap(one, other)).toBe(inForce(one, start) && inForce(other, start));
    expect(termsOverlap(other, one)).toBe(termsOverlap(one, other));
  });
});

const spanOf = (a: Term, b: Term) =>
  ordinal(a) <= ordinal(b) ? { effectiveFrom: a, effectiveUntil: b } : { effectiveFrom: b, effectiveUntil: a };

property('the first and the last day of a term fall in it', [terms], (term) => {
  expect(termOf(daysOf(term).from)).toBe(term);
  expect(termOf(daysOf(term).until)).toBe(term);
});

property('the census days lie within their term', [terms], (term) => {
  expect(termOf(dayInTerm(term, DEFAULT_CENSUS[seasonOf(term)]))).toBe(term);
});

property('before undoes after; each step is the next ordinal', [terms], (term) => {
  expect(termBefore(termAfter(term))).toBe(term);
  expect(ordinal(termAfter(term))).toBe(ordinal(term) + 1);
  expect(isTerm(termAfter(term))).toBe(true);
});

property('one of the two terms of its school year is the term itself', [terms], (term) => {
  const year = schoolYearOf(term);
  expect(isSchoolYear(year)).toBe(true);
  expect(termsOf(year)).toContain(term);
  expect(`${yearOf(term)}-${seasonOf(term)}`).toBe(term);
});
