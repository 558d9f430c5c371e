// Totals over HTTP: two calibers, persons and person-times, knownAt, CSV, and the bridge.
import { key, newBoarder, openOffice, payment } from '../support/office.js';
import { startTestService, type TestService } from '../support/service.js';

let aid: TestService;
let first: string;
let position: number;

beforeAll(async () => {
  aid = await startTestService();
  await openOffice(aid);
  first = await newBoarder(aid, '甲甲');
  const second = await newBoarder(aid, '乙乙');
  const pay = async (studentId: string, term: string, paidOn: string, amount = '625.00') =>
    aid.post('/v1/payments', payment(studentId, { term, paidOn, amount }), key());
  await pay(first, '2025-autumn', '2025-12-10');
  await pay(second, '2025-autumn', '2026-01-10');
  const spring = await pay(first, '2026-spring', '2026-05-10', '300');
  position = Number(spring.body['position']);
  const autumn = await pay(second, '2026-autumn', '2026-11-10');
  await aid.post(
    `/v1/payments/${String(spring.body['paymentId'])}/return`,
    { amount: '100.01', returnedOn: '2026-06-01', cause: 'bank-refused', reference: 'R' },
    key(),
  );
  await aid.post(`/v1/payments/${String(autumn.body['paymentId'])}/reversal`, { reason: '重复' }, key());
});
afterAll(() => aid.stop());

test('by calendar year each movement counts on its own date', async () => {
  const { body } = await aid.get('/v1/totals?fiscalYear=2026&by=policy,source');
  expect(body).toMatchObject({
    period: { fiscalYear: 2026 },
    knownAt: null,
    position: expect.any(Number),
    rows: [
      {
        policyId: 'living-subsidy',
        source: 'central',
        amount: '412.49',
        disbursed: '775.00',
        returned: '50.01',
        reversed: '312.50',
        personTimes: 2,
        persons: 2,
      },
      { policyId: 'living-subsidy', source: 'district', amount: '412.50' },
    ],
    total: {
      amount: '824.99',
      disbursed: '1550.00',
      returned: '100.01',
      reversed: '625.00',
      personTimes: 2,
      persons: 2,
    },
  });
});

test('by school year it counts for the term it is for', async () => {
  expect((await aid.get('/v1/totals?schoolYear=2025-2026')).body['total']).toMatchObject({
    amount: '1449.99',
    personTimes: 3,
    persons: 2,
  });
  expect((await aid.get('/v1/totals?term=2026-autumn')).body['total']).toMatchObject({
    amount: '0.00',
    disbursed: '625.00',
    personTimes: 0,
    persons: 0,
  });
});

test('a span of days, a scope, and a grouping by month', async () => {
  const { body } = await aid.get(
    '/v1/totals?from=2026-01-01&to=2026-06-30&by=month&schoolId=2137000001&districtId=rencheng&policyId=living-subsidy',
  );
  expect(body['rows']).toMatchObject([
    { month: '2026-01', amount: '625.00' },
    { month: '2026-05', amount: '300.00' },
    { month: '2026-06', amount: '-100.01', personTimes: 0 },
  ]);
  expect((await aid.get('/v1/totals?fiscalYear=2026&districtId=elsewhere')).body['total']).toMatchObject({
    amount: '0.00',
    persons: 0,
  });
});

test('as known at a position, later entries do not count', async () => {
  const { body } = await aid.get(`/v1/totals?schoolYear=2025-2026&knownAt=${position}`);
  expect(body).toMatchObject({ knownAt: String(position), position, total: { amount: '1550.00', returned: '0.00' } });
});

test('the bridge explains the difference entry by entry', async () => {
  const { body } = await aid.get('/v1/totals/bridge?fiscalYear=2026&schoolYear=2025-2026');
  expect(body).toMatchObject({
    fiscalYear: { amount: '824.99' },
    schoolYear: { amount: '1449.99' },
    difference: '-625.00',
    entryCount: 3,
    items: [
      { side: 'school-year-only', date: '2025-12-10', effect: '-625.00' },
      { side: 'fiscal-year-only', type: 'PaymentDisbursed', effect: '625.00' },
      { side: 'fiscal-year-only', type: 'PaymentReversed', effect: '-625.00' },
    ],
  });
});

test('CSV carries the same figures, a mark of its encoding, and no formulas', async () => {
  const { text, headers } = await aid.get('/v1/totals?fiscalYear=2026&by=policy', { accept: 'text/csv' });
  expect(headers['content-type']).toContain('text/csv');
  expect(text.codePointAt(0)).toBe(0xfeff);
  expect(text).toContain('living-subsidy,1550.00,100.01,625.00,824.99,2,2');
  expect(text).toContain('合计');
});

test('an explained payment opens from the figure: the register shows the entries behind it', async () => {
  const { body } = await aid.get(
    `/v1/payments?studentId=${first}&paidFrom=2026-01-01&paidTo=2026-12-31&state=partly-returned`,
  );
  expect(body['items']).toMatchObject([{ amount: '300.00', returned: '100.01', net: '199.99' }]);
});
