// Civil dates 日期: only days that exist, compared as text.
import fc from 'fast-check';
import { covers, dayBefore, fiscalYearOf, isCivilDate, overlap } from '../../src/core/civil-date.js';
import { property } from './property.js';

test.each(['2026-11-22', '2024-02-29', '2000-02-29', '1900-01-01', '2199-12-31', '2025-04-30'])('%s exists', (day) => {
  expect(isCivilDate(day)).toBe(true);
});

test.each([
  '2025-02-29',
  '1900-02-29',
  '2100-02-29',
  '2025-04-31',
  '2025-00-10',
  '2025-13-01',
  '2025-01-00',
  '2025-01-32',
  '1899-12-31',
  '2200-01-01',
  '2025-1-1',
  '2025/01/01',
  '20250101',
  '2025-01-01T00:00:00Z',
  '2025-01-01\n',
  '',
  20250101,
  null,
  undefined,
])('%p does not', (day) => {
  expect(isCivilDate(day)).toBe(false);
});

test.each([
  ['2024-03-01', '2024-02-29'],
  ['2025-03-01', '2025-02-28'],
  ['2100-03-01', '2100-02-28'],
  ['2025-01-01', '2024-12-31'],
  ['2025-05-01', '2025-04-30'],
  ['2025-09-10', '2025-09-09'],
])('the day before %s is %s', (day, before) => {
  expect(dayBefore(day)).toBe(before);
});

const DAY = 86_400_000;
const day = fc
  .integer({ min: Date.UTC(1900, 0, 2) / DAY, max: Date.UTC(2199, 11, 31) / DAY })
  .map((days) => new Date(days * DAY).toISOString().slice(0, 10));

property('every day of the calendar exists, and so does the one before it', [day], (date) => {
  expect(isCivilDate(date)).toBe(true);
  expect(dayBefore(date)).toBe(new Date(Date.parse(date) - DAY).toISOString().slice(0, 10));
});

describe('spans include both ends', () => {
  const term = { from: '2024-09-01', until: '2025-01-31' };

  test.each([
    ['2024-08-31', false],
    ['2024-09-01', true],
    ['2025-01-31', true],
    ['2025-02-01', false],
  ])('%s: %p', (date, inside) => {
    expect(covers(term, date)).toBe(inside);
  });

  test('without an end a span holds for ever', () => {
    expect(covers({ from: '2024-09-01' }, '2199-12-31')).toBe(true);
    expect(overlap({ from: '2024-09-01' }, { from: '2199-12-31' })).toBe(true);
  });

  test('spans that meet on one day overlap, neighbours do not', () => {
    expect(overlap(term, { from: '2025-01-31' })).toBe(true);
    expect(overlap(term, { from: '2025-02-01' })).toBe(false);
  });

  property('overlap is the same both ways, and means a day in common', [day, day, day, day], (a, b, c, d) => {
    const [one, other] = [spanOf(a, b), spanOf(c, d)];
    const lastStart = one.from > other.from ? one.from : other.from;
    expect(overlap(one, other)).toBe(covers(one, lastStart) && covers(other, lastStart));
    expect(overlap(other, one)).toBe(overlap(one, other));
  });
});

const spanOf = (a: string, b: string) => (a < b ? { from: a, until: b } : { from: b, until: a });

test('the budget year of a day is its calendar year', () => {
  expect([fiscalYearOf('2024-12-31'), fiscalYearOf('2025-01-01')]).toEqual([2024, 2025]);
});
