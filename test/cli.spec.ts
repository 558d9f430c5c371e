// The command line on a ledger that the demo left: totals, history, verification, rebuild, and what it refuses.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase, type Database } from '../src/sqlite/database.js';
import { aidLedger } from './support/command.js';
import { newDirectory } from './support/service.js';

let directory: string;
let store: string;
let studentId: string;

const query = (folder: string, sql: string): Record<string, unknown> => {
  const database = openDatabase(join(folder, 'ledger.db'));
  const row = database.prepare(sql).get() as Record<string, unknown>;
  database.close();
  return row;
};

beforeAll(async () => {
  directory = join(newDirectory(), 'data');
  const { code, err } = await aidLedger('demo', '--brief', '--data', directory);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  store = `sqlite:${join(directory, 'ledger.db')}`;
  studentId = String(query(directory, 'select student_id as id from payment order by position limit 1')['id']);
}, 120_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const altered = (sql: string): string => {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  const database: Database = openDatabase(join(copy, 'ledger.db'));
  database.exec(sql);
  database.close();
  return `sqlite:${join(copy, 'ledger.db')}`;
};

test('help names every command', async () => {
  const { code, out } = await aidLedger('--help');
  expect(code).toBe(0);
  for (const command of ['serve', 'demo', 'totals', 'history', 'rebuild', 'verify']) expect(out).toContain(command);
});

test('totals as a table, as JSON and as CSV say the same', async () => {
  const period = ['--fiscal-year', '2026', '--by', 'kind', '--store', store];
  const json = JSON.parse((await aidLedger('totals', ...period, '--json')).out) as {
    rows: { kind: string; amount: string }[];
    total: { amount: string; personTimes: number };
  };
  expect(json.rows.map(({ kind }) => kind)).toEqual(['grant', 'meals', 'subsidy', 'waiver']);
  const table = await aidLedger('totals', ...period);
  const csv = await aidLedger('totals', ...period, '--csv');
  for (const figure of [json.total.amount, ...json.rows.map(({ amount }) => amount)]) {
    expect(table.out).toContain(figure);
    expect(csv.out).toContain(figure);
  }
  const sql = `select sum(net) as fen from movement where fiscal_year = 2026`;
  expect(Math.round(Number(json.total.amount) * 100)).toBe(query(directory, sql)['fen']);
});

test('a history is told line by line, without a name in clear', async () => {
  const { code, out } = await aidLedger('history', studentId, '--store', store);
  expect(code).toBe(0);
  expect(out).toContain('登记学生');
  expect(out).toMatch(/发放.*元/);
  const { items } = JSON.parse((await aidLedger('history', studentId, '--json', '--store', store)).out) as {
    items: { data: { name?: string } }[];
  };
  expect(items[0]?.data.name).toMatch(/^.\*+$/u);
});

test('an untouched ledger verifies; one altered byte is found', async () => {
  expect(await aidLedger('verify', '--store', store)).toMatchObject({ code: 0 });
  const flipped = altered(
    `update event set payload = replace(payload, '"amount":"625.00"', '"amount":"626.00"') where type = 'PaymentDisbursed'`,
  );
  const { code, out, err } = await aidLedger('verify', '--store', flipped);
  expect(code).toBe(1);
  expect(out + err).toContain('hash');
});

test('a rebuild gives equal views; views that were tampered with are told', async () => {
  expect(await aidLedger('rebuild', '--store', store)).toMatchObject({ code: 0 });
  const tampered = altered('update movement set net = net + 1 where position = (select min(position) from movement)');
  expect(await aidLedger('rebuild', '--store', tampered)).toMatchObject({ code: 1 });
  expect(await aidLedger('rebuild', '--store', tampered)).toMatchObject({ code: 0 });
});

test.each([
  ['no ledger there', 1, ['totals', '--fiscal-year', '2026', '--store', 'sqlite:/nonexistent/ledger.db']],
  ['an unknown student', 1, ['history', 'nobody']],
  ['two periods', 2, ['totals', '--fiscal-year', '2026', '--term', '2026-autumn']],
  ['no such command', 2, ['pay']],
  ['no such year', 2, ['totals', '--fiscal-year', 'twenty']],
])('%s ends with %i', async (_, expected, parameters) => {
  const { code, err } = await aidLedger(
    ...parameters,
    ...(parameters.includes('--store') || parameters[0] === 'pay' ? [] : ['--store', store]),
  );
  expect(code).toBe(expected);
  expect(err).not.toMatch(/at \w+ \(/);
  expect(err.trim()).not.toBe('');
});
