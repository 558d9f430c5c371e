// The made-up population: the same seed, the same office; what it plans is what the ledger then holds.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fromFen, sum, toYuan, yuan } from '../src/core/money.js';
import { yearOf } from '../src/core/term.js';
import { Population, type PlannedPayment } from '../src/demo/population/population.js';
import { newDirectory } from './support/service.js';

const PAYMENTS = 1500;
const population = new Population(PAYMENTS);

test('there are as many payments as were asked for, and no two alike', () => {
  const keys = new Set([...population.paymentsInOrder()].map(({ key }) => key));
  expect(keys.size).toBe(PAYMENTS);
  const numbers = [...population.pupils()].map(({ citizenNumber }) => citizenNumber);
  expect(new Set(numbers).size).toBe(population.pupilCount);
});

test('the same seed gives the same office, another seed another one', () => {
  const first = [...new Population(PAYMENTS, 7).paymentsInOrder()];
  expect([...new Population(PAYMENTS, 7).paymentsInOrder()]).toEqual(first);
  expect([...new Population(PAYMENTS, 8).paymentsInOrder()]).not.toEqual(first);
});

test('a city has every policy, every stage and about a tenth of its pupils in hardship', () => {
  const city = new Population(150_000);
  const policies = new Set<string>();
  let corrected = 0;
  for (const { policyId, correction } of city.paymentsInOrder()) {
    policies.add(policyId);
    if (correction) corrected++;
  }
  expect(policies.size).toBe(16);
  expect(corrected / 150_000).toBeGreaterThan(0.005);
  expect(corrected / 150_000).toBeLessThan(0.02);
  const pupils = [...city.pupils()];
  expect(pupils.filter(({ hardship }) => hardship).length / pupils.length).toBeCloseTo(0.1, 1);
  expect(new Set(pupils.map(({ place }) => place.stage)).size).toBe(6);
});

/** What a school year's total must be, added up from the plan. */
function tallyOf(payments: Iterable<PlannedPayment>, year: number) {
  const ofYear = [...payments].filter(
    ({ term }) => (term.endsWith('autumn') ? yearOf(term) : yearOf(term) - 1) === year,
  );
  const amounts = (some: readonly PlannedPayment[]) =>
    sum(some.map(({ amount, days = 0 }) => (amount === undefined ? fromFen(days * 500) : yuan(amount))));
  // Snack meals carry no money.
  const money = ofYear.filter(({ policyId }) => policyId !== 'rencheng-snack-meal');
  return {
    disbursed: toYuan(amounts(money)),
    returned: toYuan(amounts(money.filter(({ correction }) => correction && 'returnedOn' in correction))),
    reversed: toYuan(amounts(money.filter(({ correction }) => correction && 'reason' in correction))),
    personTimes: ofYear.filter(({ correction }) => !correction).length,
  };
}

test('every planned payment is accepted by the rules, and the totals are those of the plan', () => {
  const directory = newDirectory();
  const cli = join(import.meta.dirname, '../dist/cli.js');
  const env = { PATH: process.env['PATH'] };
  const run = (...args: string[]): string =>
    execFileSync(process.execPath, [cli, ...args], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  run('demo', '--payments', String(PAYMENTS), '--data', directory);
  const store = `sqlite:${join(directory, 'ledger.db')}`;
  for (const year of [2023, 2024, 2025]) {
    const asked = ['totals', '--store', store, '--school-year', `${year}-${year + 1}`, '--json'];
    const { total } = JSON.parse(run(...asked)) as { total: object };
    const tally = tallyOf(population.paymentsInOrder(), year);
    expect(total).toMatchObject(tally);
    // Control: a plan without its last payment is another one.
    const [first, ...rest] = population.paymentsInOrder();
    expect(tallyOf(rest, first ? yearOf(first.term) : 0)).not.toEqual(
      tallyOf(population.paymentsInOrder(), first ? yearOf(first.term) : 0),
    );
  }
  expect(run('verify', '--store', store)).toContain('完好 ok');
  rmSync(directory, { recursive: true, force: true });
});
