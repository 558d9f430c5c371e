// Random commands against the plain reference ledger: equal outcomes, and every query equal.
import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { openBooks } from '../support/books.js';
import { FixedClock, newDirectory } from '../support/service.js';
import { compareAll } from './compare.js';
import { ModelRun } from './run.js';
import { commands, TODAY } from './world.js';

const RUNS = Number(process.env['AID_MODEL_RUNS'] ?? 160);
const LENGTH = 150;

interface Tally {
  given: number;
  accepted: number;
}

async function check(
  list: Parameters<ModelRun['step']>[0][],
  pick: number,
  tally: Tally,
  sabotage?: (run: ModelRun) => void,
): Promise<void> {
  const directory = newDirectory();
  const books = await openBooks(directory, new FixedClock(`${TODAY}T04:00:00.000Z`));
  try {
    const run = new ModelRun(books);
    await run.open();
    for (const command of list) await run.step(command);
    sabotage?.(run);
    await compareAll(run, pick);
    tally.given += list.length;
    tally.accepted += run.accepted;
    if (pick % 8 === 0) {
      const live = await books.projector.hash();
      await books.projector.rebuild();
      expect(await books.projector.hash()).toBe(live);
    }
  } finally {
    await books.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const lists = fc.array(commands, { minLength: LENGTH, maxLength: LENGTH, size: 'max' });

test(`${RUNS} runs of ${LENGTH} random commands agree with the reference in every outcome and every query`, async () => {
  const tally: Tally = { given: 0, accepted: 0 };
  const property = fc.asyncProperty(lists, fc.nat(1000), (list, pick) => check(list, pick, tally));
  await fc.assert(property, { numRuns: RUNS, endOnFailure: false });
  expect(tally.given).toBeGreaterThanOrEqual(RUNS * LENGTH);
  expect(tally.accepted / tally.given).toBeGreaterThan(0.25);
}, 1_200_000);

test('control: one fen astray in the reference is noticed', async () => {
  const astray = (run: ModelRun): void => {
    const [payment] = run.reference.payments;
    if (payment) payment.returned += 1;
  };
  const [list = []] = fc.sample(lists, { numRuns: 1, seed: 7 });
  await expect(check(list, 1, { given: 0, accepted: 0 }, astray)).rejects.toThrow(/Expected|received|toEqual/i);
});
