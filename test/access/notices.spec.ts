// Public notices 公示: name, school and grade of those who are to receive aid, and nothing else, for a bounded time.
import { citizenNumber, key, LIVING_SUBSIDY } from '../support/office.js';
import { FixedClock, startTestService, type TestService } from '../support/service.js';
import { ACROSS, HOME, keyOf, newWorld, registerPupil, type Pupil } from './world.js';

let aid: TestService;
const clock = new FixedClock();
const pupils: Pupil[] = [];
let elsewhere: Pupil;
let clerk: Record<string, string>;

beforeAll(async () => {
  aid = await startTestService({ clock });
  await newWorld(aid);
  for (const [index, name] of ['郑一', '冯二', '陈三'].entries())
    pupils.push(await registerPupil(aid, HOME, name, 20 + index));
  elsewhere = await registerPupil(aid, ACROSS, '卫四', 30);
  const { authorization } = await keyOf(aid, 'school-clerk', { schoolId: HOME });
  clerk = { authorization };
});
afterAll(() => aid.stop());

const asked = (changes: object = {}) => ({
  schoolId: HOME,
  policyId: LIVING_SUBSIDY.policyId,
  term: '2026-autumn',
  expiresOn: '2026-12-01',
  studentIds: pupils.map(({ studentId }) => studentId),
  ...changes,
});
const publish = (changes: object = {}) => aid.post('/v1/notices', asked(changes), { ...clerk, ...key() });
const read = (id: unknown, headers = clerk) => aid.get(`/v1/notices/${String(id)}`, headers);

test('shows exactly name, school and grade of each pupil, and the look is on record', async () => {
  const published = await publish();
  expect(published).toMatchObject({ status: 201, body: { persons: 3, publishedOn: '2026-11-22' } });
  const { noticeId } = published.body;
  const { body, text } = await read(noticeId);
  expect(body['items']).toEqual(['郑一', '冯二', '陈三'].map((name) => ({ name, school: `学校${HOME}`, grade: '4' })));
  expect(Object.keys(body).toSorted()).toEqual(
    [
      'districtId',
      'expiresOn',
      'items',
      'noticeId',
      'policy',
      'policyId',
      'publishedOn',
      'schoolId',
      'term',
    ].toSorted(),
  );
  for (const { studentId } of pupils) expect(text).not.toContain(studentId);
  expect(text).not.toMatch(new RegExp(`${citizenNumber(20).slice(0, 14)}|2015|dibao`));
  const log = await aid.get(`/v1/access-log?studentId=${String(pupils[1]?.studentId)}&limit=1`);
  expect(log.body['items']).toMatchObject([
    { duty: 'read-notices', fields: ['clear-name'], actor: { role: 'school-clerk' } },
  ]);
});

test('answers 410 once its last day is over, and once it is withdrawn; the list names nobody', async () => {
  const [standing, withdrawn] = [(await publish()).body['noticeId'], (await publish()).body['noticeId']];
  const path = `/v1/notices/${String(withdrawn)}/withdrawal`;
  expect((await aid.post(path, { reason: '名单有误' }, { ...clerk, ...key() })).status).toBe(200);
  expect(await read(withdrawn)).toMatchObject({ status: 410, body: { code: 'notice-withdrawn' } });
  const stateOf = async (id: unknown) => {
    const { items } = (await aid.get('/v1/notices?limit=500', clerk)).body as unknown as {
      items: { noticeId: string; state: string }[];
    };
    return items.find(({ noticeId }) => noticeId === String(id))?.state;
  };
  const now = clock.instant;
  try {
    clock.instant = '2026-12-01T15:59:59.000Z';
    expect([(await read(standing)).status, await stateOf(standing)]).toEqual([200, 'standing']);
    clock.instant = '2026-12-01T16:00:00.000Z';
    expect(await read(standing)).toMatchObject({
      status: 410,
      body: { code: 'notice-expired', expiresOn: '2026-12-01' },
    });
    expect([await stateOf(standing), await stateOf(withdrawn)]).toEqual(['expired', 'withdrawn']);
  } finally {
    clock.instant = now;
  }
  expect((await aid.get('/v1/notices', clerk)).text).not.toMatch(/郑一|studentId/);
});

test.each([
  ['for less than five working days', { expiresOn: '2026-11-26' }, 'notice-too-short'],
  ['for longer than sixty days', { expiresOn: '2027-01-22' }, 'notice-too-long'],
  ['for an unknown policy', { policyId: 'none' }, 'policy-unknown'],
  ['for a school elsewhere', { schoolId: ACROSS }, 'school-unknown'],
  ['for a term in which they were not there', { term: '2020-autumn' }, 'not-of-school'],
])('is refused %s', async (_, changes, code) => {
  expect((await publish(changes)).body).toMatchObject({ code });
});

test('names no pupil of another school, and does not say whether there is one', async () => {
  const missing = '00000000-0000-4000-8000-000000000000';
  for (const studentId of [elsewhere.studentId, missing])
    expect((await publish({ studentIds: [studentId] })).body).toMatchObject({
      code: 'not-of-school',
      studentIds: studentId,
    });
});

test('leaves out whose record is restricted or erased meanwhile', async () => {
  const { noticeId } = (await publish()).body;
  const [first, second] = pupils;
  const paper = { reason: '本人申请', document: '申请书' };
  await aid.post(`/v1/students/${String(first?.studentId)}/restriction`, paper, key());
  await aid.post(
    `/v1/students/${String(second?.studentId)}/erasure`,
    { ...paper, law: '个人信息保护法第四十七条' },
    key(),
  );
  const { body } = await read(noticeId);
  expect(body['items']).toMatchObject([{ name: '陈三' }]);
});

test('beyond the scope there is no such notice', async () => {
  const officer = await keyOf(aid, 'district-officer', { districtId: 'yanzhou' });
  const { items } = (await aid.get('/v1/notices', clerk)).body as unknown as { items: { noticeId: string }[] };
  for (const { noticeId } of items)
    expect(await read(noticeId, { authorization: officer.authorization })).toMatchObject({
      status: 404,
      body: { code: 'notice-unknown' },
    });
  expect((await aid.get('/v1/notices', officer)).body['items']).toEqual([]);
});
