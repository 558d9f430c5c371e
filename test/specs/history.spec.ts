// A pupil's history in words: every event tells something in Chinese and in English, and nothing personal.
import { effectiveOn, tell, termsOfPayments } from '../../src/students/history.js';
import type { StudentEvent } from '../../src/students/student.events.js';
import {
  approved,
  boarder,
  departed,
  erased,
  lifted,
  restricted,
  determined,
  fed,
  paid,
  registered,
  returned,
  reversed,
  revoked,
} from './pupils.js';

// One of each type: the compiler asks for the next one.
const ONE_OF_EACH: { [Type in StudentEvent['type']]: [Extract<StudentEvent, { type: Type }>, day: string | null] } = {
  StudentRegistered: [registered({ citizenNumber: '11010519491231002X', birthDate: '1949-12-31' }), null],
  StudentEnrolled: [boarder(), '2023-09-01'],
  StudentDeparted: [departed('2024-03-01'), '2024-03-01'],
  HardshipDetermined: [determined('dibao-rural', { evidence: '民政名单第3号' }), '2023-09-01'],
  HardshipRevoked: [revoked('2024-04-30'), '2024-04-30'],
  PaymentDisbursed: [paid(), '2024-06-20'],
  PaymentReversed: [reversed(), '2024-06-30'],
  PaymentReturned: [returned('100.00'), '2024-06-25'],
  ExceptionApproved: [approved(), null],
  ProcessingRestricted: [restricted(), null],
  RestrictionLifted: [lifted(), null],
  PersonalDataErased: [erased(), null],
};

const told = (event: StudentEvent) =>
  tell(
    event,
    (policyId) => ({ zh: `政策${policyId}`, en: `policy ${policyId}` }),
    (paymentId) => ({ zh: `付款${paymentId}`, en: `payment ${paymentId}` }),
  );

const HAN = /\p{Script=Han}/u;

describe.each(Object.values(ONE_OF_EACH))('$type', (event, day) => {
  test('is told in Chinese and in English', () => {
    const { zh, en } = told(event);
    expect(zh).toMatch(HAN);
    expect(en).toMatch(/^[A-Za-z]/);
    expect(en).not.toMatch(HAN);
  });

  test('names no person, number, evidence or reason', () => {
    const { zh, en } = told(event);
    for (const personal of ['张三', '11010519491231002X', '1949-12-31', '民政名单第3号', '复核不符', '录入错误'])
      expect(zh + en).not.toContain(personal);
  });

  test('takes effect on its own day', () => expect(effectiveOn(event)).toBe(day));
});

test.each([
  [
    boarder(),
    '自 2023-09-01 起在学校 2137000001 就读(小学,寄宿)',
    'Enrolled in school 2137000001 from 2023-09-01 (primary, boarder)',
  ],
  [
    determined(),
    '认定为农村低保,自 2023-09-01 起',
    'Determined as rural minimum-living-allowance household from 2023-09-01',
  ],
  [determined('没有此类'), '认定为没有此类,自 2023-09-01 起', 'Determined as 没有此类 from 2023-09-01'],
  [paid(), '发放政策living-subsidy 625.00 元,学期 2024-spring', 'policy living-subsidy: 625.00 yuan for 2024-spring'],
  [fed(20), '发放政策meals 0.00 元(20 天),学期 2024-spring', 'policy meals: 0.00 yuan (20 days) for 2024-spring'],
  [returned('100.00'), '退回付款payment-1 100.00 元(退票)', 'Returned 100.00 yuan of payment payment-1 (bank-refused)'],
  [reversed(), '冲正付款payment-1 625.00 元', 'Reversed 625.00 yuan of payment payment-1'],
])('in these words: $type', (event, zh, en) => {
  expect(told(event)).toEqual({ zh, en });
});

test('a return or reversal is found under the term of its payment', () => {
  const events = [registered(), paid(), paid({ paymentId: 'payment-2', term: '2023-autumn' }), returned('100.00')];
  expect([...termsOfPayments(events)]).toEqual([
    ['payment-1', '2024-spring'],
    ['payment-2', '2023-autumn'],
  ]);
});
