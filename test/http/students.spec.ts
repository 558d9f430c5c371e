// Students over HTTP: masked, found by their numbers, one place at a time; sealed on disk.
import { citizenNumber, key, newBoarder, openOffice, payment, SCHOOL } from '../support/office.js';
import { startTestService, type TestService } from '../support/service.js';
import { storedBy } from '../support/stores.js';

let aid: TestService;
beforeAll(async () => {
  aid = await startTestService();
  await openOffice(aid);
});
afterAll(() => aid.stop());

test('names and numbers come masked', async () => {
  const number = citizenNumber(101);
  const answer = await aid.post('/v1/students', {
    name: '欧阳小明',
    citizenNumber: number,
    studentNumber: `G${number}`,
    birthDate: '2015-01-01',
    studentGroups: ['left-behind-child'],
  });
  expect(answer).toMatchObject({
    status: 201,
    body: {
      name: '欧***',
      citizenNumber: `370811********${number.slice(-4)}`,
      studentNumber: `G370811********${number.slice(-4)}`,
      birthDate: '2015-**-**',
      studentGroups: ['left-behind-child'],
    },
  });
  const studentId = String(answer.body['studentId']);
  expect((await aid.get(`/v1/students/${studentId}`)).body).toMatchObject({
    name: '欧***',
    enrolments: [],
    hardship: [],
  });
});

test('the same citizen number is one student, also when asked twice at once', async () => {
  const body = { name: '赵六', citizenNumber: citizenNumber(102) };
  const answers = await Promise.all([aid.post('/v1/students', body), aid.post('/v1/students', body)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  const [made, refused] = answers[0]?.status === 201 ? answers : [answers[1], answers[0]];
  expect(refused?.body).toMatchObject({ code: 'student-exists', studentId: made?.body['studentId'] });
});

test('registering with the same key gives the same student', async () => {
  const headers = key();
  const body = { name: '孙七', citizenNumber: citizenNumber(103) };
  const [first, second] = [
    await aid.post('/v1/students', body, headers),
    await aid.post('/v1/students', body, headers),
  ];
  expect(second.text).toBe(first.text);
  expect(second.headers['idempotent-replayed']).toBe('true');
});

test('a claim that was never completed is completed by the next registration', async () => {
  const number = citizenNumber(104);
  const claimed = await aid.service.installation.keys.claim('11111111-1111-4111-8111-111111111111', {
    'citizen-number': number,
  });
  const answer = await aid.post('/v1/students', { name: '周八', citizenNumber: number });
  expect(answer).toMatchObject({ status: 201, body: { studentId: claimed } });
});

test('a student is found by citizen number and by student number', async () => {
  const number = citizenNumber(105);
  const { body } = await aid.post('/v1/students', { name: '吴九', citizenNumber: number, studentNumber: `G${number}` });
  const found = { items: [{ studentId: body['studentId'], name: '吴*' }] };
  expect((await aid.post('/v1/students/search', { citizenNumber: number })).body).toMatchObject(found);
  expect((await aid.get(`/v1/students?studentNumber=G${number}`)).body).toMatchObject(found);
  expect((await aid.post('/v1/students/search', { citizenNumber: citizenNumber(999) })).body).toEqual({
    items: [],
    nextCursor: null,
  });
});

test('enrolments do not overlap; a departure makes room from its day on', async () => {
  const studentId = await newBoarder(aid);
  const enrolment = { schoolId: SCHOOL.schoolId, stage: 'primary', boarding: false, from: '2026-03-01' };
  expect(await aid.post(`/v1/students/${studentId}/enrolments`, enrolment)).toMatchObject({
    status: 409,
    body: { code: 'enrolment-overlaps', from: '2025-09-01' },
  });
  const departure = { date: '2026-03-01', reason: 'transferred' };
  expect(await aid.post(`/v1/students/${studentId}/departures`, departure)).toMatchObject({ status: 201 });
  expect(await aid.post(`/v1/students/${studentId}/enrolments`, enrolment)).toMatchObject({ status: 201 });
});

test('the district decides which stage a grade belongs to', async () => {
  const { body } = await aid.post('/v1/students', { name: '郑十' });
  const url = `/v1/students/${String(body['studentId'])}/enrolments`;
  const enrolment = { schoolId: SCHOOL.schoolId, grade: 6, boarding: true, from: '2026-09-01' };
  expect(await aid.post(url, { ...enrolment, stage: 'primary' })).toMatchObject({
    status: 422,
    body: { code: 'grade-stage-mismatch' },
  });
  expect(await aid.post(url, enrolment)).toMatchObject({
    status: 201,
    body: { stage: 'junior-secondary', grade: '6' },
  });
});

test('a revoked determination no longer counts from its day on', async () => {
  const studentId = await newBoarder(aid);
  const student = await aid.get(`/v1/students/${studentId}`);
  const determinationId = String(student.body['hardship']?.[0]?.['determinationId']);
  const url = `/v1/students/${studentId}/hardship/${determinationId}/revocation`;
  expect(await aid.post(url, { from: '2026-10-31', reason: '收入已改善' })).toMatchObject({ status: 200 });
  expect(await aid.post(url, { from: '2026-10-31', reason: '再次' })).toMatchObject({
    status: 422,
    body: { code: 'already-revoked' },
  });
  expect(await aid.post('/v1/payments', payment(studentId), key())).toMatchObject({
    status: 422,
    body: { code: 'not-eligible' },
  });
  expect(await aid.post('/v1/payments', payment(studentId, { term: '2026-spring' }), key())).toMatchObject({
    status: 201,
  });
});

test('the history tells who, when and why; as known at a position it ends there', async () => {
  const studentId = await newBoarder(aid);
  const paid = await aid.post('/v1/payments', payment(studentId), key());
  const url = `/v1/payments/${String(paid.body['paymentId'])}`;
  await aid.post(`${url}/reversal`, { reason: '记错学生' }, key());
  const { body } = await aid.get(`/v1/students/${studentId}/history`);
  const items = body['items'] as unknown as Record<string, unknown>[];
  expect(items.map(({ type }) => type)).toEqual([
    'StudentRegistered',
    'StudentEnrolled',
    'HardshipDetermined',
    'PaymentDisbursed',
    'PaymentReversed',
  ]);
  expect(items[4]).toMatchObject({
    reason: '记错学生',
    effectiveOn: '2026-11-22',
    recordedAt: '2026-11-22T08:00:00.000Z',
    actor: { id: 'owner', name: 'Owner' },
    summary: { zh: '冲正寄宿生生活费补助 625.00 元' },
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  const then = await aid.get(`/v1/students/${studentId}/history?knownAt=${String(paid.body['position'])}`);
  expect(then.body['items']).toHaveLength(4);
  expect((await aid.get(`/v1/students/${studentId}/history?term=2026-autumn`)).body['items']).toHaveLength(2);
});

test('nothing personal stands in clear in anything that the ledger keeps', async () => {
  const number = citizenNumber(106);
  const { body } = await aid.post('/v1/students', {
    name: '司马金丝雀',
    citizenNumber: number,
    studentNumber: `G${number}`,
    birthDate: '2015-12-24',
  });
  const studentId = String(body['studentId']);
  await aid.post(`/v1/students/${studentId}/hardship`, {
    category: 'orphan',
    from: '2025-01-01',
    evidence: '金丝雀证明',
  });
  await aid.get(`/v1/students/${studentId}`);
  const stored = await storedBy(aid.directory);
  const stands = (text: string): boolean => stored.includes(Buffer.from(text).toString('latin1'));
  expect(stands(studentId)).toBe(true);
  for (const secret of ['司马金丝雀', number, '2015-12-24', '金丝雀证明']) expect(stands(secret)).toBe(false);
});
