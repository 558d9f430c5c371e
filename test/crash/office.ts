// The office that crash harnesses record in: five pupils, one waiver without a limit, payments known by their key.
import { get, post } from './process.js';

export const PUPILS = 5;

/** Registers all that a payment needs; answers with the pupils. */
export async function openOffice(url: string, pupils = PUPILS): Promise<string[]> {
  await post(url, '/v1/districts', { districtId: 'rencheng', name: '任城区' });
  const schoolId = '2137000001';
  const school = { schoolId, name: '中心小学', districtId: 'rencheng', stages: ['primary'], setting: 'rural' };
  await post(url, '/v1/schools', school);
  const version = {
    effectiveFrom: '2024-spring',
    eligibility: {},
    benefit: { basis: 'actual-cost' },
    legal: { document: 'Test' },
  };
  const name = { zh: '课本费', en: 'Books' };
  await post(url, '/v1/policies', { policyId: 'books', name, kind: 'waiver', versions: [version] });
  const studentIds: string[] = [];
  for (let index = 0; index < pupils; index++) {
    const { body } = await post(url, '/v1/students', { name: '某某' });
    studentIds.push(body['studentId'] ?? '');
    const enrolment = { schoolId, stage: 'primary', boarding: false, from: '2025-09-01' };
    await post(url, `/v1/students/${studentIds[index]}/enrolments`, enrolment);
  }
  return studentIds;
}

/** One yuan for the pupil whose turn it is; the key stands in the payment as its reference. */
export const paymentOf = (studentIds: readonly string[], key: string): object => ({
  studentId: studentIds[Number(key.split('-')[1]) % studentIds.length],
  policyId: 'books',
  term: '2025-autumn',
  paidOn: '2025-11-20',
  amount: '1.00',
  method: 'waived',
  reference: key,
});

export interface Acknowledged {
  key: string;
  paymentId: string;
}

/** Keys of acknowledged payments that the service does not show. */
export async function missingOf(url: string, acknowledged: readonly Acknowledged[]): Promise<string[]> {
  const missing: string[] = [];
  for (const { key, paymentId } of acknowledged) {
    const { status, body } = await get(url, `/v1/payments/${paymentId}`);
    if (status !== 200 || body['reference'] !== key) missing.push(key);
  }
  return missing;
}
