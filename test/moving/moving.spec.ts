// Moving a ledger between stores with `aid-ledger migrate`: the same head, the same views, the same answers.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src/sqlite/database.js';
import { citizenNumber, newBoarder, openOffice } from '../support/office.js';
import { describeWith } from '../support/missing.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';
import { newDirectory, startTestService } from '../support/service.js';
import { disposeDouble } from '../support/stores.js';

const EVENTS = Number(process.env['AID_MOVING_EVENTS'] ?? 1500);
const [PUPILS, LINES] = [Math.max(20, Math.round(EVENTS / 100)), 1000];
const CLI = join(import.meta.dirname, '../../dist/cli.js');

let directory: string;
let source: string;
let studentId: string;

beforeAll(async () => {
  directory = newDirectory();
  source = `sqlite:${join(directory, 'ledger.db')}`;
  const aid = await startTestService({ directory });
  await openOffice(aid);
  await aid.post('/v1/policies', {
    policyId: 'books',
    name: { zh: '课本费', en: 'Books' },
    kind: 'waiver',
    versions: [
      { effectiveFrom: '2024-spring', eligibility: {}, benefit: { basis: 'actual-cost' }, legal: { document: 'Test' } },
    ],
  });
  const pupils: string[] = [];
  for (let index = 0; index < PUPILS; index++) pupils.push(await newBoarder(aid));
  const registered = await aid.post('/v1/students', { name: '金丝雀', citizenNumber: citizenNumber(7) });
  studentId = String(registered.body['studentId']);
  for (let sent = 0; sent < EVENTS; sent += LINES) {
    const lines = Array.from({ length: LINES }, (_, index) => paymentLine(pupils, sent + index));
    const answer = await aid.post('/v1/payments/bulk', lines.join('\n'), { 'content-type': 'application/x-ndjson' });
    expect(answer.text.split('\n').filter((line) => line.includes('"status":201'))).toHaveLength(LINES);
  }
  await aid.stop();
}, 1_200_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));
afterAll(disposeDouble);

const paymentLine = (pupils: readonly string[], serial: number): string =>
  JSON.stringify({
    idempotencyKey: `m-${serial}`,
    studentId: pupils[serial % pupils.length],
    policyId: 'books',
    term: serial % 2 ? '2025-autumn' : '2026-spring',
    paidOn: `2026-0${1 + (serial % 9)}-15`,
    amount: '1.50',
    method: 'waived',
    reference: `R-${serial}`,
  });

function aidLedger(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

const headOf = (verified: string): string => /headHash ([0-9a-f]{64})/.exec(verified)?.[1] ?? 'none';

const TOTALS = ['totals', '--fiscal-year', '2026', '--by', 'policy,month,source', '--json'] as const;

function expectSame(target: string, environment: Record<string, string>): void {
  const [before, after] = [
    aidLedger(['verify', '--store', source]),
    aidLedger(['verify', '--store', target], environment),
  ];
  expect(after).toMatchObject({ code: 0, out: before.out });
  expect(headOf(after.out)).not.toBe('none');
  const totals = aidLedger([...TOTALS, '--store', target], environment);
  expect(totals.out).toBe(aidLedger([...TOTALS, '--store', source]).out);
  expect(JSON.parse(totals.out)).toMatchObject({ total: { persons: PUPILS } });
  expect(aidLedger(['history', studentId, '--store', target], environment).out).toContain('金**');
}

const postgres = sharedPostgres();

describeWith(postgres !== undefined, 'PostgreSQL')('to PostgreSQL', () => {
  const folder = newDirectory();
  const environment = { AID_DATA: folder };
  let target = '';
  beforeAll(async () => {
    target = await newDatabase(postgres ?? '');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test(`a ledger of ${EVENTS} payments is the same ledger there`, () => {
    const started = performance.now();
    const moved = aidLedger(['migrate', '--from', source, '--to', target], environment);
    process.stdout.write(
      `moving: ${headOf(moved.out).slice(0, 8)}… ${/log: (\d+)/.exec(moved.out)?.[1]} events to PostgreSQL in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
    );
    expect(moved).toMatchObject({ code: 0, out: expect.stringContaining('Equal') as string });
    expectSame(target, environment);
  }, 1_200_000);

  test('asked for again, it finds everything done', () => {
    expect(aidLedger(['migrate', '--from', source, '--to', target], environment).code).toBe(0);
  });

  test('and back into a file', () => {
    const back = newDirectory();
    const to = `sqlite:${join(back, 'ledger.db')}`;
    // The keys of the source are in its database; those of the target in a file beside it.
    const moved = aidLedger(['migrate', '--from', target, '--to', to], {
      AID_MASTER_KEY_FILE: join(folder, 'master.key'),
    });
    expect(moved).toMatchObject({ code: 0, err: expect.any(String) as string });
    expectSame(to, { AID_MASTER_KEY_FILE: join(folder, 'master.key') });
    rmSync(back, { recursive: true, force: true });
  }, 600_000);

  test('beside itself on the same server, under another name', () => {
    const there = { ...environment, AID_LEDGER: 'second' };
    expect(aidLedger(['migrate', '--from', target, '--to', target], environment)).toMatchObject({ code: 2 });
    expect(aidLedger(['migrate', '--from', target, '--from-ledger', 'aid', '--to', target], there).code).toBe(0);
    expectSame(target, there);
  }, 600_000);

  test('another ledger at the target is not written over', async () => {
    const other = newDirectory();
    const aid = await startTestService({ directory: other });
    await openOffice(aid);
    await aid.stop();
    const refused = aidLedger(['migrate', '--from', `sqlite:${join(other, 'ledger.db')}`, '--to', target], {
      AID_DATA: other,
    });
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('Another ledger') as string });
    rmSync(other, { recursive: true, force: true });
  });

  test('control: a log that was altered is not moved', async () => {
    const copy = newDirectory();
    expect(aidLedger(['backup', copy, '--store', source]).code).toBe(0);
    const database = openDatabase(join(copy, 'ledger.db'));
    database.exec(`update event set payload = replace(payload, '1.50', '9.50') where position = 100`);
    database.close();
    const refused = aidLedger(
      ['migrate', '--from', `sqlite:${join(copy, 'ledger.db')}`, '--to', await newDatabase(postgres ?? '')],
      { AID_DATA: copy },
    );
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringContaining('not as recorded at position 100') as string,
    });
    rmSync(copy, { recursive: true, force: true });
  });
});

test('backup and restore: the copy is the same ledger, keys apart; nothing is written over', () => {
  const [data, keys, home] = [newDirectory(), newDirectory(), newDirectory()];
  const saved = aidLedger(['backup', data, '--keys', keys, '--store', source]);
  expect(saved).toMatchObject({ code: 0, err: '' });
  const target = `sqlite:${join(home, 'ledger.db')}`;
  expect(aidLedger(['restore', data, '--keys', keys, '--store', target]).code).toBe(0);
  expectSame(target, { AID_MASTER_KEY_FILE: join(directory, 'master.key') });
  expect(aidLedger(['restore', data, '--store', target])).toMatchObject({ code: 1 });
  expect(aidLedger(['backup', data, '--store', source])).toMatchObject({ code: 1 });
  for (const folder of [data, keys, home]) rmSync(folder, { recursive: true, force: true });
});

test('a backup is made while a service records, and holds the ledger as it stood at some moment', async () => {
  const [folder, copy] = [newDirectory(), newDirectory()];
  const aid = await startTestService({ directory: folder });
  await openOffice(aid);
  const state = { over: false };
  const writing = (async () => {
    while (!state.over) await aid.post('/v1/students', { name: '某某' });
  })();
  for (let round = 0; round < 5; round++) {
    const saved = aidLedger(['backup', join(copy, String(round)), '--store', `sqlite:${join(folder, 'ledger.db')}`]);
    expect(saved).toMatchObject({ code: 0, out: expect.stringContaining('完好 ok') as string });
    await aid.post('/v1/students', { name: '某某' });
  }
  state.over = true;
  await writing;
  await aid.stop();
  for (const each of [folder, copy]) rmSync(each, { recursive: true, force: true });
});
