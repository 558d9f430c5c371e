// What most HTTP tests begin with: a district, schools, a policy and a pupil, put there through the API.
import type { TestService } from './service.js';

/** All that the office needs of a service. */
export type Desk = Pick<TestService, 'get' | 'post'>;

let counter = 0;

/** A fresh idempotency key. */
export const key = (): Record<string, string> => ({ 'idempotency-key': `test-${++counter}` });

const DIGITS = '10X98765432';
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** A made-up citizen number with a correct check digit. */
export function citizenNumber(serial: number): string {
  const first = `37081120150101${String(serial).padStart(3, '0')}`;
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(first[index]), 0);
  return first + DIGITS[sum % 11];
}

export const DISTRICT = {
  districtId: 'rencheng',
  name: '任城区',
  code: '370811',
  gradeStages: { '5': 'primary', '6': 'junior-secondary' },
};
export const SCHOOL = {
  schoolId: '2137000001',
  name: '长沟镇中心小学',
  districtId: 'rencheng',
  stages: ['primary', 'junior-secondary'],
  setting: 'rural',
};
export const LIVING_SUBSIDY = {
  policyId: 'living-subsidy',
  name: { zh: '寄宿生生活费补助', en: 'Boarding living subsidy' },
  kind: 'subsidy',
  versions: [
    {
      effectiveFrom: '2024-spring',
      eligibility: { stages: ['primary', 'junior-secondary'], hardship: ['any'], boarding: true, setting: 'rural' },
      benefit: {
        basis: 'per-year',
        amounts: [
          { stage: 'primary', amount: '1250.00' },
          { stage: 'junior-secondary', amount: '1500.00' },
        ],
      },
      funding: [
        { source: 'central', share: '0.5' },
        { source: 'district', share: '0.5' },
      ],
      legal: { document: 'Test document', number: 'No. 1' },
    },
  ],
};

export async function openOffice(aid: Desk): Promise<void> {
  for (const [path, body] of [
    ['/v1/districts', DISTRICT],
    ['/v1/schools', SCHOOL],
    ['/v1/policies', LIVING_SUBSIDY],
  ] as const) {
    const { status, text } = await aid.post(path, body);
    if (status !== 201) throw new Error(`${path}: ${status} ${text}`);
  }
}

/** A hardship boarder in primary school from autumn 2025 on. */
export async function newBoarder(aid: Desk, name = '张三丰'): Promise<string> {
  const registered = await aid.post('/v1/students', { name });
  const studentId = String(registered.body['studentId']);
  await aid.post(`/v1/students/${studentId}/enrolments`, {
    schoolId: SCHOOL.schoolId,
    stage: 'primary',
    grade: 4,
    boarding: true,
    from: '2025-09-01',
  });
  await aid.post(`/v1/students/${studentId}/hardship`, { category: 'dibao-rural', from: '2025-09-01' });
  return studentId;
}

export const payment = (studentId: string, changes: object = {}): Record<string, unknown> => ({
  studentId,
  policyId: LIVING_SUBSIDY.policyId,
  term: '2026-autumn',
  paidOn: '2026-11-20',
  amount: '625.00',
  method: 'card',
  reference: 'V-2026-001',
  ...changes,
});
