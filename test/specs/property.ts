// Properties: a law that must hold for generated values. The seed stands in the title; AID_SEED repeats a run.
import fc from 'fast-check';

const SEED = Number(process.env['AID_SEED'] ?? Date.now() % 2 ** 31);

export const property = <Values extends [unknown, ...unknown[]]>(
  title: string,
  arbitraries: { [Index in keyof Values]: fc.Arbitrary<Values[Index]> },
  law: (...values: Values) => void,
): void => {
  test(`${title} (AID_SEED=${SEED})`, () => {
    fc.assert(fc.property<Values>(...arbitraries, law), { seed: SEED, numRuns: 500 });
  });
};
