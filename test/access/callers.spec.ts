// Who is let in: tokens whose holders have grants, the owner's key until it is revoked, and no more often than allowed.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { AUDIENCE, Issuer } from '../support/issuer.js';
import { key } from '../support/office.js';
import { FixedClock, newDirectory, startTestService, type TestService } from '../support/service.js';
import { testWith } from '../support/missing.js';
import { storeKind } from '../support/stores.js';
import { HOME, keyOf, newWorld, type World } from './world.js';

describe('tokens', () => {
  let issuer: Issuer;
  let aid: TestService;
  let world: World;
  const clock = new FixedClock();

  beforeAll(async () => {
    issuer = await Issuer.start();
    issuer.now = () => clock.now().getTime();
    const environment = { AID_OIDC_ISSUER: issuer.url, AID_OIDC_AUDIENCE: AUDIENCE, AID_OIDC_CLAIM: 'groups' };
    aid = await startTestService({ clock, environment });
    world = await newWorld(aid);
  });
  afterAll(async () => {
    await aid.stop();
    await issuer.down();
  });

  const bearer = (claims: object = {}) => ({
    authorization: `Bearer ${issuer.token({ groups: ['clerks'], ...claims })}`,
  });

  test('say who somebody is; what they may do is granted in the ledger, and acts on the next request', async () => {
    const path = `/v1/students/${world.pupil.studentId}`;
    expect((await aid.get(path, bearer())).status).toBe(403);
    const grant = { holder: 'clerks', role: 'school-clerk', scope: { schoolId: HOME } };
    const given = await aid.post('/v1/grants', grant, key());
    expect((await aid.get(path, bearer())).status).toBe(200);
    expect((await aid.get('/v1/me', bearer())).body).toMatchObject({
      principal: 'token:teacher-17',
      name: '王老师',
      roles: ['school-clerk'],
      scope: { schoolId: HOME },
    });
    expect((await aid.get(path, bearer({ groups: ['others'] }))).status).toBe(403);
    expect((await aid.get('/v1/keys', bearer())).status).toBe(403);
    expect((await aid.get(path, bearer({ aud: 'another service' }))).status).toBe(401);
    await aid.post(`/v1/grants/${String(given.body['grantId'])}/revocation`, { reason: '离任' }, key());
    expect((await aid.get(path, bearer())).status).toBe(403);
  });

  test('several grants reach as far as all of them, each with its own duties', async () => {
    for (const [role, scope] of [
      ['auditor', { districtId: 'yanzhou' }],
      ['finance', { districtId: 'rencheng' }],
    ] as const)
      await aid.post('/v1/grants', { holder: 'both', role, scope }, key());
    const both = bearer({ groups: ['both'] });
    const { items } = (await aid.get('/v1/schools', both)).body as unknown as { items: { districtId: string }[] };
    expect(new Set(items.map(({ districtId }) => districtId))).toEqual(new Set(['rencheng', 'yanzhou']));
    // The log of looks is the auditor's, who reaches the other district only.
    await aid.get(`/v1/students/${world.pupil.studentId}`);
    const log = await aid.get(`/v1/access-log?studentId=${world.pupil.studentId}`, both);
    expect(log.body).toMatchObject({ items: [] });
  });

  test('a grant holds from its first day', async () => {
    const from = '2026-12-01';
    await aid.post('/v1/grants', { holder: 'later', role: 'auditor', scope: { all: true }, from }, key());
    expect((await aid.get('/v1/totals?fiscalYear=2026', bearer({ groups: ['later'] }))).status).toBe(403);
    clock.instant = '2026-12-01T00:00:00.000Z';
    expect((await aid.get('/v1/totals?fiscalYear=2026', bearer({ groups: ['later'] }))).status).toBe(200);
  });
});

describe("the owner's key", () => {
  test('stands in the list, opens everything until it is revoked, and stays revoked after a new start', async () => {
    const directory = newDirectory();
    const aid = await startTestService({ directory });
    const administrator = await keyOf(aid, 'administrator', { all: true });
    const [owner] = (await aid.get('/v1/keys', administrator)).body['items'] as unknown as {
      keyId: string;
      revoked: unknown;
    }[];
    expect(owner).toMatchObject({ keyId: expect.stringMatching(/^owner-/), revoked: null });
    const path = `/v1/keys/${String(owner?.keyId)}/revocation`;
    expect((await aid.post(path, { reason: '已交接' }, { ...administrator, ...key() })).status).toBe(200);
    expect((await aid.get('/v1/me')).status).toBe(401);
    await aid.stop();
    const again = await startTestService({ directory });
    expect((await again.get('/v1/me')).status).toBe(401);
    const list = (await again.get('/v1/keys', administrator)).body['items'] as unknown as object[];
    expect(list[0]).toMatchObject({ revoked: { by: { role: 'administrator' } } });
    await again.stop();
    rmSync(directory, { recursive: true, force: true });
  });
});

describe('keys', () => {
  let aid: TestService;
  beforeAll(async () => void (aid = await startTestService()));
  afterAll(() => aid.stop());

  test('are shown once, with a prefix and 256 bits, and listed with their last use', async () => {
    const headers = key();
    const asked = { name: '王会计', role: 'finance', scope: { districtId: 'rencheng' }, expiresOn: '2027-06-30' };
    const { status, body } = await aid.post('/v1/keys', asked, headers);
    expect({ status, body }).toMatchObject({ status: 201, body: { ...asked, prefix: expect.stringMatching(/^aid_/) } });
    expect(String(body['key'])).toMatch(/^aid_[0-9a-f]{12}_[A-Za-z0-9_-]{43}$/);
    const again = await aid.post('/v1/keys', asked, headers);
    expect(again.body).toEqual({ ...body, key: null });
    const listed = async () =>
      ((await aid.get('/v1/keys')).body['items'] as unknown as { keyId: string; lastUsedAt: string | null }[]).find(
        ({ keyId }) => keyId === String(body['keyId']),
      );
    expect(await listed()).toMatchObject({ name: '王会计', lastUsedAt: null, given: { by: { id: 'owner' } } });
    await aid.get('/v1/me', { authorization: `Bearer ${String(body['key'])}` });
    expect(await listed()).toMatchObject({ lastUsedAt: '2026-11-22T08:00:00.000Z' });
    expect((await aid.get('/v1/ledger/events?limit=500')).text.includes(String(body['key']))).toBe(false);
  });

  test('answers are for nobody’s cache, and say what a browser may do with them', async () => {
    const { headers } = await aid.get('/v1/ledger');
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'strict-transport-security': expect.any(String),
      'content-security-policy': expect.stringContaining("default-src 'self'"),
    });
  });
});

test('each caller has a limit of its own, and so has an address without a key', async () => {
  const aid = await startTestService({ environment: { AID_RATE_LIMIT: '5' } });
  const ask = async (authorization: string) => {
    const replies = [];
    for (let count = 0; count < 7; count++) replies.push(await aid.get('/v1/me', { authorization }));
    return replies;
  };
  const stranger = await ask('Bearer nobody');
  expect(stranger.map(({ status }) => status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect(stranger[6]).toMatchObject({
    headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    body: { code: 'too-many-requests', status: 429 },
  });
  const owner = [];
  for (let count = 0; count < 6; count++) owner.push((await aid.get('/v1/me')).status);
  expect(owner).toEqual([200, 200, 200, 200, 200, 429]);
  await aid.stop();
});

// The keys stand in a file of their own where the store is embedded.
testWith(storeKind() === 'sqlite', 'a key store in a file')(
  'a ledger with students does not start without their keys',
  async () => {
    const directory = newDirectory();
    const aid = await startTestService({ directory });
    await newWorld(aid);
    await aid.stop();
    for (const file of ['keys.db', 'keys.db-wal', 'keys.db-shm']) rmSync(join(directory, file), { force: true });
    await expect(startTestService({ directory })).rejects.toThrow(/keys\.db/);
    rmSync(directory, { recursive: true, force: true });
  },
);

test('what the officer of one district publishes holds there; for all districts only who reaches them publishes', async () => {
  const aid = await startTestService();
  await newWorld(aid);
  const terms = {
    effectiveFrom: '2024-spring',
    eligibility: {},
    benefit: { basis: 'actual-cost' },
    legal: { document: '试' },
  };
  const policy = { policyId: 'local', name: { zh: '本区', en: 'Local' }, kind: 'waiver', versions: [terms] };
  const officer = await keyOf(aid, 'district-officer', { districtId: 'rencheng' });
  expect((await aid.post('/v1/policies', policy, { ...officer, ...key() })).body).toMatchObject({
    versions: [{ eligibility: { districts: ['rencheng'] } }],
  });
  const city = await keyOf(aid, 'district-officer', { city: '3708' });
  const wide = { ...policy, policyId: 'wide' };
  expect((await aid.post('/v1/policies', wide, { ...city, ...key() })).body).toMatchObject({ code: 'scope-exceeded' });
  const amended = { ...terms, effectiveFrom: '2030-spring' };
  const amend = (policyId: string) => aid.post(`/v1/policies/${policyId}/versions`, amended, { ...officer, ...key() });
  expect((await amend('local')).status).toBe(201);
  expect((await amend('living-subsidy')).body).toMatchObject({ code: 'scope-exceeded' });
  await aid.stop();
});
