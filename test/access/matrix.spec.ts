// Every route × role × scope × credential, judged by the one matrix: 0 deviations.
import {
  DUTIES,
  DUTY_NAMES,
  dutyOf,
  dutyOfRoute,
  OF_A_STUDENT,
  ROLE_NAMES,
  type Role,
} from '../../src/access/matrix.js';
import type { Scope } from '../../src/access/scope.js';
import { demandMatrixOf } from '../../src/http/access.guard.js';
import { key, LIVING_SUBSIDY } from '../support/office.js';
import { FixedClock, startTestService, type TestService } from '../support/service.js';
import { requestsAbout, type Asked } from './requests.js';
import { AROUND, ELSEWHERE, HOME, keyOf, newWorld, NEXT_DOOR, type World } from './world.js';

let aid: TestService;
let world: World;
let requests: Record<string, Asked>;
const clock = new FixedClock();

const ROUTES = DUTY_NAMES.flatMap((name) => dutyOf(name).routes);
const SCOPES = [...AROUND, ...ELSEWHERE];

beforeAll(async () => {
  aid = await startTestService({ clock });
  world = await newWorld(aid);
  await aid.post('/v1/policies', policyOfRencheng('of-rencheng'));
  await aid.post('/v1/policies', policyOfRencheng('withdrawn-of-rencheng'));
  await aid.post('/v1/policies/withdrawn-of-rencheng/withdrawal', { reason: '调整' }, key());
  requests = requestsAbout(world);
  // So that the access log has something to tell of the pupil.
  await aid.get(`/v1/students/${world.pupil.studentId}`);
});
afterAll(() => aid.stop());

function policyOfRencheng(policyId: string): object {
  const [version] = LIVING_SUBSIDY.versions;
  const eligibility = { ...version?.eligibility, districts: ['rencheng'] };
  return { ...LIVING_SUBSIDY, policyId, versions: [{ ...version, eligibility }] };
}

interface Reply {
  status: number;
  /** Of a refusal; empty where the caller was let in without one. */
  code: string;
  text: string;
}

async function ask(route: string, authorization: string | undefined): Promise<Reply> {
  const { path, body } = asked(route);
  const bulk = path.endsWith('/bulk');
  const headers = {
    authorization: authorization ?? '',
    ...key(),
    ...(bulk && { 'content-type': 'application/x-ndjson' }),
  };
  const reply = route.startsWith('GET') ? await aid.get(path, headers) : await aid.post(path, body ?? {}, headers);
  const line = bulk && reply.status === 200 ? (JSON.parse(reply.text) as { status: number; code?: string }) : undefined;
  const { status, code = '' } = line ?? { status: reply.status, code: reply.body['code'] as string | undefined };
  return { status, code, text: reply.text };
}

const asked = (route: string): Asked => {
  const request = requests[route];
  if (!request) throw new Error(`no request for ${route}`);
  return request;
};

/** Whether a scope holds what the request is about. */
function holds(scope: Scope, what: Asked['holds']): boolean {
  const has = (...scopes: Scope[]) => scopes.some((one) => JSON.stringify(one) === JSON.stringify(scope));
  const wide = has({ all: true }, { province: '37' }, { city: '3708' }, { districtId: 'rencheng' });
  if (what === 'district') return wide;
  if (what === 'a school of the district') return wide || has({ schoolId: HOME }, { schoolId: NEXT_DOOR });
  return wide || has({ schoolId: HOME });
}

type Expected = 'in' | 'forbidden' | 'outside';

function expected(route: string, role: Role, scope: Scope): Expected {
  const duty = dutyOf(dutyOfRoute(route) ?? 'read-state');
  if (!duty.roles.includes(role)) return 'forbidden';
  if (duty.extent === 'all') return 'all' in scope ? 'in' : 'forbidden';
  if (duty.extent === 'anywhere' || asked(route).outside === '') return 'in';
  return holds(scope, asked(route).holds) ? 'in' : 'outside';
}

/** What only somebody sees whose scope holds the pupil. */
const traces = (route: string): string[] => [
  world.pupil.studentId,
  world.pupil.paymentId,
  world.noticeId,
  world.keyId,
  world.grantId,
  // Keys and grants name schools too, as their scopes.
  ...(route.includes('districts') ? ['任城区'] : dutyOfRoute(route) === 'manage-access' ? [] : [`"${HOME}"`]),
];

function found(route: string, { status, code, text }: Reply): string {
  const { outside } = asked(route);
  if (status === 401 || status >= 500) return `${status} ${code}`;
  if (status === 403 && code === 'forbidden') return 'forbidden';
  if (outside === 'nothing of it') return traces(route).some((trace) => text.includes(trace)) ? 'in' : 'outside';
  return outside !== '' && code === outside ? 'outside' : 'in';
}

test('the requests are about every route of the matrix, once', () => {
  expect(Object.keys(requests).toSorted()).toEqual([...ROUTES].toSorted());
});

describe.each(ROLE_NAMES)('%s', (role) => {
  test.each(SCOPES.map((scope) => [JSON.stringify(scope), scope] as const))('in %s', async (_, scope) => {
    const { authorization } = await keyOf(aid, role, scope);
    const deviations: object[] = [];
    for (const route of ROUTES) {
      const reply = await ask(route, authorization);
      const [wanted, got] = [expected(route, role, scope), found(route, reply)];
      if (wanted !== got) deviations.push({ route, wanted, got, status: reply.status, code: reply.code });
    }
    expect(deviations).toEqual([]);
  });
});

test('control: a matrix that says something else deviates', async () => {
  const { authorization } = await keyOf(aid, 'finance', { districtId: 'rencheng' });
  const reply = await ask('GET /v1/payments', authorization);
  expect(found('GET /v1/payments', reply)).toBe('in');
  expect(expected('GET /v1/payments', 'administrator', { districtId: 'rencheng' })).toBe('forbidden');
  expect(expected('GET /v1/payments', 'finance', { districtId: 'yanzhou' })).toBe('outside');
});

test('beyond the scope an object answers as one that does not exist, byte for byte', async () => {
  const { authorization } = await keyOf(aid, 'district-officer', { districtId: 'yanzhou' });
  const missing = '00000000-0000-4000-8000-000000000000';
  for (const route of ROUTES.filter((each) => each.startsWith('GET') && asked(each).outside.endsWith('-unknown'))) {
    const { path } = asked(route);
    const ids = [world.pupil.studentId, world.pupil.paymentId, world.noticeId, HOME, 'rencheng'];
    const id = ids.find((each) => path.includes(each)) ?? '';
    const other = id === HOME ? '2137999999' : id === 'rencheng' ? 'nowhere' : missing;
    const [there, absent] = await Promise.all(
      [path, path.replace(id, other)].map((each) => aid.get(each, { authorization })),
    );
    expect({ route, status: there?.status, text: there?.text }).toEqual({
      route,
      status: 404,
      text: absent?.text.replaceAll(other, id),
    });
  }
});

describe('credentials', () => {
  const scope = { all: true } as const;
  const bad: Record<string, () => Promise<string | undefined>> = {
    none: async () => undefined,
    'another scheme': async () => `Basic ${Buffer.from('owner:key').toString('base64')}`,
    'an unknown key': async () => `Bearer aid_0123456789ab_${'A'.repeat(43)}`,
    'the id of a key with another secret': async () => {
      const { authorization } = await keyOf(aid, 'auditor', scope);
      return authorization.slice(0, -6) + (authorization.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA');
    },
    'a revoked key': async () => {
      const { authorization, keyId } = await keyOf(aid, 'auditor', scope);
      expect((await ask('GET /v1/ledger', authorization)).status).toBe(200);
      await aid.post(`/v1/keys/${keyId}/revocation`, { reason: '离任' }, key());
      return authorization;
    },
    'an expired key': async () => {
      const { authorization } = await keyOf(aid, 'auditor', scope, { expiresOn: clock.today() });
      expect((await ask('GET /v1/ledger', authorization)).status).toBe(200);
      clock.instant = '2026-11-23T08:00:00.000Z';
      return authorization;
    },
    'a token where none are accepted': async () => 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.',
  };

  test.each(Object.keys(bad))('%s opens no route', async (name) => {
    const authorization = await bad[name]?.();
    const replies = await Promise.all(ROUTES.map(async (route) => ({ route, ...(await ask(route, authorization)) })));
    expect(replies.filter(({ status, code }) => status !== 401 || code !== 'unauthenticated')).toEqual([]);
  });
});

test('a route that no duty names, or a duty for a route that is not there, stops the start', () => {
  const all = new Set(ROUTES);
  expect(() => demandMatrixOf(all)).not.toThrow();
  expect(() => demandMatrixOf(new Set([...all, 'GET /v1/secrets']))).toThrow('GET /v1/secrets');
  all.delete('GET /v1/me');
  expect(() => demandMatrixOf(all)).toThrow('GET /v1/me');
});

test('the administrator and the key custodian see nothing of a student', () => {
  const roles = new Set(
    Object.values(DUTIES)
      .filter(({ shows }) => shows.some((shown) => OF_A_STUDENT.has(shown)))
      .flatMap((duty): Role[] => [...duty.roles]),
  );
  expect([roles.has('administrator'), roles.has('key-custodian'), roles.has('auditor')]).toEqual([false, false, true]);
});
