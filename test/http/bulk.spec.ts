// Bulk recording over a real connection: streamed, in order, and the same again after the file is resent.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get, post, start, type Running } from '../crash/process.js';
import { newDirectory } from '../support/service.js';

let directory: string;
let service: Running;
let studentIds: string[];

const LINES = 3000;

beforeAll(async () => {
  directory = newDirectory();
  service = await start(directory);
  const { url } = service;
  const version = {
    effectiveFrom: '2024-spring',
    eligibility: {},
    benefit: { basis: 'actual-cost' },
    legal: { document: 'Test' },
  };
  await post(url, '/v1/districts', { districtId: 'rencheng', name: '任城区' });
  await post(url, '/v1/schools', {
    schoolId: '2137000001',
    name: '中心小学',
    districtId: 'rencheng',
    stages: ['primary'],
    setting: 'rural',
  });
  await post(url, '/v1/policies', {
    policyId: 'books',
    name: { zh: '课本费', en: 'Books' },
    kind: 'waiver',
    versions: [version],
  });
  studentIds = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const studentId = (await post(url, '/v1/students', { name: '某某' })).body['studentId'] ?? '';
      await post(url, `/v1/students/${studentId}/enrolments`, {
        schoolId: '2137000001',
        stage: 'primary',
        boarding: false,
        from: '2025-09-01',
      });
      return studentId;
    }),
  );
});
afterAll(async () => {
  await service.stop();
  rmSync(directory, { recursive: true, force: true });
});

const line = (index: number): string =>
  JSON.stringify({
    idempotencyKey: `bulk-${index}`,
    studentId: studentIds[index % 100],
    policyId: 'books',
    term: '2025-autumn',
    paidOn: '2025-11-20',
    amount: index % 10 === 0 ? '0' : '1.00',
    method: 'waived',
    reference: 'V',
  });

async function send(): Promise<Record<string, unknown>[]> {
  const reply = await fetch(`${service.url}/v1/payments/bulk`, {
    method: 'POST',
    headers: { authorization: 'Bearer crash-key', 'content-type': 'application/x-ndjson' },
    body: Array.from({ length: LINES }, (_, index) => line(index)).join('\n'),
  });
  expect({ status: reply.status, type: reply.headers.get('content-type') }).toEqual({
    status: 200,
    type: 'application/x-ndjson; charset=utf-8',
  });
  return (await reply.text())
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as Record<string, unknown>);
}

test('every line is answered in order, and a resent file gives the same answers', async () => {
  const first = await send();
  expect(first.map((result) => result['line'])).toEqual(Array.from({ length: LINES }, (_, index) => index + 1));
  expect(first.filter(({ status }) => status === 201)).toHaveLength(LINES * 0.9);
  expect(first.filter(({ code }) => code === 'amount-invalid')).toHaveLength(LINES * 0.1);
  const { body } = await get(service.url, '/v1/ledger');
  const again = await send();
  expect(again.map(({ paymentId, position, code }) => ({ paymentId, position, code }))).toEqual(
    first.map(({ paymentId, position, code }) => ({ paymentId, position, code })),
  );
  expect((await get(service.url, '/v1/ledger')).body['position']).toBe(body['position']);
  expect((await get(service.url, '/v1/totals?fiscalYear=2025')).body['total']).toMatchObject({
    amount: '2700.00',
    personTimes: 90,
  });
});

describe('aid-ledger record', () => {
  const file = (): string => join(directory, 'batch.ndjson');

  function aidLedgerRecord(args: readonly string[], key = 'crash-key') {
    const env = { PATH: process.env['PATH'], AID_KEY: key };
    const cli = join(import.meta.dirname, '../../dist/cli.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'record', ...args], { env, encoding: 'utf8' });
    return { code: status, out: stdout, err: stderr };
  }

  const lineOf = (index: number): string => line(index).replace('bulk-', 'file-');

  test('sends a file, shows its progress and keeps the answers', () => {
    writeFileSync(file(), Array.from({ length: 1200 }, (_, index) => `${lineOf(index)}\n`).join(''));
    const first = aidLedgerRecord([file(), '--url', service.url]);
    expect(first.err).toContain('100% 1200/1200');
    expect(first.out).toContain('已记录 recorded 1080, 此前已记录 recorded before 0, 未记录 refused 120');
    expect(first.out).toContain('amount-invalid 120: 第 line 1, 11, 21, 31, 41, …');
    expect(first.code).toBe(1);
    const answers = readFileSync(`${file()}.answers.ndjson`, 'utf8').trim().split('\n');
    expect(answers.map((text) => (JSON.parse(text) as { line: number }).line)).toEqual(
      Array.from({ length: 1200 }, (_, index) => index + 1),
    );
    expect(aidLedgerRecord([file(), '--url', service.url]).out).toContain(
      '已记录 recorded 0, 此前已记录 recorded before 1080, 未记录 refused 120',
    );
  });

  test('a file of which every line is recorded ends with 0', () => {
    writeFileSync(file(), `${lineOf(1)}\n${lineOf(2)}`);
    expect(aidLedgerRecord([file(), '--url', service.url, '--answers', join(directory, 'answers')])).toMatchObject({
      code: 0,
      out: expect.stringContaining('recorded before 2'),
    });
  });

  test.each([
    ['no file', () => [join(directory, 'none.ndjson')], 2, 'There is no file'],
    ['a key for everybody to read', () => [file(), '--url', 'http://ledger.example'], 2, 'only on this machine'],
    ['no service', () => [file(), '--url', 'http://127.0.0.1:9'], 1, 'does not answer'],
  ])('%s is said in words', (_, args, code, said) => {
    writeFileSync(file(), lineOf(1));
    const answer = aidLedgerRecord(args());
    expect(answer).toMatchObject({ code, err: expect.stringContaining(said) });
  });

  test('a key that opens nothing is said in words', () => {
    writeFileSync(file(), lineOf(1));
    const answer = aidLedgerRecord([file(), '--url', service.url], 'another');
    expect(answer).toMatchObject({ code: 1, err: expect.stringMatching(/\p{Script=Han}/u) });
  });
});

test('lines are taken by that route alone', async () => {
  const reply = await fetch(`${service.url}/v1/students`, {
    method: 'POST',
    headers: { authorization: 'Bearer crash-key', 'content-type': 'application/x-ndjson' },
    body: '{"name":"某某"}',
  });
  expect(reply.status).toBe(415);
});
