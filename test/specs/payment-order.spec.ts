// Recording aid: of several refusals the documented first one wins; grants once in a life; what an exception overrides.
import type { RejectionCode } from '../../src/core/rejections.js';
import type { StudentEvent } from '../../src/students/student.events.js';
import { record, type PaymentOrder } from '../../src/students/payment.js';
import type { Student } from '../../src/students/student.js';
import { bookOf, policy, terms } from './policies.js';
import {
  determined,
  enrolled,
  given,
  paid,
  pupilAfter,
  registered,
  returned,
  reversed,
  TODAY,
  RECORDER,
} from './pupils.js';

const GRANT = policy({
  policyId: 'grant',
  kind: 'grant',
  exclusiveWith: ['other-grant'],
  versions: [
    terms({
      effectiveFrom: '2023-autumn',
      eligibility: { hardship: ['any'] },
      benefit: { basis: 'once', amounts: [{ amount: '3000.00' }] },
    }),
  ],
});
const BOOK = bookOf(GRANT, policy({ policyId: 'other-grant', kind: 'grant' }));
const TOMORROW = '2024-07-01';

const order = (changes: Partial<PaymentOrder> = {}): PaymentOrder => ({
  paymentId: 'payment-2',
  policyId: 'grant',
  term: '2024-spring',
  paidOn: '2024-06-20',
  amount: '3000.00',
  method: 'card',
  reference: 'V-2',
  ...changes,
});
const recording = (changes: Partial<PaymentOrder> = {}) => {
  const asked = order(changes);
  return (pupil: Student) => record(pupil, asked, BOOK, TODAY, RECORDER);
};

const sources = (amount: string) => [{ source: 'unspecified', amount }];
const granted = (amount: string, changes: Partial<ReturnType<typeof paid>['data']> = {}) =>
  paid({ policyId: 'grant', kind: 'grant', amount, sources: sources(amount), ...changes });
const otherGrant = granted('625.00', { paymentId: 'payment-0', policyId: 'other-grant' });
const pupil = [registered(), enrolled()];
const poor = [...pupil, determined()];
const lastTerm = granted('3000.00', { term: '2023-autumn', paidOn: '2023-12-10' });

describe('where several rules refuse, the first in the documented order is named', () => {
  const EXCESS = { amount: '3000.01' };
  const NOTHING = { amount: '0.00' };
  const NEIGHBOURS: [RejectionCode, RejectionCode, StudentEvent[], Partial<PaymentOrder>][] = [
    ['student-unknown', 'policy-unknown', [], { policyId: 'nobody' }],
    ['policy-unknown', 'method-not-allowed', poor, { policyId: 'nobody', method: 'waived' }],
    ['policy-not-in-force', 'not-eligible', pupil, { term: '2023-spring' }],
    ['not-eligible', 'exclusive-policy', [...pupil, otherGrant], {}],
    ['exclusive-policy', 'already-granted', [...poor, otherGrant, lastTerm], {}],
    ['already-granted', 'entitlement-exceeded', [...poor, lastTerm], EXCESS],
    ['entitlement-exceeded', 'method-not-allowed', poor, { ...EXCESS, method: 'waived' }],
    ['method-not-allowed', 'amount-invalid', poor, { ...NOTHING, method: 'waived' }],
    ['amount-invalid', 'date-in-future', poor, { ...NOTHING, paidOn: TOMORROW }],
  ];

  test.each(NEIGHBOURS)('%s before %s', (first, _, past, changes) => {
    given(...past)
      .when(recording(changes))
      .rejects(first);
  });

  test('control: each later rule of a pair refuses once the earlier one is content', () => {
    given(...poor, otherGrant)
      .when(recording())
      .rejects('exclusive-policy');
    given(...poor, lastTerm)
      .when(recording())
      .rejects('already-granted');
    given(...poor)
      .when(recording(EXCESS))
      .rejects('entitlement-exceeded');
    given(...poor)
      .when(recording({ method: 'waived' }))
      .rejects('method-not-allowed');
    given(...poor)
      .when(recording(NOTHING))
      .rejects('amount-invalid');
    given(...poor)
      .when(recording({ paidOn: TOMORROW }))
      .rejects('date-in-future');
  });
});

describe('once in a life', () => {
  test('the grant is refused in a later term, and in an earlier one', () => {
    given(...poor, lastTerm)
      .when(recording())
      .rejects('already-granted', { policyId: 'grant', term: '2023-autumn' });
    given(...poor, granted('3000.00'))
      .when(recording({ term: '2023-autumn' }))
      .rejects('already-granted', { term: '2024-spring' });
  });

  test('and in the same term once it is complete', () => {
    given(...poor, granted('3000.00'))
      .when(recording({ amount: '0.01' }))
      .rejects('already-granted', { term: '2024-spring' });
  });

  test('it may be completed within its term, to the fen', () => {
    const accept = recording({ amount: '2000.00' });
    given(...poor, granted('1000.00'))
      .when(accept)
      .then(
        granted('2000.00', {
          paymentId: 'payment-2',
          reference: 'V-2',
          entitlement: { entitled: '3000.00', netPaid: '3000.00', outstanding: '0.00' },
        }),
      );
    given(...poor, granted('1000.00'))
      .when(recording({ amount: '2000.01' }))
      .rejects('entitlement-exceeded', { outstanding: '2000.00' });
  });

  test('a part of it in another term stands in its way', () => {
    given(...poor, granted('1.00', { term: '2023-autumn' }))
      .when(recording())
      .rejects('already-granted', { term: '2023-autumn' });
  });

  test.each([
    ['came back whole', returned('3000.00', { sources: sources('3000.00') })],
    ['was reversed', reversed({ amount: '3000.00', sources: sources('3000.00') })],
  ] as const)('after it %s it may be granted again, in any term', (_, undone) => {
    for (const term of ['2024-spring', '2023-autumn'] as const)
      expect(recording({ term })(pupilAfter(...poor, lastTerm, undone))).toHaveLength(1);
  });
});

describe('an exception', () => {
  const exception = { reason: '特殊困难', document: '会议纪要第5号' };
  const overridden = (past: StudentEvent[], changes: Partial<PaymentOrder> = {}) =>
    recording({ exception, ...changes })(pupilAfter(...past)).map(({ data }) => data.exception);

  test('overrides each of the four rules, and the event names which, in their order', () => {
    const found = (...overrides: RejectionCode[]) => [{ ...exception, recordedBy: RECORDER.id, overrides }];
    expect(overridden([...poor, otherGrant])).toEqual(found('exclusive-policy'));
    expect(overridden([...poor, granted('3000.00')])).toEqual(found('already-granted', 'entitlement-exceeded'));
    expect(overridden(poor, { amount: '3000.01' })).toEqual(found('entitlement-exceeded'));
    // Who is not eligible is entitled to nothing: the amount exceeds that too.
    expect(overridden(pupil)).toEqual(found('not-eligible', 'entitlement-exceeded'));
    expect(overridden([...pupil, otherGrant, lastTerm])).toEqual(
      found('not-eligible', 'exclusive-policy', 'already-granted', 'entitlement-exceeded'),
    );
  });

  test('where no rule refuses, is not a finding', () => {
    expect(overridden(poor)).toEqual([undefined]);
  });

  test('for a pupil enrolled nowhere leaves the payment without a place', () => {
    const [event] = recording({ exception })(pupilAfter(registered()));
    expect(event?.data.place).toBeNull();
  });

  const FIRM: [RejectionCode, Partial<PaymentOrder>][] = [
    ['policy-unknown', { policyId: 'nobody' }],
    ['policy-not-in-force', { term: '2023-spring' }],
    ['method-not-allowed', { method: 'in-kind' }],
    ['amount-invalid', { amount: '0.00' }],
    ['amount-invalid', { days: 3 }],
    ['date-in-future', { paidOn: TOMORROW }],
  ];
  test.each(FIRM)('does not override %s', (code, changes) => {
    for (const past of [pupil, poor])
      given(...past)
        .when(recording({ exception, ...changes }))
        .rejects(code);
  });

  test('does not make a pupil known', () => {
    given().when(recording({ exception })).rejects('student-unknown');
  });
});
