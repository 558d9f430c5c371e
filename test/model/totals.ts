// Totals of the reference ledger, summed naively from its movements.
import type { RefMovement } from './reference.js';

export interface RefTotals {
  amount: number;
  disbursed: number;
  returned: number;
  reversed: number;
  personTimes: number;
  persons: number;
}

interface Piece {
  movement: RefMovement;
  source: string;
  fen: number;
}

const sign = ({ movement }: Piece): number => (movement.type === 'disbursed' ? 1 : -1);

export const piecesOf = (movements: readonly RefMovement[]): Piece[] =>
  movements.flatMap((movement) => movement.parts.map(([source, fen]) => ({ movement, source, fen })));

export const DIMENSION: Record<string, (piece: Piece, kinds: ReadonlyMap<string, string>) => string> = {
  policy: ({ movement }) => movement.payment.policy,
  kind: ({ movement }, kinds) => kinds.get(movement.payment.policy) ?? '',
  school: ({ movement }) => movement.payment.school,
  district: () => 'rencheng',
  stage: ({ movement }) => movement.payment.stage,
  source: ({ source }) => source,
  month: ({ movement }) => movement.date.slice(0, 7),
  term: ({ movement }) => movement.payment.term,
};

/** Units are students, or students with policy and term; one counts where its money or its days stand above zero. */
function counted(pieces: readonly Piece[], unitOf: (piece: Piece) => string): number {
  const units = new Map<string, { net: number; days: number }>();
  for (const piece of pieces) {
    const unit = units.get(unitOf(piece)) ?? { net: 0, days: 0 };
    unit.net += sign(piece) * piece.fen;
    unit.days += piece.movement.days;
    units.set(unitOf(piece), unit);
  }
  return [...units.values()].filter(({ net, days }) => net > 0 || days > 0).length;
}

export function total(pieces: readonly Piece[]): RefTotals {
  const of = (type: RefMovement['type']): number =>
    pieces.filter(({ movement }) => movement.type === type).reduce((sum, { fen }) => sum + fen, 0);
  const [disbursed, returned, reversed] = [of('disbursed'), of('returned'), of('reversed')];
  return {
    amount: disbursed - returned - reversed,
    disbursed,
    returned,
    reversed,
    personTimes: counted(pieces, ({ movement: { payment } }) => `${payment.student}/${payment.policy}/${payment.term}`),
    persons: counted(pieces, ({ movement }) => String(movement.payment.student)),
  };
}

export function grouped(
  pieces: readonly Piece[],
  by: readonly string[],
  kinds: ReadonlyMap<string, string>,
): Map<string, RefTotals> {
  const groups = new Map<string, Piece[]>();
  for (const piece of pieces) {
    const key = by.map((name) => DIMENSION[name]?.(piece, kinds) ?? '').join('|');
    groups.set(key, [...(groups.get(key) ?? []), piece]);
  }
  return new Map([...groups].map(([key, of]) => [key, total(of)]));
}
