// Two districts never meet (S2): whatever an officer of one asks for, nothing of the other's pupils comes back.
import { startTestService, type TestService } from '../support/service.js';
import { LIVING_SUBSIDY } from '../support/office.js';
import { ACROSS, DISTRICTS, HOME, keyOf, newWorld, registerPupil, type Pupil } from './world.js';

let aid: TestService;
const here: Pupil[] = [];
const there: Pupil[] = [];

beforeAll(async () => {
  aid = await startTestService();
  const { pupil } = await newWorld(aid);
  here.push(pupil);
  for (let serial = 10; serial < 25; serial++) {
    here.push(await registerPupil(aid, HOME, `任${serial}`, serial));
    there.push(await registerPupil(aid, ACROSS, `兖${serial}`, 100 + serial));
  }
});
afterAll(() => aid.stop());

/** What would betray a pupil, the id that was asked for aside. */
const canariesOf = (pupils: readonly Pupil[], school: string): string[] => [
  ...pupils.flatMap(({ studentId, paymentId, exceptionId, determinationId }) => [
    studentId,
    paymentId,
    exceptionId,
    determinationId,
  ]),
  `V-${school}`,
  `X-${school}`,
  `学校${school}`,
];

interface Parameter {
  name: string;
  in: string;
}
type Paths = Record<string, { get?: { parameters?: Parameter[] } }>;

/** Every GET of the document, with every parameter that takes an id given an id of either side. */
async function addresses(ids: Record<string, string>): Promise<string[]> {
  const { body } = await aid.get('/openapi.json');
  const found: string[] = [];
  for (const [path, { get }] of Object.entries(body['paths'] as unknown as Paths)) {
    if (!get || !path.startsWith('/v1/')) continue;
    const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? 'none');
    const usual = USUAL[path] ?? [''];
    found.push(...usual.map((query) => `${address}${query}`));
    for (const { name } of (get.parameters ?? []).filter((each) => each.in === 'query'))
      if (ids[name] !== undefined)
        found.push(...usual.map((query) => `${address}${query === '' ? '?' : `${query}&`}${name}=${ids[name]}`));
  }
  return found;
}

const USUAL: Record<string, string[]> = {
  '/v1/students/{studentId}/entitlements': [
    '?term=2026-autumn',
    '?schoolYear=2026-2027&include=ineligible',
    '?term=2026-autumn&knownAt=500',
  ],
  '/v1/entitlements': ['?term=2026-autumn&limit=500', '?term=2026-autumn&status=ineligible'],
  '/v1/totals': [
    '?fiscalYear=2026&by=policy,school,district,stage,source,month,term',
    '?term=2026-autumn&by=school',
    '?from=2020-01-01&to=2030-01-01&by=district',
  ],
  '/v1/totals/bridge': ['?fiscalYear=2026&schoolYear=2020-2021&limit=500'],
  '/v1/students': ['?limit=500', '?limit=500&schoolId=2137000003'],
  '/v1/payments': ['?limit=500', '?term=2026-autumn&state=reversed', '?exception=open'],
  '/v1/access-log': ['?limit=500'],
};

const idsOf = ({ studentId, paymentId }: Pupil, schoolId: string, districtId: string) => ({
  studentId,
  paymentId,
  schoolId,
  districtId,
  policyId: LIVING_SUBSIDY.policyId,
});

test.each(['district-officer', 'finance', 'auditor', 'school-clerk'] as const)('%s of one district', async (role) => {
  const scope = role === 'school-clerk' ? { schoolId: HOME } : { districtId: 'rencheng' };
  const { authorization } = await keyOf(aid, role, scope);
  const [mine, foreign] = [here[0], there[0]];
  if (!mine || !foreign) throw new Error('a district without a pupil');
  const canaries = canariesOf(there, ACROSS);
  let asked = 0;
  let met = 0;
  for (const ids of [idsOf(mine, HOME, 'rencheng'), idsOf(foreign, ACROSS, 'yanzhou')])
    for (const path of await addresses(ids)) {
      const { text, headers, status } = await aid.get(path, { authorization });
      expect(status).toBeLessThan(500);
      asked++;
      if (canariesOf(here, HOME).some((own) => text.includes(own))) met++;
      // What stands in the address itself comes back in a refusal, whether it exists or not.
      const told = canaries.filter(
        (canary) => !path.includes(canary) && (text + JSON.stringify(headers)).includes(canary),
      );
      expect({ path, told }).toEqual({ path, told: [] });
    }
  // The own pupils were met all along: the silence about the others says something.
  expect(asked).toBeGreaterThan(40);
  expect(met).toBeGreaterThan(10);
});

test('control: with the scope of both, the same addresses tell of the other district', async () => {
  const { authorization } = await keyOf(aid, 'auditor', { city: '3708' });
  const foreign = there[0];
  if (!foreign) throw new Error('a district without a pupil');
  const canaries = canariesOf(there, ACROSS);
  const told = await Promise.all(
    (await addresses(idsOf(foreign, ACROSS, 'yanzhou'))).map(async (path) => {
      const { text } = await aid.get(path, { authorization });
      return canaries.some((canary) => !path.includes(canary) && text.includes(canary));
    }),
  );
  expect(told.filter(Boolean).length).toBeGreaterThan(10);
});

test('sums are those of the own district alone', async () => {
  const totalOf = async (authorization?: string) =>
    (await aid.get('/v1/totals?fiscalYear=2026', authorization ? { authorization } : {})).body['total'] as unknown as {
      persons: number;
      amount: string;
    };
  const parts = await Promise.all(
    DISTRICTS.map(async ({ districtId }) => totalOf((await keyOf(aid, 'finance', { districtId })).authorization)),
  );
  const whole = await totalOf();
  // The reversed exception of the first pupil leaves the whole payment; the others have both.
  expect(parts.map(({ persons }) => persons)).toEqual([here.length + 2, there.length + 1, 1]);
  expect(parts.reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(Number(whole.amount));
});
