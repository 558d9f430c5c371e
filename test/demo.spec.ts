// The demo, built and run as a newcomer runs it: it ends by itself with 0 and shows what it promises.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { testWith } from './support/missing.js';
import { newDatabase, sharedPostgres } from './support/postgres.js';
import { readCatalogues } from '../src/policies/catalogue.js';

/** Thousands of pupils are registered on whatever machine this is. */
const PATIENCE_MS = 300_000;

const CLI = join(import.meta.dirname, '../dist/cli.js');
const env = { PATH: process.env['PATH'] };
const demo = spawnSync(process.execPath, [CLI, 'demo'], { env, encoding: 'utf8', timeout: PATIENCE_MS });

test('it ends by itself, and well', () => {
  expect({ status: demo.status, stderr: demo.stderr }).toEqual({ status: 0, stderr: '' });
});

test('every policy of the catalogue is paid', () => {
  const policies = readCatalogues(['rencheng', 'shizhong']).flatMap((catalogue) => catalogue.policies);
  expect(policies).toHaveLength(18);
  const year = demo.stdout.slice(
    demo.stdout.indexOf('年度 budget year 2026'),
    demo.stdout.indexOf('学年 school year 2025-2026'),
  );
  for (const { policyId, name } of policies) {
    expect(year).toContain(policyId);
    expect(year).toContain(name.zh);
    expect(demo.stdout).toContain(name.en);
  }
});

test.each([
  ['a school year', /school year 2023-2024 = 500 \+ 625 = 1125\.00/],
  ['a budget year', /budget year 2024 = 625 \+ 625 = 1250\.00/],
  ['a refused overpayment', /422 entitlement-exceeded: 超出应发/],
  ['a refused snack meal', /422 not-eligible/],
  ['a refused second grant', /422 already-granted: 该政策终身一次/],
  ['a replay', /Idempotent-Replayed: true/],
  ['a return', /due again: 1000\.00/],
  ['a reversal', /冲正 reversed: −128\.00/],
  ['the bridge', /entries explain the difference: -?\d+\.\d\d/],
  ['a whole log', /✓ 完好 ok: true/],
])('it shows %s', (_, text) => {
  expect(demo.stdout).toMatch(text);
});

test.each([
  ['龙口市', '6024400.00', '5243'],
  ['江北区', '68937.50', '248'],
])('%s: what was published is what the ledger records', (place, amount, persons) => {
  const own = sectionOf(place);
  expect(own).toContain(`合计 total ${amount}`);
  expect(own).toContain(`人数 persons ${persons}`);
  expect(own).toContain('published vs recorded: equal');
});

test('湛河区: the printing slip is found', () => {
  const own = sectionOf('湛河区');
  expect(own).toContain('printed 8400.00,但 but 210 × 400.00 = 84000.00');
  expect(own).toContain('618612.50 ≠ 694212.50');
  expect(own).toContain('with the recorded line: 694212.50');
});

describe.each([
  ['PostgreSQL', sharedPostgres()],
  ['KurrentDB', process.env['KURRENTDB_URL']],
])('on %s', (name, server) => {
  testWith(server !== undefined, name)(
    'the office shows the same',
    async () => {
      const store = server?.startsWith('postgres') ? await newDatabase(server) : (server ?? '');
      const options = ['demo', '--brief', '--store', store];
      const there = spawnSync(process.execPath, [CLI, ...options], { env, encoding: 'utf8', timeout: PATIENCE_MS });
      expect({ status: there.status, stderr: there.stderr }).toEqual({
        status: 0,
        stderr: expect.any(String) as string,
      });
      expect(sums(there.stdout)).toEqual(sums(demo.stdout).slice(0, sums(there.stdout).length));
      expect(sums(there.stdout).length).toBeGreaterThan(20);
    },
    PATIENCE_MS,
  );
});

/** Every amount that the demo prints, in order. */
const sums = (text: string): string[] => text.match(/(?<![\d:])\d+\.\d\d(?!\d)/g) ?? [];

/** From the place's own heading to the next one. */
function sectionOf(place: string): string {
  const [heading] = new RegExp(`^ {3}\\S*${place} · .*$`, 'm').exec(demo.stdout) ?? [];
  if (heading === undefined) throw new Error(`no section for ${place}`);
  const rest = demo.stdout.slice(demo.stdout.indexOf(heading) + heading.length);
  const next = rest.search(/^ {3}\S+ · .*(spring|autumn|term)/m);
  return next < 0 ? rest : rest.slice(0, next);
}
