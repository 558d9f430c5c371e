// Entitlements over HTTP: lines with their reasons, the population, and both time axes.
import { key, LIVING_SUBSIDY, newBoarder, openOffice, payment } from '../support/office.js';
import { startTestService, type TestService } from '../support/service.js';

let aid: TestService;
beforeEach(async () => {
  aid = await startTestService();
  await openOffice(aid);
});
afterEach(() => aid.stop());

test('a line says what is due, why, and what is left', async () => {
  const studentId = await newBoarder(aid);
  await aid.post('/v1/payments', payment(studentId, { amount: '200' }), key());
  const { body } = await aid.get(`/v1/students/${studentId}/entitlements?term=2026-autumn`);
  expect(body).toMatchObject({
    studentId,
    term: '2026-autumn',
    lines: [
      {
        policyId: 'living-subsidy',
        policyVersion: 1,
        status: 'partly-paid',
        basis: 'per-year',
        entitled: '625.00',
        paid: '200.00',
        returned: '0.00',
        netPaid: '200.00',
        outstanding: '425.00',
        because: [
          { condition: 'enrolled', met: true },
          { condition: 'stage', fact: 'primary', met: true },
          { condition: 'boarding', fact: true, met: true },
          { condition: 'setting', fact: 'rural', met: true },
          { condition: 'hardship', fact: ['dibao-rural'], met: true },
        ],
        legal: { document: 'Test document' },
      },
    ],
    totals: { entitled: '625.00', netPaid: '200.00', outstanding: '425.00' },
  });
});

test('both terms of a school year; ineligible lines only where asked for', async () => {
  const studentId = await newBoarder(aid);
  const year = await aid.get(`/v1/students/${studentId}/entitlements?schoolYear=2025-2026`);
  expect(year.body['terms']).toMatchObject([{ term: '2025-autumn' }, { term: '2026-spring' }]);
  const { body } = await aid.post('/v1/students', { name: '李四' });
  const url = `/v1/students/${String(body['studentId'])}/entitlements?term=2026-autumn`;
  expect((await aid.get(url)).body['lines']).toEqual([]);
  expect((await aid.get(`${url}&include=ineligible`)).body['lines']).toMatchObject([
    { status: 'ineligible', entitled: '0.00' },
  ]);
});

test('who is due and unpaid, page by page', async () => {
  const students = [];
  for (const name of ['甲甲', '乙乙', '丙丙', '丁丁']) students.push(await newBoarder(aid, name));
  await aid.post('/v1/payments', payment(students[0] ?? ''), key());
  const due: string[] = [];
  let cursor = '';
  do {
    const { body } = await aid.get(`/v1/entitlements?term=2026-autumn&status=due&limit=2${cursor}`);
    due.push(...(body['items'] as unknown as { studentId: string }[]).map(({ studentId }) => studentId));
    cursor = body['nextCursor'] ? `&cursor=${String(body['nextCursor'])}` : '';
  } while (cursor);
  expect(due).toEqual(students.slice(1).sort());
  const settled = await aid.get(
    '/v1/entitlements?term=2026-autumn&status=settled&schoolId=2137000001&policyId=living-subsidy',
  );
  expect(settled.body['items']).toMatchObject([{ studentId: students[0], status: 'settled' }]);
  expect((await aid.get('/v1/entitlements?term=2026-autumn&schoolId=2137000099')).body['items']).toEqual([]);
});

test('a back-dated rate shows the difference to pay out, and what was known before', async () => {
  const studentId = await newBoarder(aid);
  const paid = await aid.post('/v1/payments', payment(studentId), key());
  expect(paid.status).toBe(201);
  aid.clock.instant = '2026-12-01T08:00:00.000Z';
  const [first] = LIVING_SUBSIDY.versions;
  const raised = {
    ...first,
    effectiveFrom: '2026-autumn',
    benefit: { basis: 'per-year', amounts: [{ amount: '1450.00' }] },
  };
  expect(await aid.post('/v1/policies/living-subsidy/versions', raised)).toMatchObject({
    status: 201,
    body: { closes: { version: 1 } },
  });
  const url = `/v1/students/${studentId}/entitlements?term=2026-autumn`;
  expect((await aid.get(url)).body['lines']?.[0]).toMatchObject({
    policyVersion: 2,
    status: 'partly-paid',
    entitled: '725.00',
    outstanding: '100.00',
  });
  for (const knownAt of ['2026-11-30T00:00:00Z', String(paid.body['position'])])
    expect((await aid.get(`${url}&knownAt=${knownAt}`)).body['lines']?.[0]).toMatchObject({
      policyVersion: 1,
      status: 'settled',
      outstanding: '0.00',
    });
  const explanation = await aid.get(`/v1/payments/${String(paid.body['paymentId'])}/explanation`);
  expect(explanation.body).toMatchObject({ policyVersion: 1, arithmetic: { benefit: '1250.00 / 2' } });
});

test('a back-dated revocation shows what to recover', async () => {
  const studentId = await newBoarder(aid);
  await aid.post('/v1/payments', payment(studentId), key());
  const student = await aid.get(`/v1/students/${studentId}`);
  const url = `/v1/students/${studentId}/hardship/${String(student.body['hardship']?.[0]?.['determinationId'])}/revocation`;
  await aid.post(url, { from: '2026-10-01', reason: '复核不符' });
  const { body } = await aid.get(`/v1/students/${studentId}/entitlements?term=2026-autumn`);
  expect(body['lines']?.[0]).toMatchObject({ status: 'overpaid', entitled: '0.00', outstanding: '-625.00' });
});

test('a policy withdrawn after it was paid shows what to recover, and pays no more', async () => {
  const studentId = await newBoarder(aid);
  await aid.post('/v1/payments', payment(studentId, { amount: '600' }), key());
  expect(await aid.post('/v1/policies/living-subsidy/withdrawal', { reason: '政策调整' })).toMatchObject({
    status: 200,
    body: { from: '2026-autumn' },
  });
  const { body } = await aid.get(`/v1/students/${studentId}/entitlements?term=2026-autumn`);
  expect(body['lines']).toMatchObject([
    {
      status: 'overpaid',
      outstanding: '-600.00',
      because: [{ condition: 'in-force', met: false }, {}, {}, {}, {}, {}],
    },
  ]);
  expect(await aid.post('/v1/payments', payment(studentId, { amount: '1' }), key())).toMatchObject({
    status: 422,
    body: { code: 'policy-not-in-force' },
  });
  expect((await aid.get(`/v1/students/${studentId}/entitlements?term=2026-spring`)).body['lines']).toMatchObject([
    { status: 'due' },
  ]);
});

test('a back-dated rise of meals can be recorded as further days, and days without a rate are limited as days', async () => {
  const name = { zh: '营养餐补助', en: 'Nutrition meals' };
  const meals = (policyId: string, amounts?: object[]) => ({
    policyId,
    name,
    kind: 'meals',
    versions: [
      {
        effectiveFrom: '2024-spring',
        eligibility: { stages: ['primary'] },
        benefit: { basis: 'per-day', daysPerTerm: 100, ...(amounts && { amounts }) },
        legal: { document: 'Test document' },
      },
    ],
  });
  await aid.post('/v1/policies', meals('nutrition', [{ amount: '4' }]));
  await aid.post('/v1/policies', meals('snack'));
  const studentId = await newBoarder(aid);
  const feed = async (policyId: string, days: number) =>
    aid.post('/v1/payments', payment(studentId, { policyId, amount: undefined, days, method: 'in-kind' }), key());
  expect(await feed('nutrition', 100)).toMatchObject({ status: 201, body: { amount: '400.00' } });
  expect(await feed('nutrition', 1)).toMatchObject({ status: 422, body: { code: 'entitlement-exceeded' } });
  const [first] = meals('nutrition', [{ amount: '5' }]).versions;
  await aid.post('/v1/policies/nutrition/versions', { ...first, effectiveFrom: '2026-autumn' });
  expect(await feed('nutrition', 20)).toMatchObject({
    status: 201,
    body: { amount: '100.00', entitlement: { outstanding: '0.00' } },
  });
  expect(await feed('snack', 100)).toMatchObject({ status: 201, body: { amount: '0.00' } });
  expect(await feed('snack', 1)).toMatchObject({
    status: 422,
    body: { code: 'entitlement-exceeded', days: { entitled: 100, net: 100, outstanding: 0 } },
  });
});
