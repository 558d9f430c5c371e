// Runs every scenario, shows that together they cover the catalogue and the refusals, and that a wrong one fails.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScenarios, scenarioFiles, type Scenario } from './scenario.js';
import { CATALOGUES, run } from './run.js';

const FILES = scenarioFiles();
const ALL = FILES.flatMap(([, scenarios]) => scenarios);
const POLICIES = CATALOGUES.flatMap(({ policies }) => policies);

describe.each(FILES)('%s', (_, scenarios) => {
  test.each(scenarios.map((scenario): [string, Scenario] => [scenario.name, scenario]))('%s', async (__, scenario) => {
    await run(scenario);
  });
});

/** Refused because of who asks, whatever the pupil's facts: specs of their own. */
const ABOUT_PEOPLE = new Set(['outside-scope', 'not-an-exception', 'same-person', 'already-approved']);

describe('together the scenarios', () => {
  /** The payments asked for under a policy, with what came of them. */
  const asked = (policyId: string): Scenario[] =>
    ALL.filter(({ when }) => when.word === 'paid' && when.of.policy === policyId);
  const statuses = (policyId: string): unknown[] =>
    ALL.flatMap(({ then }) => Object.values(then.entitlement ?? {})).map((lines) => lines[policyId]?.['status']);

  test('have names of their own', () => {
    expect(new Set(ALL.map(({ name }) => name)).size).toBe(ALL.length);
  });

  test('illustrate each of the 18 policies', () => {
    expect(POLICIES).toHaveLength(18);
    const illustrated = new Set(ALL.flatMap(({ law }) => law));
    expect(POLICIES.filter(({ policyId }) => !illustrated.has(policyId))).toEqual([]);
  });

  test.each(POLICIES.map((policy) => [policy.policyId, policy] as const))(
    '%s: given, given in parts, refused',
    (policyId, policy) => {
      const of = asked(policyId);
      expect(of.some(({ then }) => then.rejected === 'not-eligible')).toBe(true);
      const accepted = of.filter(({ then }) => then.rejected === undefined);
      expect(accepted.length).toBeGreaterThan(0);
      expect(statuses(policyId)).toContain('settled');
      const hasLimit = policy.versions.some(
        ({ benefit: { amounts, cap, daysPerTerm } }) => amounts ?? cap ?? daysPerTerm,
      );
      if (hasLimit) expect(statuses(policyId)).toContain('partly-paid');
      // Without a limit nothing is ever partly paid: the same pupil is given twice for one term.
      else expect(accepted.some(({ given, when }) => given.some((step) => isSamePaid(step, when)))).toBe(true);
    },
  );

  test('meet every refusal of a payment, a return and a reversal', () => {
    const rules = ['payment', 'account', 'student'].map((file) =>
      readFileSync(join(import.meta.dirname, `../../src/students/${file}.ts`), 'utf8'),
    );
    const uttered = [...rules.join('').matchAll(/new Rejection\(\s*'([a-z-]+)'/g)].map(([, code = '']) => code);
    const codes = new Set(uttered.filter((code) => !ABOUT_PEOPLE.has(code)));
    expect(codes.size).toBeGreaterThanOrEqual(15);
    const met = new Set<string | undefined>(ALL.map(({ then }) => then.rejected));
    expect([...codes].filter((code) => !met.has(code))).toEqual([]);
  });
});

const isSamePaid = (one: Scenario['when'], other: Scenario['when']): boolean =>
  one.word === 'paid' && other.word === 'paid' && one.of.policy === other.of.policy && one.of.term === other.of.term;

describe('control: a scenario that expects the wrong thing fails', () => {
  const scenario = (
    then: string,
    when = 'paid: { policy: rencheng-boarding-living-subsidy, term: 2024-spring, amount: "625.00", paidOn: 2024-06-20 }',
  ) =>
    readScenarios(`
- name: 对照 · Control
  law: [rencheng-boarding-living-subsidy]
  at: 2024-06-30
  given:
    - student: 甲
    - enrolled: { school: { setting: rural }, grade: "4", boarding: true, from: 2023-09-01 }
    - hardship: { category: dibao-rural, from: 2023-09-01 }
  when: { ${when} }
  then: { ${then} }`);
  const play = async (...words: Parameters<typeof scenario>): Promise<void> => {
    for (const each of scenario(...words)) await run(each);
  };
  const line = (words: string): string =>
    `entitlement: { 2024-spring: { rencheng-boarding-living-subsidy: { ${words} } } }`;
  const refused =
    'paid: { policy: rencheng-boarding-living-subsidy, term: 2024-spring, amount: "625.01", paidOn: 2024-06-20 }';

  test('the right one passes', async () => {
    await play(
      `events: [{ type: PaymentDisbursed, amount: "625.00" }], ${line('status: settled')}, totals: { 2024: { amount: "625.00" } }`,
    );
    await play('rejected: entitlement-exceeded, details: { outstanding: "625.00" }', refused);
  });

  test.each([
    ['another event', 'events: [{ type: PaymentReversed }]'],
    ['another field of an event', 'events: [{ type: PaymentDisbursed, amount: "625.01" }]'],
    ['one event more', 'events: [{ type: PaymentDisbursed }, { type: PaymentDisbursed }]'],
    ['no event', 'events: []'],
    ['a refusal of what is accepted', 'rejected: entitlement-exceeded'],
    ['another status', line('status: partly-paid')],
    ['another entitlement', line('status: settled, entitled: "625.01"')],
    ['a line that is not there', 'entitlement: { 2024-spring: { no-such-policy: { status: due } } }'],
    ['another total', 'totals: { 2024: { amount: "625.01" } }'],
    ['another number of persons', 'totals: { 2024: { amount: "625.00", persons: 2 } }'],
    ['another year', 'totals: { 2023: { amount: "625.00" } }'],
    ['a source too few', 'totals: { 2024: { amount: "625.00", sources: { central: { amount: "312.50" } } } }'],
    ['a policy too many', 'totals: { 2024: { amount: "625.00", policies: { x: { amount: "0.00" } } } }'],
  ])('%s', async (_, then) => {
    await expect(play(then)).rejects.toThrow(/received/);
  });

  test.each([
    ['another code', 'rejected: not-eligible'],
    ['other details', 'rejected: entitlement-exceeded, details: { outstanding: "1.00" }'],
    ['other conditions', 'rejected: entitlement-exceeded, conditions: [hardship]'],
    ['an event of what is refused', 'events: [{ type: PaymentDisbursed }]'],
  ])('%s', async (_, then) => {
    await expect(play(then, refused)).rejects.toThrow(/received/);
  });

  test.each<[string, then: string, when?: string]>([
    ['an unknown step', 'rejected: not-eligible', 'given-cash: { amount: "625.00" }'],
    ['an unknown word of a step', 'rejected: not-eligible', 'reversed: { reson: x }'],
    ['a missing word', 'rejected: not-eligible', 'revoked: { category: orphan }'],
    ['an unknown expectation', 'total: { 2024: { amount: "625.00" } }'],
    ['an unknown figure', 'totals: { 2024: { amount: "625.00", person: 1 } }'],
    ['an unknown field of a line', line('status: settled, netpaid: "625.00"')],
    ['nothing expected', 'details: {}'],
  ])('%s is not even read', (_, ...words) => {
    expect(() => scenario(...words)).toThrow(/control|对照/i);
  });
});
