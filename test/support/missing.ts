// Tests that need what a machine may lack: there they are counted as skipped, under a name that says what is missing.

const skipped = (name: string, what: string): string => `${name} [SKIPPED: ${what} is missing]`;

/** `test`, or a skipped test; it says so itself, since Jest hides files skipped whole. */
export const testWith = (has: boolean, what: string): typeof test => (has ? test : (skipTest(what) as typeof test));

const skipTest =
  (what: string) =>
  (name: string): void => {
    process.stdout.write(`${skipped(name, what)}\n`);
    test.skip(skipped(name, what), () => {});
  };

/** `describe`, or a skipped one, whose cases are counted one by one. */
export const describeWith =
  (has: boolean, what: string) =>
  (name: string, cases: () => void): void =>
    has ? describe(name, cases) : describe.skip(skipped(name, what), cases);
