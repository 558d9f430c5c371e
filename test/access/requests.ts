// For every route of the matrix, one request about the pupil of the world: what it says to those who may not know of
// the pupil, while to the others it says no only for a reason of the rules, so that nothing changes.
import { citizenNumber, LIVING_SUBSIDY, payment } from '../support/office.js';
import { DISTRICTS, HOME, type World } from './world.js';

export interface Asked {
  path: string;
  body?: object;
  /** What a caller of the right role reads outside of its scope: a code, `nothing of it` for an answer without the pupil, empty where no scope matters. */
  outside: string;
  /** What a scope must hold: the pupil's school unless said otherwise, its district, or any school of the district. */
  holds?: 'district' | 'a school of the district';
}

const NEVER = '2024-01-01';

export function requestsAbout({
  pupil,
  restrictedId,
  noticeId,
  withdrawnNoticeId,
  keyId,
  grantId,
}: World): Record<string, Asked> {
  const student = `/v1/students/${pupil.studentId}`;
  const paid = `/v1/payments/${pupil.paymentId}`;
  const reversed = `/v1/payments/${pupil.exceptionId}`;
  const { policyId } = LIVING_SUBSIDY;
  const [version] = LIVING_SUBSIDY.versions;
  const confined = { ...version, eligibility: { ...version?.eligibility, districts: ['rencheng'] } };
  const asked = { reason: '本人申请', document: '申请书' };
  const scope = { districtId: 'rencheng' };
  const hidden = (path: string): Asked => ({ path, outside: 'nothing of it' });
  const unknownStudent = (path: string, body?: object): Asked => ({
    path,
    ...(body && { body }),
    outside: 'student-unknown',
  });
  const unknownPayment = (path: string, body?: object): Asked => ({
    path,
    ...(body && { body }),
    outside: 'payment-unknown',
  });
  return {
    'GET /v1/policies': { path: '/v1/policies', outside: '' },
    'GET /v1/policies/:policyId': { path: `/v1/policies/${policyId}`, outside: '' },
    'POST /v1/policies': {
      path: '/v1/policies',
      body: { ...LIVING_SUBSIDY, policyId: 'of-rencheng', versions: [confined, confined] },
      holds: 'district',
      outside: 'scope-exceeded',
    },
    'POST /v1/policies/:policyId/versions': {
      path: '/v1/policies/of-rencheng/versions',
      body: confined,
      holds: 'district',
      outside: 'scope-exceeded',
    },
    'POST /v1/policies/:policyId/withdrawal': {
      path: '/v1/policies/withdrawn-of-rencheng/withdrawal',
      body: { reason: '调整' },
      holds: 'district',
      outside: 'scope-exceeded',
    },
    'GET /v1/districts': { ...hidden('/v1/districts'), holds: 'a school of the district' },
    'GET /v1/districts/:districtId': {
      path: '/v1/districts/rencheng',
      outside: 'district-unknown',
      holds: 'a school of the district',
    },
    'GET /v1/schools': hidden('/v1/schools'),
    'GET /v1/schools/:schoolId': { path: `/v1/schools/${HOME}`, outside: 'school-unknown' },
    'POST /v1/districts': {
      path: '/v1/districts',
      body: DISTRICTS[0] ?? {},
      outside: 'scope-exceeded',
      holds: 'district',
    },
    'POST /v1/schools': {
      path: '/v1/schools',
      body: { schoolId: HOME, name: '别名', districtId: 'rencheng', stages: ['primary'], setting: 'rural' },
      holds: 'district',
      outside: 'district-unknown',
    },
    'GET /v1/students': hidden('/v1/students'),
    'POST /v1/students/search': { ...hidden('/v1/students/search'), body: { citizenNumber: citizenNumber(1) } },
    'GET /v1/students/:studentId': unknownStudent(student),
    'POST /v1/students': { path: '/v1/students', body: { name: '' }, outside: '' },
    'POST /v1/students/:studentId/enrolments': unknownStudent(`${student}/enrolments`, {
      schoolId: HOME,
      stage: 'primary',
      boarding: true,
      from: '2025-10-01',
    }),
    'POST /v1/students/:studentId/departures': unknownStudent(`${student}/departures`, {
      date: NEVER,
      reason: 'graduated',
    }),
    'POST /v1/students/:studentId/hardship': unknownStudent(`${student}/hardship`, {
      category: 'dibao-rural',
      from: '2025-09-01',
      until: NEVER,
    }),
    'POST /v1/students/:studentId/hardship/:determinationId/revocation': unknownStudent(
      `${student}/hardship/none/revocation`,
      { from: NEVER, reason: '复核' },
    ),
    'GET /v1/students/:studentId/entitlements': unknownStudent(`${student}/entitlements?term=2026-autumn`),
    'GET /v1/entitlements': hidden('/v1/entitlements?term=2026-autumn'),
    'GET /v1/students/:studentId/history': unknownStudent(`${student}/history`),
    'POST /v1/students/:studentId/disclosure': unknownStudent(`${student}/disclosure`, {
      fields: ['birthDate'],
      purpose: '核对银行卡',
    }),
    'GET /v1/payments': hidden('/v1/payments'),
    'GET /v1/payments/:paymentId': unknownPayment(paid),
    'GET /v1/payments/:paymentId/explanation': unknownPayment(`${paid}/explanation`),
    'POST /v1/payments': unknownStudent('/v1/payments', payment(pupil.studentId, { amount: '9999' })),
    'POST /v1/payments/bulk': unknownStudent('/v1/payments/bulk', {
      ...payment(pupil.studentId, { amount: '9999' }),
      idempotencyKey: 'line',
    }),
    'POST /v1/payments/:paymentId/approval': unknownPayment(`${paid}/approval`, { document: '纪要' }),
    'POST /v1/payments/:paymentId/reversal': unknownPayment(`${reversed}/reversal`, { reason: '重复' }),
    'POST /v1/payments/:paymentId/return': unknownPayment(`${reversed}/return`, {
      returnedOn: '2026-11-21',
      cause: 'recovered',
      reference: 'R-1',
    }),
    'GET /v1/totals': hidden('/v1/totals?term=2026-autumn&by=school'),
    'GET /v1/totals/bridge': hidden('/v1/totals/bridge?fiscalYear=2026&schoolYear=2025-2026'),
    'POST /v1/notices': {
      path: '/v1/notices',
      body: { schoolId: HOME, policyId, term: '2026-autumn', expiresOn: NEVER, studentIds: [pupil.studentId] },
      outside: 'school-unknown',
    },
    'POST /v1/notices/:noticeId/withdrawal': {
      path: `/v1/notices/${withdrawnNoticeId}/withdrawal`,
      body: { reason: '名单有误' },
      outside: 'notice-unknown',
    },
    'GET /v1/notices/:noticeId': { path: `/v1/notices/${noticeId}`, outside: 'notice-unknown' },
    'GET /v1/notices': hidden('/v1/notices'),
    'POST /v1/students/:studentId/restriction': unknownStudent(`/v1/students/${restrictedId}/restriction`, asked),
    'POST /v1/students/:studentId/restriction/lifting': unknownStudent(`${student}/restriction/lifting`, asked),
    'POST /v1/students/:studentId/erasure': unknownStudent(`${student}/erasure`, asked),
    'GET /v1/access-log': hidden('/v1/access-log'),
    'GET /v1/keys': { ...hidden('/v1/keys'), holds: 'district' },
    'POST /v1/keys': {
      path: '/v1/keys',
      body: { name: '过期', role: 'finance', scope, expiresOn: NEVER },
      holds: 'district',
      outside: 'scope-exceeded',
    },
    'POST /v1/keys/:keyId/revocation': {
      path: `/v1/keys/${keyId}/revocation`,
      body: { reason: '离任' },
      holds: 'district',
      outside: 'key-unknown',
    },
    'GET /v1/grants': { ...hidden('/v1/grants'), holds: 'district' },
    'POST /v1/grants': {
      path: '/v1/grants',
      body: { holder: 'x', role: 'finance', scope, expiresOn: NEVER },
      holds: 'district',
      outside: 'scope-exceeded',
    },
    'POST /v1/grants/:grantId/revocation': {
      path: `/v1/grants/${grantId}/revocation`,
      body: { reason: '离任' },
      holds: 'district',
      outside: 'grant-unknown',
    },
    'GET /v1/ledger': { path: '/v1/ledger', outside: '' },
    'GET /v1/me': { path: '/v1/me', outside: '' },
    'GET /v1/ledger/verification': { path: '/v1/ledger/verification', outside: '' },
    'GET /v1/ledger/events': { path: '/v1/ledger/events?limit=500', outside: '' },
  };
}
