// Money in yuan. Decimal in the rules, two-decimal text in events and JSON, whole fen in SQL. Never a float.
import { Decimal } from 'decimal.js';

export type Money = Decimal;

/** Money as it is written in events and JSON: yuan with exactly two decimals, e.g. `"312.50"`. */
export type YuanText = string;

export const ZERO: Money = new Decimal(0);

/** At most 99,999,999.99 yuan, at most two decimals, no sign, no exponent. */
const YUAN = /^(0|[1-9]\d{0,7})(\.\d{1,2})?$/;

export const isYuanText = (value: unknown): value is YuanText => typeof value === 'string' && YUAN.test(value);

/** Reads yuan text that our own code or a validated request wrote. */
export const yuan = (text: YuanText): Money => new Decimal(text);

export const toYuan = (money: Money): YuanText => money.toFixed(2);

/** Whole fen, for SQL only. A payment stays below 10^10 fen, so sums of 900,000 of the largest stay below 2^53. */
export const toFen = (money: Money): number => money.times(100).toNumber();

/** The same of text as events have it, without the way through a decimal: its digits are the fen. */
export const fenOf = (text: YuanText): number => Number(text.replace('.', ''));

/** Whole fen as text in yuan, the same short way. */
export const fenText = (fen: number): YuanText => {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

export const fromFen = (fen: number): Money => new Decimal(fen).dividedBy(100);

export const sum = (amounts: Iterable<Money>): Money => {
  let total = ZERO;
  for (const amount of amounts) total = total.plus(amount);
  return total;
};

/** The sum of amounts as events have them: exact in whole fen, with one decimal made at the end. */
export const sumOf = (amounts: Iterable<YuanText>): Money => {
  let fen = 0;
  for (const amount of amounts) fen += fenOf(amount);
  return fromFen(fen);
};

/**
 * Divides an amount in proportion to weights so that the parts add up to the fen: each part is rounded down and the
 * fen left over go to the largest remainders, the earlier part first where remainders are equal. A part never
 * exceeds its weight where the amount does not exceed the sum of weights.
 */
export function apportion(amount: Money, weights: readonly Money[]): Money[] {
  if (weights.length === 1) return [amount];
  const whole = sum(weights);
  const fen = amount.times(100);
  const exact = weights.map((weight) => fen.times(weight).dividedBy(whole));
  const parts = exact.map((part) => part.floor());
  const left = fen.minus(sum(parts)).toNumber();
  if (left === 0) return parts.map((part) => part.dividedBy(100));
  const byRemainder = exact
    .map((part, index) => ({ index, remainder: part.minus(parts[index] ?? 0) }))
    .sort((a, b) => b.remainder.comparedTo(a.remainder) || a.index - b.index);
  const raised = new Set(byRemainder.slice(0, left).map(({ index }) => index));
  return parts.map((part, index) => (raised.has(index) ? part.plus(1) : part).dividedBy(100));
}
