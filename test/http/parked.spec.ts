// A recorded event that the views cannot apply: its student is withheld, sums are withheld, everybody else goes on.
import { randomUUID } from 'node:crypto';
import { key, newBoarder, openOffice, payment, SCHOOL } from '../support/office.js';
import { startTestService, type TestService } from '../support/service.js';

let aid: TestService;
let [sound, broken] = ['', ''];
beforeAll(async () => {
  aid = await startTestService();
  await openOffice(aid);
  [sound, broken] = [await newBoarder(aid), await newBoarder(aid, '李四')];
  await aid.post('/v1/payments', payment(sound), key());
  await corrupt(`student-${broken}`);
});
afterAll(() => aid.stop());

/** Writes past the deciders, as a faulty program would. */
async function corrupt(stream: string): Promise<void> {
  const { store, projector } = aid.service.installation;
  const revision = (await store.readStream(stream)).length - 1;
  const payload = JSON.stringify({ data: { paymentId: 'none', amount: '1.00', sources: [] }, meta: {} });
  const [event] = await store.append(stream, revision, [{ id: randomUUID(), type: 'PaymentReversed', payload }]);
  projector.wake(event?.position ?? 0);
  await projector.waitFor(event?.position ?? 0);
}

test('the ledger names the stream, and stays ready', async () => {
  const { body } = await aid.get('/v1/ledger');
  expect(body['parked']).toMatchObject([{ stream: `student-${broken}`, type: 'PaymentReversed', events: 1 }]);
  expect((await aid.get('/health/ready')).status).toBe(200);
  expect((await aid.get('/metrics')).text).toMatch(/^aid_parked_streams 1$/m);
});

test.each([
  ['/v1/students/:broken', 'records-withheld'],
  ['/v1/students/:broken/entitlements?term=2026-autumn', 'records-withheld'],
  ['/v1/totals?fiscalYear=2026', 'totals-withheld'],
  ['/v1/totals/bridge?fiscalYear=2026&schoolYear=2025-2026', 'totals-withheld'],
  ['/v1/entitlements?term=2026-autumn', 'totals-withheld'],
])('%s is refused with %s', async (path, code) => {
  const { status, body } = await aid.get(path.replace(':broken', broken));
  expect([status, body['code']]).toEqual([503, code]);
});

test('the history shows what was recorded; other students are read and paid', async () => {
  expect((await aid.get(`/v1/students/${sound}`)).status).toBe(200);
  expect((await aid.get(`/v1/students/${sound}/entitlements?term=2026-autumn`)).status).toBe(200);
  expect((await aid.post('/v1/payments', payment(sound, { term: '2026-spring' }), key())).status).toBe(201);
});

test('while a school or policy is withheld no decision relies on it', async () => {
  await corrupt(`school-${SCHOOL.schoolId}`);
  await aid.get('/v1/ledger');
  const refused = await aid.post('/v1/payments', payment(sound, { term: '2025-autumn' }), key());
  expect([refused.status, refused.body['code']]).toEqual([503, 'records-withheld']);
});
