// Money 金额: yuan as text, fen in SQL, and division that adds up to the fen.
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import {
  apportion,
  fenOf,
  fenText,
  fromFen,
  isYuanText,
  sum,
  toFen,
  toYuan,
  yuan,
  ZERO,
} from '../../src/core/money.js';
import { property } from './property.js';

describe('yuan as text', () => {
  test.each(['0', '0.0', '0.00', '0.5', '7', '312.5', '312.50', '20000000', '99999999.99'])('%s is read', (text) => {
    expect(isYuanText(text)).toBe(true);
  });

  test.each([
    ['empty', ''],
    ['a leading zero', '01.00'],
    ['a sign', '-1.00'],
    ['a plus', '+1.00'],
    ['three decimals', '1.005'],
    ['a bare point', '1.'],
    ['no digit before the point', '.50'],
    ['an exponent', '1e3'],
    ['a thousands comma', '1,000.00'],
    ['a decimal comma', '312,50'],
    ['a blank', ' 1.00'],
    ['a line end', '1.00\n'],
    ['full-width digits', '\uFF13\uFF11\uFF12'],
    ['a unit', '312.50元'],
    ['not a number', 'NaN'],
    ['without end', 'Infinity'],
    ['thirteen digits', '1000000000000'],
    ['a number', 312.5],
    ['nothing', null],
    ['absent', undefined],
  ])('%s is refused', (_, value) => {
    expect(isYuanText(value)).toBe(false);
  });

  property(
    'and fen are each other, the short way as through a decimal',
    [fc.integer({ min: -9_999_999_999, max: 9_999_999_999 })],
    (fen) => {
      expect(fenText(fen)).toBe(toYuan(fromFen(fen)));
      expect(fenOf(fenText(fen))).toBe(fen);
      expect(toFen(yuan(fenText(fen)))).toBe(fen);
    },
  );

  test('is always written with two decimals', () => {
    expect(['0', '312.5', '1250'].map((text) => toYuan(yuan(text)))).toEqual(['0.00', '312.50', '1250.00']);
  });

  property('yuan → fen → yuan changes nothing', [fc.integer({ min: 0, max: 9_999_999_999 })], (fen) => {
    const text = toYuan(fromFen(fen));
    expect(isYuanText(text)).toBe(true);
    expect(toFen(yuan(text))).toBe(fen);
  });
});

test('a sum of tenths is exact, and of nothing it is zero', () => {
  expect(toYuan(sum(['0.10', '0.20'].map(yuan)))).toBe('0.30');
  expect(sum([]).equals(ZERO)).toBe(true);
});

const split = (amount: string, ...weights: string[]): string[] =>
  apportion(yuan(amount), weights.map(yuan)).map(toYuan);

describe('apportion', () => {
  test.each([
    ['halves', '625.00', ['0.5', '0.5'], ['312.50', '312.50']],
    ['an odd fen goes to the first of equals', '0.01', ['0.5', '0.5'], ['0.01', '0.00']],
    ['three thirds', '100.00', ['1', '1', '1'], ['33.34', '33.33', '33.33']],
    ['the largest remainder first, not the largest part', '0.10', ['0.18', '0.51', '0.31'], ['0.02', '0.05', '0.03']],
    ['nothing', '0.00', ['0.5', '0.5'], ['0.00', '0.00']],
    ['all of it', '3.00', ['1.00', '2.00'], ['1.00', '2.00']],
    ['a part that is used up gets nothing', '1.00', ['0.00', '2.00'], ['0.00', '1.00']],
  ])('%s', (_, amount, weights, parts) => {
    expect(split(amount, ...weights)).toEqual(parts);
  });

  const fen = fc.integer({ min: 0, max: 9_999_999_999 });
  const weights = fc.array(fen, { minLength: 1, maxLength: 5 }).filter((all) => all.some((weight) => weight > 0));

  property('parts add up to the fen and none is negative', [fen, weights], (amount, all) => {
    const parts = apportion(fromFen(amount), all.map(fromFen));
    expect(toFen(sum(parts))).toBe(amount);
    expect(parts.every((part) => part.gte(0) && toFen(part) % 1 === 0)).toBe(true);
  });

  property('each part is within a fen of its exact share', [fen, weights], (amount, all) => {
    const precise = Decimal.clone({ precision: 60 });
    const whole = all.reduce((total, weight) => total.plus(weight), new precise(0));
    for (const [index, part] of apportion(fromFen(amount), all.map(fromFen)).entries()) {
      const exact = new precise(amount).times(all[index] ?? 0).dividedBy(whole);
      expect(exact.minus(toFen(part)).abs().lt(1)).toBe(true);
    }
  });

  property(
    'no part exceeds its weight where the amount does not exceed their sum',
    [weights, fc.double({ min: 0, max: 1, noNaN: true })],
    (all, share) => {
      const amount = Math.floor(all.reduce((total, weight) => total + weight, 0) * share);
      const parts = apportion(fromFen(amount), all.map(fromFen));
      expect(parts.every((part, index) => toFen(part) <= (all[index] ?? 0))).toBe(true);
    },
  );
});
