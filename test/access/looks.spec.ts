// Every look at a student is on record before the answer leaves (S6); where it cannot be recorded nothing leaves.
import type { LedgerEvent } from '../../src/core/event.js';
import { StorageFull } from '../../src/core/storage.js';
import { dutyOfRoute } from '../../src/access/matrix.js';
import { EventStore } from '../../src/event-store/event-store.js';
import { key } from '../support/office.js';
import { startTestService, type TestService } from '../support/service.js';
import { requestsAbout } from './requests.js';
import { HOME, keyOf, newWorld, type World } from './world.js';

let aid: TestService;
let world: World;

beforeAll(async () => {
  aid = await startTestService();
  world = await newWorld(aid);
});
afterAll(() => aid.stop());

async function eventsAfter(position: number): Promise<LedgerEvent[]> {
  const { body } = await aid.get(`/v1/ledger/events?from=${position + 1}&limit=500`);
  return body['items'] as unknown as LedgerEvent[];
}
const headOf = async (): Promise<number> => Number((await aid.get('/v1/ledger')).body['position']);

const readers = () => {
  const requests = requestsAbout(world);
  return Object.entries(requests).filter(([route]) => route.startsWith('GET') || route === 'POST /v1/students/search');
};

test('every read whose answer names the pupil, or shows the name, was recorded with duty, fields and reader', async () => {
  const { authorization, keyId } = await keyOf(aid, 'auditor', { all: true });
  const recorded: string[] = [];
  for (const [route, { path, body }] of readers()) {
    const before = await headOf();
    const reply = body ? await aid.post(path, body, { authorization }) : await aid.get(path, { authorization });
    if (reply.status === 403) continue;
    expect(reply.status).toBe(200);
    const seen = (await eventsAfter(before)).find(({ meta }) => meta.actor.id === `key:${keyId}`);
    const names = reply.text.includes(world.pupil.studentId) || reply.text.includes('张三丰');
    expect({ route, recorded: seen?.type === 'RecordsSeen' }).toEqual({ route, recorded: names });
    if (!seen) continue;
    recorded.push(route);
    expect(seen).toMatchObject({
      type: 'RecordsSeen',
      data: { duty: dutyOfRoute(route), studentIds: expect.arrayContaining([world.pupil.studentId]) },
      meta: {
        actor: { id: `key:${keyId}`, role: 'auditor', name: 'auditor 测试' },
        requestId: reply.headers['x-request-id'],
      },
    });
  }
  expect(recorded).toEqual(
    expect.arrayContaining([
      'GET /v1/students',
      'GET /v1/students/:studentId',
      'POST /v1/students/search',
      'GET /v1/students/:studentId/history',
      'GET /v1/students/:studentId/entitlements',
      'GET /v1/entitlements',
      'GET /v1/payments',
      'GET /v1/payments/:paymentId',
      'GET /v1/payments/:paymentId/explanation',
      'GET /v1/notices/:noticeId',
      'GET /v1/ledger/events',
      'GET /v1/access-log',
    ]),
  );
});

test('what cannot be recorded does not leave; what shows nobody does', async () => {
  const store = aid.service.app.get(EventStore);
  const append = store.append.bind(store);
  // The wire to the disk, cut: the store refuses as it does on a full one.
  store.append = () => Promise.reject(new StorageFull('no room'));
  try {
    for (const [route, { path, body }] of readers()) {
      const reply = body ? await aid.post(path, body) : await aid.get(path);
      const shows = reply.text.includes(world.pupil.studentId) && reply.status === 200;
      expect({ route, shows }).toEqual({ route, shows: false });
      expect([200, 507]).toContain(reply.status);
    }
    expect((await aid.get(`/v1/students/${world.pupil.studentId}`)).status).toBe(507);
    expect((await aid.get('/v1/totals?term=2026-autumn')).status).toBe(200);
  } finally {
    store.append = append;
  }
});

test('names and numbers come masked; in clear only for a purpose, which is on record', async () => {
  const { authorization, keyId } = await keyOf(aid, 'school-clerk', { schoolId: HOME });
  const path = `/v1/students/${world.pupil.studentId}`;
  const { text } = await aid.get(path, { authorization });
  expect(text).toContain('"name":"张**"');
  expect(text).toMatch(/"citizenNumber":"370811\*{8}\d{3}[\dX]"/);
  const purpose = '核对银行卡开户信息';
  const headers = { authorization, ...key() };
  const shown = await aid.post(`${path}/disclosure`, { fields: ['name', 'citizenNumber'], purpose }, headers);
  expect(shown).toMatchObject({
    status: 200,
    body: { name: '张三丰', citizenNumber: expect.stringMatching(/^370811\d{11}/) },
  });
  expect(shown.body).not.toHaveProperty('studentNumber');
  const again = await aid.post(`${path}/disclosure`, { fields: ['name', 'citizenNumber'], purpose }, headers);
  expect({ ...again.body, replayed: again.headers['idempotent-replayed'] }).toEqual({
    ...shown.body,
    replayed: 'true',
  });

  const auditor = await keyOf(aid, 'auditor', { districtId: 'rencheng' });
  const log = await aid.get(`/v1/access-log?studentId=${world.pupil.studentId}&principal=key:${keyId}`, {
    authorization: auditor.authorization,
  });
  expect(log.body['items']).toMatchObject([
    { actor: { id: `key:${keyId}` }, duty: 'disclose', purpose, fields: ['name', 'citizenNumber'] },
    { duty: 'read-students', purpose: { zh: '查阅学生' }, fields: ['masked-identity', 'facts'] },
  ]);
  const stored = (await aid.get('/v1/ledger/events?from=1&limit=500')).text;
  expect({ inClear: stored.includes(purpose) }).toEqual({ inClear: false });
});

test('the access log is filtered by day, student and reader, and paged', async () => {
  const path = '/v1/access-log';
  const all = (await aid.get(`${path}?limit=500`)).body['items'] as unknown as {
    position: number;
    studentId: string;
  }[];
  const first = await aid.get(`${path}?limit=1`);
  const second = await aid.get(`${path}?limit=1&cursor=${String(first.body['nextCursor'])}`);
  expect([first, second].map(({ body }) => (body['items'] as unknown as object[]).length)).toEqual([1, 1]);
  expect(second.body['items']).not.toEqual(first.body['items']);
  expect(all.map(({ position }) => position)).toEqual(all.map(({ position }) => position).toSorted((a, b) => b - a));
  expect((await aid.get(`${path}?from=2026-11-23`)).body['items']).toEqual([]);
  expect((await aid.get(`${path}?to=2026-11-21`)).body['items']).toEqual([]);
  expect(
    ((await aid.get(`${path}?from=2026-11-22&to=2026-11-22`)).body['items'] as unknown as object[]).length,
  ).toBeGreaterThan(0);
});
