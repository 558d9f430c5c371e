// What every benchmark is made of: contenders that take turns for several rounds, medians, and goals that are ratios.

/** A way of doing the same work; `round` does it once and answers with what it managed. */
export interface Contender {
  name: string;
  /** The figure of one round, in the measure's unit. */
  round(): Promise<number>;
}

export interface Figure {
  name: string;
  unit: string;
  /** One value a round. */
  rounds: readonly number[];
}

export interface Goal {
  /** What is compared with what, in words. */
  says: string;
  value: number;
  limit: number;
  /** Whether the value must stay at or above the limit, or at or below. */
  bound: 'at-least' | 'at-most';
  unit?: string;
}

export interface Result {
  figures: readonly Figure[];
  goals: readonly Goal[];
  /** What the reader must know of how it was measured; one sentence each. */
  remarks?: readonly string[];
}

export interface Measure {
  /** As in the list of what must hold: B1, B2, … */
  id: string;
  says: string;
  run(options: RunOptions): Promise<Result>;
}

export interface RunOptions {
  rounds: number;
  /** Of payments, where a measure needs a filled ledger. */
  sizes: readonly number[];
  told: (text: string) => void;
}

/** Interleaved, so that whatever else the machine does meets every contender alike. */
export async function inTurns(contenders: readonly Contender[], rounds: number, unit: string): Promise<Figure[]> {
  const values = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const contender of contenders) values.get(contender.name)?.push(await contender.round());
  return [...values].map(([name, ofName]) => ({ name, unit, rounds: ofName }));
}

/** Of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [lower, upper] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (lower === undefined || upper === undefined) throw new Error('no values');
  return (lower + upper) / 2;
}

/** The value that so large a share of all lies below. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error('no values');
  return value;
}

export const medianOf = (figures: readonly Figure[], name: string): number => {
  const figure = figures.find((one) => one.name === name);
  if (!figure) throw new Error(`nothing was measured under the name ${name}`);
  return median(figure.rounds);
};

export const holds = ({ value, limit, bound }: Goal): boolean =>
  bound === 'at-least' ? value >= limit : value <= limit;
