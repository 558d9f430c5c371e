// Payments over HTTP: recorded once, refused in words, returned, reversed, explained.
import { key, newBoarder, openOffice, payment } from '../support/office.js';
import { startTestService, type TestService } from '../support/service.js';

let aid: TestService;
beforeAll(async () => {
  aid = await startTestService();
  await openOffice(aid);
});
afterAll(() => aid.stop());

const positionOf = async (): Promise<number> => Number((await aid.get('/v1/ledger')).body['position']);

test('a payment is recorded with its sources, entitlement, address and position', async () => {
  const studentId = await newBoarder(aid);
  const answer = await aid.post('/v1/payments', payment(studentId, { amount: '312.5' }), key());
  expect(answer.status).toBe(201);
  expect(answer.body).toEqual({
    paymentId: expect.any(String),
    studentId,
    policyId: 'living-subsidy',
    policyVersion: 1,
    kind: 'subsidy',
    term: '2026-autumn',
    amount: '312.50',
    paidOn: '2026-11-20',
    sources: [
      { source: 'central', amount: '156.25' },
      { source: 'district', amount: '156.25' },
    ],
    entitlement: { entitled: '625.00', netPaid: '312.50', outstanding: '312.50' },
    position: expect.any(Number),
  });
  expect(answer.headers).toMatchObject({
    location: `/v1/payments/${String(answer.body['paymentId'])}`,
    'ledger-position': String(answer.body['position']),
    etag: '"3"',
  });
  const read = await aid.get(`/v1/payments/${String(answer.body['paymentId'])}`);
  expect(read.body).toMatchObject({
    state: 'disbursed',
    net: '312.50',
    schoolId: '2137000001',
    reference: 'V-2026-001',
  });
});

test('the same key and body give the first answer again; another body is refused', async () => {
  const studentId = await newBoarder(aid);
  const headers = key();
  const first = await aid.post('/v1/payments', payment(studentId, { amount: '100' }), headers);
  await aid.post('/v1/payments', payment(studentId, { amount: '200' }), key());
  const again = await aid.post('/v1/payments', payment(studentId, { amount: '100' }), headers);
  expect(again.status).toBe(201);
  expect(again.text).toBe(first.text);
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', etag: first.headers['etag'] });
  const other = await aid.post('/v1/payments', payment(studentId, { amount: '101' }), headers);
  expect(other).toMatchObject({ status: 422, body: { code: 'idempotency-key-reused' } });
});

test('a command sent eight times at once has one effect and one answer', async () => {
  const studentId = await newBoarder(aid);
  const headers = key();
  const before = await positionOf();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => aid.post('/v1/payments', payment(studentId), headers)),
  );
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
  expect(answers[0]?.status).toBe(201);
  expect(await positionOf()).toBe(before + 1);
});

test('parallel payments never exceed the entitlement', async () => {
  const studentId = await newBoarder(aid);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => aid.post('/v1/payments', payment(studentId, { amount: '125.00' }), key())),
  );
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(5);
  expect(answers.filter(({ body }) => String(body['code']) === 'entitlement-exceeded')).toHaveLength(5);
});

test('commands on one student take turns: of very many none is refused for the crowd', async () => {
  const studentId = await newBoarder(aid);
  const answers = await Promise.all(
    Array.from({ length: 120 }, () => aid.post('/v1/payments', payment(studentId, { amount: '5.00' }), key())),
  );
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 120 }, () => 201));
});

test('the order of fields does not make another request', async () => {
  const studentId = await newBoarder(aid);
  const headers = key();
  const body = payment(studentId);
  await aid.post('/v1/payments', body, headers);
  const reordered = Object.fromEntries(Object.entries(body).toReversed());
  expect(await aid.post('/v1/payments', reordered, headers)).toMatchObject({
    status: 201,
    headers: { 'idempotent-replayed': 'true' },
  });
});

test('money needs an idempotency key', async () => {
  const studentId = await newBoarder(aid);
  const before = await positionOf();
  expect(await aid.post('/v1/payments', payment(studentId))).toMatchObject({
    status: 400,
    body: { code: 'idempotency-key-required' },
  });
  expect(await aid.post('/v1/payments', payment(studentId), { 'idempotency-key': 'a b' })).toMatchObject({
    status: 400,
    body: { code: 'idempotency-key-invalid' },
  });
  expect(await positionOf()).toBe(before);
});

test('a refusal says what is left, in both languages, and writes nothing', async () => {
  const studentId = await newBoarder(aid);
  await aid.post('/v1/payments', payment(studentId, { amount: '600' }), key());
  const before = await positionOf();
  const refused = await aid.post('/v1/payments', payment(studentId, { amount: '25.01' }), key());
  expect(refused.headers['content-type']).toContain('application/problem+json');
  expect(refused).toMatchObject({
    status: 422,
    body: { status: 422, code: 'entitlement-exceeded', entitled: '625.00', netPaid: '600.00', outstanding: '25.00' },
  });
  expect(String(refused.body['detail'])).toMatch(/尚余 25.00 元.*outstanding 25.00/);
  expect(await positionOf()).toBe(before);
});

test('not eligible names each failed condition and the fact it met', async () => {
  const registered = await aid.post('/v1/students', { name: '李四' });
  const studentId = String(registered.body['studentId']);
  await aid.post(`/v1/students/${studentId}/enrolments`, {
    schoolId: '2137000001',
    stage: 'primary',
    boarding: false,
    from: '2026-09-01',
  });
  const refused = await aid.post('/v1/payments', payment(studentId), key());
  expect(refused).toMatchObject({
    status: 422,
    body: {
      code: 'not-eligible',
      errors: [
        { code: 'boarding', expected: true, fact: false },
        { code: 'hardship', expected: ['any'], fact: [] },
      ],
    },
  });
});

test.each([
  ['student-unknown', 404, { studentId: 'nobody' }],
  ['policy-unknown', 404, { policyId: 'nothing' }],
  ['policy-not-in-force', 422, { term: '2023-autumn' }],
  ['method-not-allowed', 422, { method: 'cash' }],
  ['amount-invalid', 422, { amount: '0' }],
  ['amount-invalid', 422, { days: 3 }],
  ['date-in-future', 422, { paidOn: '2026-11-23' }],
])('%s is refused with %i', async (code, status, changes) => {
  const studentId = await newBoarder(aid);
  expect(await aid.post('/v1/payments', payment(studentId, changes), key())).toMatchObject({ status, body: { code } });
});

test('money comes back in parts, never more than is left; a reversal takes the whole entry, once', async () => {
  const studentId = await newBoarder(aid);
  const paid = await aid.post('/v1/payments', payment(studentId), key());
  const url = `/v1/payments/${String(paid.body['paymentId'])}`;
  const back = { returnedOn: '2026-11-21', cause: 'bank-refused', reference: 'R-1' };
  expect(await aid.post(`${url}/return`, { ...back, amount: '125.01' }, key())).toMatchObject({
    status: 201,
    body: { amount: '125.01', sources: [{ amount: '62.51' }, { amount: '62.50' }] },
  });
  expect(await aid.post(`${url}/return`, { ...back, amount: '500' }, key())).toMatchObject({
    status: 422,
    body: { code: 'return-exceeds-payment', left: '499.99' },
  });
  expect(await aid.post(`${url}/reversal`, { reason: 'wrong pupil' }, key())).toMatchObject({
    status: 422,
    body: { code: 'already-returned' },
  });
  expect(await aid.post(`${url}/return`, back, key())).toMatchObject({ status: 201, body: { amount: '499.99' } });
  expect((await aid.get(url)).body).toMatchObject({ state: 'returned', net: '0.00' });

  const again = await aid.post('/v1/payments', payment(studentId), key());
  const second = `/v1/payments/${String(again.body['paymentId'])}`;
  expect(await aid.post(`${second}/reversal`, { reason: 'wrong pupil' }, key())).toMatchObject({
    status: 201,
    body: { state: 'reversed' },
  });
  expect(await aid.post(`${second}/reversal`, { reason: 'wrong pupil' }, key())).toMatchObject({
    status: 422,
    body: { code: 'already-reversed' },
  });
  expect(await aid.post(`${second}/return`, back, key())).toMatchObject({
    status: 422,
    body: { code: 'already-reversed' },
  });
});

test('an exception is recorded, and stays a finding', async () => {
  const studentId = await newBoarder(aid);
  const exception = { reason: '补发往年差额', document: '区资助〔2026〕3号' };
  const paid = await aid.post('/v1/payments', payment(studentId, { amount: '700', exception }), key());
  expect(paid).toMatchObject({
    status: 201,
    body: { exception: ['entitlement-exceeded'], entitlement: { outstanding: '-75.00' } },
  });
  const lines = await aid.get(`/v1/students/${studentId}/entitlements?term=2026-autumn`);
  expect(lines.body['lines']?.[0]).toMatchObject({ status: 'overpaid', outstanding: '-75.00' });
});

test('an explanation gives rule, source, facts and where they come from', async () => {
  const studentId = await newBoarder(aid);
  const paid = await aid.post('/v1/payments', payment(studentId), key());
  const { body } = await aid.get(`/v1/payments/${String(paid.body['paymentId'])}/explanation`);
  expect(body).toMatchObject({
    policyVersion: 1,
    legal: { document: 'Test document' },
    arithmetic: { benefit: '1250.00 / 2', amount: '625.00' },
  });
  const conditions = body['because'] as unknown as { condition: string; met: boolean; from: { type: string } }[];
  expect(conditions.every(({ met }) => met)).toBe(true);
  expect(conditions.find(({ condition }) => condition === 'hardship')?.from.type).toBe('HardshipDetermined');
});

test('a stale If-Match is refused', async () => {
  const studentId = await newBoarder(aid);
  expect(await aid.post('/v1/payments', payment(studentId), { ...key(), 'if-match': '"1"' })).toMatchObject({
    status: 412,
    body: { code: 'stale-revision', revision: 2 },
  });
  expect(await aid.post('/v1/payments', payment(studentId), { ...key(), 'if-match': '"2"' })).toMatchObject({
    status: 201,
  });
});

test('a bulk line that is too long is refused on its own', async () => {
  const studentId = await newBoarder(aid);
  const good = (n: number) => JSON.stringify({ ...payment(studentId, { amount: '1' }), idempotencyKey: `long-${n}` });
  const lines = [good(1), 'x'.repeat(200_000), good(3), 'y'.repeat(70_000)].join('\n');
  const { text } = await aid.post('/v1/payments/bulk', lines, { 'content-type': 'application/x-ndjson' });
  const results = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(results).toMatchObject([
    { status: 201 },
    { status: 413, code: 'body-too-large' },
    { status: 201 },
    { status: 413 },
  ]);
});

test('bulk answers line by line in order; a bad line stops nothing, a resent file changes nothing', async () => {
  const studentId = await newBoarder(aid);
  const lines = [
    JSON.stringify({ ...payment(studentId, { amount: '600' }), idempotencyKey: 'bulk-1' }),
    'not json',
    JSON.stringify({ ...payment(studentId, { amount: '26' }), idempotencyKey: 'bulk-3' }),
    JSON.stringify({ ...payment(studentId, { amount: 5 }), idempotencyKey: 'bulk-4' }),
    JSON.stringify({ ...payment(studentId, { amount: '25' }), idempotencyKey: 'bulk-5' }),
  ].join('\n');
  const headers = { 'content-type': 'application/x-ndjson' };
  const results = (text: string) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const first = results((await aid.post('/v1/payments/bulk', lines, headers)).text);
  expect(first).toMatchObject([
    { line: 1, status: 201, paymentId: expect.any(String) },
    { line: 2, status: 400, code: 'malformed' },
    { line: 3, status: 422, code: 'entitlement-exceeded' },
    { line: 4, status: 400, code: 'malformed', errors: [{ path: 'amount' }] },
    { line: 5, status: 201 },
  ]);
  const before = await positionOf();
  const second = results((await aid.post('/v1/payments/bulk', lines, headers)).text);
  expect(second.map(({ status, paymentId }) => ({ status, paymentId }))).toEqual(
    first.map(({ status, paymentId }) => ({ status, paymentId })),
  );
  expect(second[0]).toMatchObject({ replayed: true });
  expect(await positionOf()).toBe(before);
});

test('lines of one student are decided in the order of the file, however many there are', async () => {
  const studentId = await newBoarder(aid);
  const lines = Array.from({ length: 60 }, (_, index) =>
    JSON.stringify({ ...payment(studentId, { amount: '1' }), idempotencyKey: `in-order-${index}` }),
  );
  const { text } = await aid.post('/v1/payments/bulk', lines.join('\n'), { 'content-type': 'application/x-ndjson' });
  const positions = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { position: number }).position);
  expect(positions).toHaveLength(60);
  expect(positions).toEqual(positions.toSorted((one, other) => one - other));
});
