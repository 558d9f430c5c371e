// Bulk recording over a real connection: streamed, in order, and the same again after the file is resent.
import { rmSync } from 'node:fs';
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

test('lines are taken by that route alone', async () => {
  const reply = await fetch(`${service.url}/v1/students`, {
    method: 'POST',
    headers: { authorization: 'Bearer crash-key', 'content-type': 'application/x-ndjson' },
    body: '{"name":"某某"}',
  });
  expect(reply.status).toBe(415);
});
