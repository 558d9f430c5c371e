// What holds for every route: positions, revisions, pages, public addresses, one process for one ledger.
import { cpSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { get, post, start } from '../crash/process.js';
import { DISTRICT, key, LIVING_SUBSIDY, newBoarder, openOffice, payment, SCHOOL } from '../support/office.js';
import { newDirectory, startTestService, type TestService } from '../support/service.js';
import { storeKind } from '../support/stores.js';

let aid: TestService;
beforeAll(async () => {
  aid = await startTestService();
  await openOffice(aid);
});
afterAll(() => aid.stop());

test('a read says which position it reflects, and that is at least the last write', async () => {
  const written = await aid.post('/v1/students', { name: '钱一' });
  for (const path of [
    `/v1/students/${String(written.body['studentId'])}`,
    '/v1/policies',
    '/v1/totals?fiscalYear=2026',
    '/v1/ledger',
  ])
    expect(Number((await aid.get(path)).headers['ledger-position'])).toBeGreaterThanOrEqual(
      Number(written.headers['ledger-position']),
    );
});

test('a read waits for a position that is asked for, but not for ever', async () => {
  expect((await aid.get('/v1/policies', { 'ledger-position': '1' })).status).toBe(200);
  const behind = await aid.get('/v1/policies', { 'ledger-position': '999999' });
  expect(behind).toMatchObject({ status: 503, body: { code: 'projection-behind' } });
  expect(behind.headers['retry-after']).toBe('1');
  expect(await aid.get('/v1/policies', { 'ledger-position': 'soon' })).toMatchObject({
    status: 400,
    body: { code: 'malformed' },
  });
});

test('a revision that was read matches; a changed one does not', async () => {
  const studentId = await newBoarder(aid);
  const { headers } = await aid.get(`/v1/students/${studentId}`);
  const tag = { 'if-match': String(headers['etag']) };
  expect(tag['if-match']).toBe('"2"');
  const departure = { date: '2026-12-01', reason: 'transferred' };
  expect(await aid.post(`/v1/students/${studentId}/departures`, departure, tag)).toMatchObject({
    status: 201,
    headers: { etag: '"3"' },
  });
  expect(await aid.post(`/v1/students/${studentId}/departures`, departure, tag)).toMatchObject({
    status: 412,
    body: { code: 'stale-revision' },
  });
  expect(await aid.post(`/v1/students/${studentId}/departures`, departure, { 'if-match': 'W/"x"' })).toMatchObject({
    status: 400,
  });
});

test('registering the same district or school again creates nothing; another school under the code is refused', async () => {
  expect(await aid.post('/v1/districts', DISTRICT)).toMatchObject({ status: 200 });
  expect(await aid.post('/v1/districts', { ...DISTRICT, name: '任城区(新)' })).toMatchObject({
    status: 200,
    headers: { etag: '"1"' },
  });
  expect((await aid.get('/v1/districts/rencheng')).body).toMatchObject({
    name: '任城区(新)',
    census: { autumn: '10-31', spring: '04-30' },
  });
  expect(await aid.post('/v1/schools', SCHOOL)).toMatchObject({
    status: 200,
    headers: { location: '/v1/schools/2137000001' },
  });
  expect(await aid.post('/v1/schools', { ...SCHOOL, setting: 'urban' })).toMatchObject({
    status: 409,
    body: { code: 'school-exists' },
  });
  expect(await aid.post('/v1/schools', { ...SCHOOL, schoolId: '2137000002', districtId: 'nowhere' })).toMatchObject({
    status: 404,
    body: { code: 'district-unknown' },
  });
  expect(await aid.post('/v1/policies', LIVING_SUBSIDY)).toMatchObject({
    status: 409,
    body: { code: 'policy-exists' },
  });
});

test.each(['/v1/policies', '/v1/schools', '/v1/students', '/v1/payments'])(
  '%s is paged without loss or repetition',
  async (path) => {
    for (let index = 0; index < 5; index++) {
      const name = { zh: '政策', en: 'Policy' };
      await aid.post('/v1/policies', { ...LIVING_SUBSIDY, policyId: `paged-${index}`, name });
      await aid.post('/v1/schools', { ...SCHOOL, schoolId: `213700010${index}` });
      await aid.post('/v1/payments', payment(await newBoarder(aid)), key());
    }
    const idOf = (item: Record<string, unknown>): unknown =>
      item['paymentId'] ?? item['studentId'] ?? item['schoolId'] ?? item['policyId'];
    const seen: unknown[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await aid.get(`${path}?limit=2${cursor && `&cursor=${cursor}`}`);
      const items = body['items'] as unknown as Record<string, unknown>[];
      expect(items.length).toBeLessThanOrEqual(2);
      seen.push(...items.map(idOf));
      cursor = body['nextCursor'] as unknown as string | null;
    }
    const whole = (await aid.get(`${path}?limit=500`)).body['items'] as unknown as Record<string, unknown>[];
    expect(seen).toEqual(whole.map(idOf));
    expect(new Set(seen).size).toBeGreaterThanOrEqual(5);
  },
);

test('health, metrics and the API description need no key; they show nothing personal', async () => {
  for (const path of ['/health/live', '/health/ready', '/metrics', '/openapi.json', '/docs'])
    expect({ path, status: (await aid.get(path, { authorization: '' })).status }).toEqual({ path, status: 200 });
  const { text } = await aid.get('/metrics');
  expect(text).toContain('aid_projected_position');
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
});

test('every answer names its request and forbids framing', async () => {
  const { headers } = await aid.get('/v1/me');
  expect(headers).toMatchObject({
    'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
  });
});

test('the owner has every role in every scope', async () => {
  expect((await aid.get('/v1/me')).body).toMatchObject({
    principal: 'owner',
    roles: expect.arrayContaining(['auditor', 'school-clerk']),
    scope: { all: true },
  });
});

test('the ledger shows its head, its events as stored, and verifies', async () => {
  const { body } = await aid.get('/v1/ledger');
  expect(body).toMatchObject({
    store: storeKind().replace(' double', ''),
    readModels: storeKind() === 'postgres' ? 'postgres' : 'sqlite',
    headHash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await aid.get('/v1/ledger/verification')).body).toEqual({
    ok: true,
    events: body['position'],
    headHash: body['headHash'],
  });
  const page = await aid.get('/v1/ledger/events?from=3&limit=2');
  expect(page.body).toMatchObject({ items: [{ position: 3 }, { position: 4 }], next: 5 });
});

test('a second process on the same ledger is refused, and a stopped one leaves a file that is whole by itself', async () => {
  const directory = newDirectory();
  const first = await start(directory);
  await expect(start(directory, 'ignore')).rejects.toThrow(/ended with 78/);
  const { body } = await post(first.url, '/v1/students', { name: '孙二' });
  const { body: ledger } = await get(first.url, '/v1/ledger');
  expect(await first.stop()).toBe(0);
  const alone = join(newDirectory(), 'ledger.db');
  cpSync(join(directory, 'ledger.db'), alone);
  const copy = new SqliteEventStore(alone);
  expect((await copy.head()).position).toBe(ledger['position']);
  await copy.close();
  expect(statSync(join(directory, 'keys.db')).mode & 0o777).toBe(0o600);
  const second = await start(directory);
  expect((await get(second.url, `/v1/students/${body['studentId']}`)).status).toBe(200);
  expect(await second.stop()).toBe(0);
  rmSync(directory, { recursive: true, force: true });
});
