// Two cities, three districts, four schools; a pupil with everything that a route can be about; keys of every kind.
import type { Role } from '../../src/access/matrix.js';
import type { Scope } from '../../src/access/scope.js';
import { LIVING_SUBSIDY, key, payment, citizenNumber } from '../support/office.js';
import type { TestService } from '../support/service.js';

export const DISTRICTS = [
  { districtId: 'rencheng', name: '任城区', code: '370811' },
  { districtId: 'yanzhou', name: '兖州区', code: '370812' },
  { districtId: 'shizhong', name: '市中区', code: '370103' },
];

const school = (schoolId: string, districtId: string) => ({
  schoolId,
  name: `学校${schoolId}`,
  districtId,
  stages: ['primary'],
  setting: 'rural',
});

export const [HOME, NEXT_DOOR, ACROSS, FAR] = ['2137000001', '2137000002', '2137000003', '2137000004'] as const;
const SCHOOLS = [
  school(HOME, 'rencheng'),
  school(NEXT_DOOR, 'rencheng'),
  school(ACROSS, 'yanzhou'),
  school(FAR, 'shizhong'),
];

/** Scopes that hold the pupil's school, and scopes that do not. */
export const AROUND: readonly Scope[] = [
  { all: true },
  { province: '37' },
  { city: '3708' },
  { districtId: 'rencheng' },
  { schoolId: HOME },
];
export const ELSEWHERE: readonly Scope[] = [
  { province: '11' },
  { city: '3701' },
  { districtId: 'yanzhou' },
  { schoolId: NEXT_DOOR },
];

export interface Pupil {
  studentId: string;
  paymentId: string;
  exceptionId: string;
  determinationId: string;
}

export interface World {
  pupil: Pupil;
  /** Another pupil of the same school, whose record is only kept. */
  restrictedId: string;
  noticeId: string;
  withdrawnNoticeId: string;
  keyId: string;
  grantId: string;
}

async function made(aid: TestService, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await aid.post(path, body, key());
  if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

export async function registerPupil(aid: TestService, schoolId: string, name: string, serial: number): Promise<Pupil> {
  const number = citizenNumber(serial);
  const { studentId } = await made(aid, '/v1/students', { name, citizenNumber: number, studentNumber: `G${number}` });
  const path = `/v1/students/${String(studentId)}`;
  await made(aid, `${path}/enrolments`, { schoolId, stage: 'primary', grade: '4', boarding: true, from: '2025-09-01' });
  const { determinationId } = await made(aid, `${path}/hardship`, {
    category: 'dibao-rural',
    from: '2025-09-01',
    evidence: `${name}的低保证`,
  });
  const give = async (changes: object) =>
    String((await made(aid, '/v1/payments', payment(String(studentId), changes)))['paymentId']);
  const paymentId = await give({ amount: '600', reference: `V-${schoolId}` });
  const exceptionId = await give({
    amount: '100',
    reference: `X-${schoolId}`,
    exception: { reason: `${name}特困`, document: `${name}的申请` },
  });
  return { studentId: String(studentId), paymentId, exceptionId, determinationId: String(determinationId) };
}

export async function newWorld(aid: TestService): Promise<World> {
  for (const district of DISTRICTS) await made(aid, '/v1/districts', district);
  for (const each of SCHOOLS) await made(aid, '/v1/schools', each);
  await made(aid, '/v1/policies', LIVING_SUBSIDY);
  const pupil = await registerPupil(aid, HOME, '张三丰', 1);
  await made(aid, `/v1/payments/${pupil.exceptionId}/reversal`, { reason: '重复' });
  const notice = {
    schoolId: HOME,
    policyId: LIVING_SUBSIDY.policyId,
    term: '2026-autumn',
    expiresOn: '2026-12-15',
    studentIds: [pupil.studentId],
  };
  const { noticeId } = await made(aid, '/v1/notices', notice);
  const { noticeId: withdrawnNoticeId } = await made(aid, '/v1/notices', notice);
  await made(aid, `/v1/notices/${String(withdrawnNoticeId)}/withdrawal`, { reason: '名单有误' });
  const { studentId: restrictedId } = await registerPupil(aid, HOME, '李四', 2);
  await made(aid, `/v1/students/${restrictedId}/restriction`, { reason: '本人申请', document: '申请书' });
  // Elsewhere there are pupils too: a condition that lets every row pass while there is one of the own would show.
  await registerPupil(aid, ACROSS, '王五', 3);
  await registerPupil(aid, FAR, '赵六', 4);
  await registerPupil(aid, NEXT_DOOR, '孙七', 5);
  const scope = { districtId: 'rencheng' };
  const { keyId } = await made(aid, '/v1/keys', { name: 'Revoked', role: 'finance', scope });
  await made(aid, `/v1/keys/${String(keyId)}/revocation`, { reason: '离任' });
  const { grantId } = await made(aid, '/v1/grants', { holder: 'somebody', role: 'finance', scope });
  await made(aid, `/v1/grants/${String(grantId)}/revocation`, { reason: '离任' });
  return {
    pupil,
    restrictedId,
    noticeId: String(noticeId),
    withdrawnNoticeId: String(withdrawnNoticeId),
    keyId: String(keyId),
    grantId: String(grantId),
  };
}

/** A key of a role in a scope, issued by the owner; answers with its header. */
export async function keyOf(
  aid: TestService,
  role: Role,
  scope: Scope,
  more: object = {},
): Promise<{ authorization: string; keyId: string }> {
  const body = await made(aid, '/v1/keys', { name: `${role} 测试`, role, scope, ...more });
  return { authorization: `Bearer ${String(body['key'])}`, keyId: String(body['keyId']) };
}
