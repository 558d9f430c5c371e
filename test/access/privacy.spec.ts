// Restriction and erasure through the API: what is kept stays whole, what is erased can be read by nobody (P2).
import { rmSync } from 'node:fs';
import { KeyStore } from '../../src/keys/key-store.js';
import { Projector } from '../../src/read-models/projector.js';
import { key } from '../support/office.js';
import { newDirectory, startTestService, type TestService } from '../support/service.js';
import { HOME, keyOf, newWorld, registerPupil, type Pupil } from './world.js';
import { citizenNumber, payment } from '../support/office.js';

let aid: TestService;
let custodian: Record<string, string>;
const asked = { reason: '监护人要求', document: '申请书 1 号' };
const law = '个人信息保护法第四十七条';

beforeAll(async () => {
  aid = await startTestService();
  await newWorld(aid);
  const { authorization } = await keyOf(aid, 'key-custodian', { districtId: 'rencheng' });
  custodian = { authorization };
});
afterAll(() => aid.stop());

const act = (path: string, body: object) => aid.post(path, body, { ...custodian, ...key() });

/** Everything that must not change with an erasure. */
async function books({ studentId, paymentId }: Pupil) {
  const [totals, paid, explanation, verification, lines] = await Promise.all([
    aid.get('/v1/totals?fiscalYear=2026&by=school,policy'),
    aid.get(`/v1/payments/${paymentId}`),
    aid.get(`/v1/payments/${paymentId}/explanation`),
    aid.get('/v1/ledger/verification'),
    aid.get(`/v1/students/${studentId}/entitlements?term=2026-autumn`),
  ]);
  expect(verification.body).toMatchObject({ ok: true });
  const { rows, total } = totals.body;
  return { rows, total, paid: paid.body, explanation: explanation.body, lines: lines.body };
}

test('a restricted record is kept and not used, and lifting gives it back', async () => {
  const pupil = await registerPupil(aid, HOME, '周八', 6);
  const path = `/v1/students/${pupil.studentId}`;
  const before = await books(pupil);
  expect(await act(`${path}/restriction`, asked)).toMatchObject({ status: 200, body: { restricted: true } });
  const codes = await Promise.all([
    aid.get(path),
    aid.get(`${path}/entitlements?term=2026-autumn`),
    aid.post(`${path}/disclosure`, { fields: ['name'], purpose: '试' }, key()),
    aid.post(`${path}/departures`, { date: '2026-11-01', reason: 'graduated' }, key()),
    aid.post('/v1/payments', payment(pupil.studentId, { amount: '1' }), key()),
  ]);
  expect(codes.map(({ status, body }) => [status, body['code']])).toEqual(codes.map(() => [422, 'student-restricted']));
  for (const list of ['/v1/students?limit=500', '/v1/entitlements?term=2026-autumn&limit=500'])
    expect((await aid.get(list)).text).not.toContain(pupil.studentId);
  const search = await aid.post('/v1/students/search', { citizenNumber: citizenNumber(6) });
  expect(search.body['items']).toEqual([]);
  // An audit goes on, and money that has moved is booked.
  const auditor = await keyOf(aid, 'auditor', { districtId: 'rencheng' });
  expect((await aid.get(`${path}/history`, auditor)).status).toBe(200);
  const clerk = await keyOf(aid, 'school-clerk', { schoolId: HOME });
  expect((await aid.get(`${path}/history`, clerk)).body).toMatchObject({ code: 'student-restricted' });
  const back = { returnedOn: '2026-11-21', cause: 'bank-refused', reference: 'R-1', amount: '1' };
  expect((await aid.post(`/v1/payments/${pupil.paymentId}/return`, back, key())).status).toBe(201);

  expect(await act(`${path}/restriction/lifting`, asked)).toMatchObject({ status: 200, body: { restricted: false } });
  expect((await books(pupil)).explanation).toEqual(before.explanation);
});

test('erasure: refused while accounts are kept, unless a law is named; then nobody reads the name, and the books stand', async () => {
  const pupil = await registerPupil(aid, HOME, '吴九九', 7);
  const path = `/v1/students/${pupil.studentId}`;
  const before = await books(pupil);
  expect(await act(`${path}/erasure`, asked)).toMatchObject({
    status: 422,
    body: { code: 'retention-running', until: '2056-12-31' },
  });
  const erased = await act(`${path}/erasure`, { ...asked, law });
  expect(erased).toMatchObject({ status: 200, body: { erased: true } });

  expect(await books(pupil)).toEqual({ ...before });
  expect((await aid.get(path)).body).toMatchObject({ name: null, erased: true });
  expect((await aid.post('/v1/students/search', { citizenNumber: citizenNumber(7) })).body['items']).toEqual([]);
  const history = (await aid.get(`${path}/history`)).body['items'] as unknown as {
    type: string;
    reason?: string;
    data: object;
  }[];
  expect(history[0]).toMatchObject({ type: 'StudentRegistered', data: { name: null, citizenNumber: null } });
  expect(history.at(-1)).toMatchObject({ type: 'PersonalDataErased', reason: asked.reason, data: { ...asked, law } });
  expect(await aid.service.app.get(KeyStore).keysOf([pupil.studentId])).toEqual(new Map());
  const disclosed = await aid.post(`${path}/disclosure`, { fields: ['name'], purpose: '试' }, key());
  expect(disclosed.body).toMatchObject({ code: 'student-erased' });
  expect((await act(`${path}/erasure`, { ...asked, law })).body).toMatchObject({ code: 'student-erased' });

  // The number is free again, and the views as rebuilt from the log hold no more than before.
  const projector = aid.service.app.get(Projector);
  await projector.waitFor(projector.acknowledged);
  const hash = await projector.hash();
  await projector.rebuild();
  expect(await projector.hash()).toBe(hash);
  const registered = await aid.post('/v1/students', { name: '新生', citizenNumber: citizenNumber(7) }, key());
  expect(registered.status).toBe(201);
});

test('an erasure that is on record and was cut off before the key was destroyed is finished at the next start', async () => {
  const directory = newDirectory();
  const first = await startTestService({ directory });
  await newWorld(first);
  const pupil = await registerPupil(first, HOME, '郑十', 8);
  const keys = first.service.app.get(KeyStore);
  // The process, cut between the two: the event is on disk, the key is still there.
  keys.destroy = () => Promise.reject(new Error('cut off'));
  const path = `/v1/students/${pupil.studentId}`;
  expect((await first.post(`${path}/erasure`, { ...asked, law }, key())).status).toBe(500);
  expect((await keys.keysOf([pupil.studentId])).size).toBe(1);
  // What is on record holds already: nobody reads the name.
  expect((await first.get(path)).body).toMatchObject({ name: null, erased: true });
  expect((await first.get(`${path}/history`)).text).not.toContain('郑');
  await first.stop();
  const second = await startTestService({ directory });
  expect((await second.service.app.get(KeyStore).keysOf([pupil.studentId])).size).toBe(0);
  expect((await second.get(`${path}/history`)).text).not.toContain('郑');
  await second.stop();
  rmSync(directory, { recursive: true, force: true });
});
