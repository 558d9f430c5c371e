// Malformed requests of every kind: a clear 4xx as problem+json, and nothing written.
import { key, newBoarder, openOffice, payment } from '../support/office.js';
import { startTestService, type Response, type TestService } from '../support/service.js';

let aid: TestService;
let studentId: string;
let before: number;

const positionOf = async (): Promise<number> => Number((await aid.get('/v1/ledger')).body['position']);

beforeAll(async () => {
  aid = await startTestService();
  await openOffice(aid);
  studentId = await newBoarder(aid);
});
beforeEach(async () => void (before = await positionOf()));
afterEach(async () => expect(await positionOf()).toBe(before));
afterAll(() => aid.stop());

function expectProblem(answer: Response, status: number, code: string): void {
  expect({ status: answer.status, code: String(answer.body['code']) }).toEqual({ status, code });
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.body).toMatchObject({
    type: expect.any(String),
    title: expect.any(String),
    detail: expect.any(String),
    status,
  });
  expect(String(answer.body['detail'])).toMatch(/\p{Script=Han}/u);
  expect(answer.text).not.toMatch(/at \w+ \(|sqlite|node_modules/i);
}

const NaNText = (body: object): string => JSON.stringify(body).replace('"AMOUNT"', 'NaN');

test.each([
  ['amount as a number', { amount: 625 }, 'amount'],
  ['amount with an exponent', { amount: '1e3' }, 'amount'],
  ['amount with three decimals', { amount: '625.001' }, 'amount'],
  ['negative amount', { amount: '-1' }, 'amount'],
  ['amount with a sign', { amount: '+1' }, 'amount'],
  ['amount with a leading zero', { amount: '01' }, 'amount'],
  ['amount in full-width digits', { amount: '\uff16\uff12\uff15' }, 'amount'],
  ['amount as text', { amount: 'NaN' }, 'amount'],
  ['amount null', { amount: null }, 'amount'],
  ['a day that does not exist', { paidOn: '2026-02-30' }, 'paidOn'],
  ['a day as a number', { paidOn: 20261120 }, 'paidOn'],
  ['a day with a time', { paidOn: '2026-11-20T00:00:00Z' }, 'paidOn'],
  ['a term that does not exist', { term: '2026-winter' }, 'term'],
  ['a term as an object', { term: { year: 2026 } }, 'term'],
  ['an unknown field', { approvedBy: 'me' }, 'approvedBy'],
  ['student as a list', { studentId: ['a'] }, 'studentId'],
  ['no reference', { reference: undefined }, 'reference'],
  ['blank reference', { reference: '  ' }, 'reference'],
  ['a control character', { reference: 'V\u0000' }, 'reference'],
  ['half a day', { amount: undefined, days: 1.5 }, 'days'],
  ['an exception without its document', { exception: { reason: 'x' } }, 'exception.document'],
  ['an exception as text', { exception: 'yes' }, 'exception'],
])('%s', async (_, changes, path) => {
  const answer = await aid.post('/v1/payments', payment(studentId, changes), key());
  expectProblem(answer, 400, 'malformed');
  expect((answer.body['errors'] as unknown as { path: string }[]).map((item) => item.path)).toContain(path);
});

test.each([
  ['NaN', () => NaNText(payment(studentId, { amount: 'AMOUNT' }))],
  ['a list', () => '[]'],
  ['text', () => '"text"'],
  ['null', () => 'null'],
  ['a number', () => '1'],
  ['no JSON', () => '{"amount": '],
  ['3,000 levels of lists', () => '['.repeat(3000) + ']'.repeat(3000)],
  ['3,000 levels of objects', () => '{"a":'.repeat(3000) + '1' + '}'.repeat(3000)],
  ['100,000 levels', () => '{"a":'.repeat(100_000)],
  ['__proto__', () => '{"__proto__": {"amount": "1"}}'],
  ['constructor.prototype', () => '{"constructor": {"prototype": {"a": 1}}}'],
])('a body that is %s', async (_, text) => {
  expectProblem(await aid.post('/v1/payments', text(), key()), 400, 'malformed');
});

test('an empty body', async () => {
  expectProblem(await aid.post('/v1/payments', '', key()), 400, 'malformed');
});

test('bytes that are not UTF-8', async () => {
  const { service } = aid;
  const reply = await service.app.inject({
    method: 'POST',
    url: '/v1/students',
    headers: { authorization: 'Bearer test-key', 'content-type': 'application/json' },
    payload: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  });
  expect(reply.statusCode).toBe(400);
});

test('a body that is too large, or not JSON', async () => {
  expectProblem(await aid.post('/v1/students', { name: 'x'.repeat(2_000_000) }), 413, 'body-too-large');
  expectProblem(await aid.post('/v1/students', '<a/>', { 'content-type': 'text/xml' }), 415, 'media-type-unsupported');
});

test('a missing or wrong key', async () => {
  expectProblem(await aid.get('/v1/policies', { authorization: '' }), 401, 'unauthenticated');
  expectProblem(await aid.get('/v1/policies', { authorization: 'Bearer wrong' }), 401, 'unauthenticated');
  expectProblem(await aid.post('/v1/students', { name: '王五' }, { authorization: 'Basic x' }), 401, 'unauthenticated');
});

test('an address that cannot be read', async () => {
  expectProblem(await aid.get('/v1/students/%zz'), 400, 'malformed');
  expectProblem(await aid.get(`/v1/students/${'a'.repeat(300)}`), 400, 'malformed');
});

test('an unknown address or filter', async () => {
  expectProblem(await aid.get('/v1/nothing'), 404, 'not-found');
  expectProblem(await aid.get('/v1/payments?colour=red'), 400, 'unknown-parameter');
  expectProblem(await aid.get('/v1/ledger?colour=red'), 400, 'unknown-parameter');
  expectProblem(await aid.get('/v1/students/nobody'), 404, 'student-unknown');
});

test.each([
  ['/v1/payments?limit=0', 'limit'],
  ['/v1/payments?limit=501', 'limit'],
  ['/v1/payments?limit=ten', 'limit'],
  ['/v1/payments?term=2026-winter', 'term'],
  ['/v1/payments?paidFrom=2026-02-30', 'paidFrom'],
  ['/v1/payments?cursor=%00', 'cursor'],
  ['/v1/payments?cursor=bm9wZQ', 'cursor'],
  ['/v1/entitlements', 'term'],
  ['/v1/totals', 'fiscalYear'],
  ['/v1/totals?fiscalYear=2026&term=2026-autumn', 'fiscalYear'],
  ['/v1/totals?from=2026-01-01', 'fiscalYear'],
  ['/v1/totals?fiscalYear=2026&by=colour', 'by'],
  ['/v1/totals?fiscalYear=2026&knownAt=yesterday', 'knownAt'],
  ['/v1/totals?schoolYear=2026-2028', 'schoolYear'],
  ['/v1/ledger/events?from=0', 'from'],
])('GET %s', async (path, field) => {
  const answer = await aid.get(path);
  expectProblem(answer, 400, 'malformed');
  expect((answer.body['errors'] as unknown as { path: string }[])[0]?.path).toBe(field);
});

test.each([
  ['/v1/districts', { districtId: 'x y', name: 'X' }],
  ['/v1/districts', { districtId: 'x', name: 'X', gradeStages: { '1': 'kindergarten' } }],
  ['/v1/schools', { schoolId: '123', name: 'X', districtId: 'rencheng', stages: ['primary'], setting: 'rural' }],
  ['/v1/schools', { schoolId: '2137000009', name: 'X', districtId: 'rencheng', stages: [], setting: 'rural' }],
  [
    '/v1/schools',
    { schoolId: '2137000009', name: 'X', districtId: 'rencheng', stages: ['primary'], setting: 'forest' },
  ],
  ['/v1/students', { name: '张三', citizenNumber: '110105194912310021' }],
  ['/v1/students', { name: '张三', studentNumber: 'X1' }],
  ['/v1/students', {}],
  ['/v1/policies', { policyId: 'p', name: { zh: '甲' }, kind: 'subsidy', versions: [] }],
])('POST %s', async (path, body) => {
  expectProblem(await aid.post(path, body), 400, 'malformed');
});
