// How money divides among funding sources 资金来源; the parts of every entry add up to the fen.
import { apportion, toYuan, yuan, type Money } from '../core/money.js';
import type { FundingShare } from '../policies/policy.events.js';
import type { SourceAmount } from './student.events.js';

/** Where a policy version names no source. */
export const UNSPECIFIED = 'unspecified';

export function splitPayment(amount: Money, funding: readonly FundingShare[] | undefined): SourceAmount[] {
  const shares = funding?.length ? funding : [{ source: UNSPECIFIED, share: '1' }];
  return withParts(
    shares,
    apportion(
      amount,
      shares.map(({ share }) => yuan(share)),
    ),
  );
}

/**
 * A return goes back to the sources in proportion to what is left with each, so that returns in parts give every
 * source exactly what it paid once all of it is back.
 */
export const splitReturn = (left: readonly SourceAmount[], amount: Money): SourceAmount[] =>
  withParts(
    left,
    apportion(
      amount,
      left.map((part) => yuan(part.amount)),
    ),
  );

export const minusParts = (left: readonly SourceAmount[], back: readonly SourceAmount[]): SourceAmount[] =>
  withParts(
    left,
    left.map((part, index) => yuan(part.amount).minus(back[index]?.amount ?? 0)),
  );

const withParts = (sources: readonly { source: string }[], parts: readonly Money[]): SourceAmount[] =>
  sources.map(({ source }, index) => ({ source, amount: toYuan(parts[index] ?? yuan('0')) }));
