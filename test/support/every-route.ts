// A small office that comes by every route of the API, with as many of the optional fields as an answer can have.
import { citizenNumber, key, LIVING_SUBSIDY, newBoarder, openOffice, payment, SCHOOL, type Desk } from './office.js';

/** All of it lies in the past, whatever the day on which it is played. */
const TERM = '2025-autumn';
const PAID = { term: TERM, paidOn: '2025-11-20' };

const version = (benefit: object, more: object = {}) => ({
  effectiveFrom: '2024-spring',
  eligibility: { stages: ['primary'] },
  benefit,
  legal: { document: 'Test document' },
  ...more,
});

const policy = (policyId: string, kind: string, terms: object, more: object = {}) => ({
  policyId,
  name: { zh: '试行', en: 'Trial' },
  kind,
  versions: [terms],
  ...more,
});

export async function comeByEveryRoute(desk: Desk): Promise<void> {
  await openOffice(desk);
  await keepRegisters(desk);
  await keepPolicies(desk);
  const studentId = await keepStudents(desk);
  await giveAid(desk, studentId);
  await askForLists(desk, studentId);
  await keepNotices(desk, studentId);
  await keepAccess(desk);
  await keepPersonalData(desk);
  await askTheLedger(desk);
}

async function keepRegisters(desk: Desk): Promise<void> {
  const zone = {
    districtId: 'zone',
    name: '高新区',
    cityCode: '3708',
    census: { autumn: '10-20', spring: '04-20' },
  };
  await desk.post('/v1/districts', zone);
  await desk.post('/v1/districts', { ...zone, gradeStages: { '6': 'junior-secondary' } });
  await desk.post('/v1/schools', SCHOOL);
  await desk.post('/v1/schools', {
    schoolId: '2137000002',
    name: '幼儿园',
    districtId: 'zone',
    stages: ['preschool'],
    setting: 'urban',
    inclusiveKindergarten: true,
  });
  for (const path of ['districts?limit=1', 'districts/zone', 'schools?districtId=zone', 'schools/2137000002'])
    await desk.get(`/v1/${path}`);
}

async function keepPolicies(desk: Desk): Promise<void> {
  const daily = { basis: 'per-day', amounts: [{ amount: '4.00' }], daysPerTerm: 100 };
  const oneOf = [
    { stage: 'primary', amount: '500.00' },
    { stage: 'primary', level: 'A', amount: '800.00' },
  ];
  const dates = { payBy: { autumn: '12-31', spring: '06-30' }, effectiveUntil: '2030-spring' };
  await desk.post('/v1/policies', policy('lunch', 'meals', version(daily, dates)));
  await desk.post('/v1/policies', policy('dinner', 'meals', version({ basis: 'per-day' })));
  await desk.post('/v1/policies', policy('books', 'waiver', version({ basis: 'actual-cost' })));
  const asked = { hardship: ['any'], admission: 'new-entrant', grades: ['1'], studentGroups: ['orphans'] };
  const start = version({ basis: 'once', amounts: oneOf }, { eligibility: asked });
  await desk.post('/v1/policies', policy('start', 'grant', start, { exclusiveWith: ['books'], onTopOf: ['lunch'] }));
  const urban = { setting: 'urban', boarding: false, inclusiveKindergarten: true, districts: ['zone'] };
  const level = { basis: 'per-term', amounts: [{ level: 'B', amount: '300.00' }] };
  await desk.post('/v1/policies', policy('zone', 'subsidy', version(level, { eligibility: urban })));
  await desk.post(`/v1/policies/${LIVING_SUBSIDY.policyId}/versions`, {
    ...LIVING_SUBSIDY.versions[0],
    effectiveFrom: '2027-autumn',
    benefit: { basis: 'actual-cost', cap: '90.00' },
  });
  await desk.post('/v1/policies/start/versions', {
    ...start,
    effectiveFrom: '2020-spring',
    effectiveUntil: '2020-spring',
  });
  for (const path of ['policies?limit=1', 'policies', `policies/${LIVING_SUBSIDY.policyId}`])
    await desk.get(`/v1/${path}`);
}

async function keepStudents(desk: Desk): Promise<string> {
  const number = citizenNumber(901);
  const { body } = await desk.post('/v1/students', {
    name: '欧阳小明',
    citizenNumber: number,
    studentNumber: `G${number}`,
    birthDate: '2015-01-01',
    studentGroups: ['left-behind-child'],
  });
  const pupil = `/v1/students/${String(body['studentId'])}`;
  await desk.post(`${pupil}/enrolments`, {
    schoolId: SCHOOL.schoolId,
    stage: 'primary',
    grade: '1',
    boarding: false,
    admission: 'new-entrant',
    from: '2025-09-01',
    until: '2026-07-10',
  });
  const determined = await desk.post(`${pupil}/hardship`, {
    category: 'dibao-rural',
    level: 'A',
    from: '2025-09-01',
    until: '2026-08-31',
    evidence: '低保证',
  });
  const determination = `${pupil}/hardship/${String(determined.body['determinationId'])}`;
  await desk.post(`${determination}/revocation`, { from: '2026-03-01', reason: '复核' });
  await desk.post(`${pupil}/departures`, { date: '2026-03-01', reason: 'transferred' });
  await desk.post('/v1/students/search', { citizenNumber: number });
  for (const path of ['', `?studentNumber=G${number}`, `?schoolId=${SCHOOL.schoolId}&limit=1`])
    await desk.get(`/v1/students${path}`);
  await desk.get(pupil);
  return newBoarder(desk);
}

async function giveAid(desk: Desk, studentId: string): Promise<void> {
  const give = async (changes: object) =>
    `/v1/payments/${String((await desk.post('/v1/payments', payment(studentId, { ...PAID, ...changes }), key())).body['paymentId'])}`;
  const back = { returnedOn: '2025-12-01', cause: 'bank-refused', reference: 'R-1' };
  const exception = { reason: '特批', document: '会议纪要 1 号' };
  const waived = { policyId: 'books', method: 'waived' };
  const inKind = { amount: undefined, method: 'in-kind' };

  const subsidy = await give({});
  await desk.post(`${subsidy}/return`, { ...back, amount: '25.5' }, key());
  const lunch = await give({ ...inKind, policyId: 'lunch', days: 20 });
  await desk.post(`${lunch}/return`, back, key());
  const dinner = await give({ ...inKind, policyId: 'dinner', days: 20 });
  await desk.post(`${dinner}/reversal`, { reason: '重复' }, key());
  const books = await give({ ...waived, amount: '90' });
  const start = await give({ policyId: 'start', amount: '1', exception });
  const stranger = await desk.post('/v1/students', { name: '某某' });
  const nowhere = await give({ ...waived, studentId: stranger.body['studentId'], amount: '1', exception });
  for (const path of [subsidy, lunch, dinner, books, start, nowhere]) {
    await desk.get(path);
    await desk.get(`${path}/explanation`);
  }
  await desk.post('/v1/policies/books/withdrawal', { reason: '政策调整', from: TERM });

  const line = (idempotencyKey: string, changes: object) =>
    JSON.stringify({ ...payment(studentId, { ...PAID, amount: '1' }), ...changes, idempotencyKey });
  const lines = [
    line('line-1', {}),
    line('line-1', {}),
    line('line-2', { amount: 1, colour: 'red' }),
    line('line-3', { amount: '625' }),
    line('line-4', { policyId: 'zone' }),
    'not JSON',
  ];
  const ndjson = { 'content-type': 'application/x-ndjson' };
  await desk.post('/v1/payments/bulk', lines.join('\n'), ndjson);
}

const DAY_MS = 24 * 60 * 60 * 1000;

async function keepNotices(desk: Desk, studentId: string): Promise<void> {
  const expiresOn = new Date(Date.now() + 30 * DAY_MS).toISOString().slice(0, 10);
  const notice = { schoolId: SCHOOL.schoolId, policyId: 'lunch', term: TERM, expiresOn, studentIds: [studentId] };
  const { body } = await desk.post('/v1/notices', notice);
  const path = `/v1/notices/${String(body['noticeId'])}`;
  await desk.get(path);
  await desk.get(`/v1/notices?schoolId=${SCHOOL.schoolId}&limit=1`);
  await desk.post(`${path}/withdrawal`, { reason: '名单有误' });
  await desk.get('/v1/notices');
}

/** Keys and grants; and a second officer, who approves the exception of the first. */
async function keepAccess(desk: Desk): Promise<void> {
  const scope = { districtId: 'rencheng' };
  const officer = await desk.post('/v1/keys', { name: '王主任', role: 'district-officer', scope });
  const open = (await desk.get(`/v1/payments?exception=open&schoolId=${SCHOOL.schoolId}`)).body['items'] as unknown as {
    paymentId: string;
  }[];
  const headers = { authorization: `Bearer ${String(officer.body['key'])}` };
  for (const { paymentId } of open)
    await desk.post(`/v1/payments/${paymentId}/approval`, { document: '纪要' }, headers);
  await desk.get('/v1/me', headers);
  await desk.get('/v1/payments?exception=approved');
  const later = { role: 'auditor', expiresOn: '2099-12-31' };
  const revoked = await desk.post('/v1/keys', { name: '审计', scope: { city: '3708' }, ...later });
  await desk.post(`/v1/keys/${String(revoked.body['keyId'])}/revocation`, { reason: '离任' });
  const grant = await desk.post('/v1/grants', { holder: 'li@example.org', scope: { all: true }, ...later });
  await desk.post('/v1/grants', { holder: 'li@example.org', role: 'finance', scope: { province: '37' } });
  await desk.post(`/v1/grants/${String(grant.body['grantId'])}/revocation`, { reason: '离任' });
  for (const path of ['keys?limit=1', 'keys', 'grants?limit=1', 'grants']) await desk.get(`/v1/${path}`);
}

async function keepPersonalData(desk: Desk): Promise<void> {
  const number = citizenNumber(902);
  const { body } = await desk.post('/v1/students', {
    name: '诸葛小亮',
    citizenNumber: number,
    studentNumber: `G${number}`,
    birthDate: '2015-01-01',
  });
  const pupil = `/v1/students/${String(body['studentId'])}`;
  const fields = ['name', 'studentNumber', 'citizenNumber', 'birthDate'];
  await desk.post(`${pupil}/disclosure`, { fields, purpose: '核对银行卡' });
  const asked = { reason: '监护人要求', document: '申请书' };
  await desk.post(`${pupil}/restriction`, asked);
  await desk.post(`${pupil}/restriction/lifting`, asked);
  await desk.post(`${pupil}/erasure`, { ...asked, law: '个人信息保护法第四十七条' });
  await desk.get(pupil);
  await desk.get(`${pupil}/history`);
  await desk.get('/v1/access-log?limit=5');
  await desk.get('/v1/access-log?limit=500');
}

async function askForLists(desk: Desk, studentId: string): Promise<void> {
  await desk.get('/v1/payments?limit=2');
  await desk.get('/v1/payments');
  const pupil = `/v1/students/${studentId}`;
  for (const period of [`term=${TERM}`, 'term=2027-autumn', 'schoolYear=2025-2026'])
    await desk.get(`${pupil}/entitlements?${period}&include=ineligible`);
  await desk.get(`/v1/entitlements?term=${TERM}&limit=2`);
  await desk.get(`/v1/entitlements?term=${TERM}&status=ineligible`);
  for (const { studentId: id } of (await desk.get('/v1/students')).body['items'] as unknown as { studentId: string }[])
    await desk.get(`/v1/students/${id}/history`);
}

async function askTheLedger(desk: Desk): Promise<void> {
  await desk.get('/v1/totals?fiscalYear=2025&knownAt=20');
  await desk.get('/v1/totals?from=2025-01-01&to=2025-12-31&by=month');
  const every = '/v1/totals?schoolYear=2025-2026&by=policy,kind,school,district,stage,source,month,term';
  await desk.get(every);
  await desk.get(every, { accept: 'text/csv' });
  await desk.get(`/v1/totals?term=${TERM}`);
  await desk.get('/v1/totals/bridge?fiscalYear=2025&schoolYear=2026-2027&limit=2');
  for (const path of ['ledger', 'ledger/verification', 'ledger/events', 'ledger/events?from=3&limit=2', 'me'])
    await desk.get(`/v1/${path}`);
  for (const path of ['/health/live', '/health/ready', '/metrics']) await desk.get(path);
}
