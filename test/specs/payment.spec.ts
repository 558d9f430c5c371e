// Recording aid 发放: what is recorded, each refusal, and which refusal comes first where several apply.
import fc from 'fast-check';
import { toYuan, fromFen, yuan } from '../../src/core/money.js';
import { Rejection } from '../../src/core/rejection.js';
import { given as givenUnder, giveBack } from '../../src/students/account.js';
import { record, type PaymentOrder } from '../../src/students/payment.js';
import { studentDecider, type Student } from '../../src/students/student.js';
import { bookOf, policy, terms } from './policies.js';
import { refusalOf } from './given.js';
import {
  boarder,
  determined,
  enrolled,
  fed,
  given,
  paid,
  pupilAfter,
  registered,
  returned,
  reversed,
  TODAY,
  RECORDER,
} from './pupils.js';
import { property } from './property.js';

const LIVING = policy({
  versions: [
    terms({
      eligibility: { hardship: ['any'], boarding: true },
      funding: [
        { source: 'central', share: '0.5' },
        { source: 'district', share: '0.5' },
      ],
    }),
  ],
});
const MEALS = policy({
  policyId: 'meals',
  kind: 'meals',
  exclusiveWith: ['snack'],
  versions: [terms({ benefit: { basis: 'per-day', amounts: [{ amount: '5.00' }], daysPerTerm: 100 } })],
});
const SNACK = policy({
  policyId: 'snack',
  kind: 'meals',
  versions: [terms({ eligibility: { hardship: ['none'] }, benefit: { basis: 'per-day', daysPerTerm: 100 } })],
});
const BOOK = bookOf(LIVING, MEALS, SNACK);

const order = (changes: Partial<PaymentOrder> = {}): PaymentOrder => ({
  paymentId: 'payment-1',
  policyId: 'living-subsidy',
  term: '2024-spring',
  paidOn: '2024-06-20',
  amount: '625.00',
  method: 'card',
  reference: 'V-1',
  ...changes,
});
const without = (field: 'amount', changes: Partial<PaymentOrder>): PaymentOrder => {
  const { [field]: _, ...rest } = order(changes);
  return rest;
};
const recording = (changes: Partial<PaymentOrder> = {}) => recordingOf(order(changes));
const recordingOf = (asked: PaymentOrder) => (pupil: Student) => record(pupil, asked, BOOK, TODAY, RECORDER);

const hardshipBoarder = [registered(), boarder(), determined()];

describe('a payment', () => {
  test('is recorded with version, sources, school of the census day and what the decision saw', () => {
    given(...hardshipBoarder)
      .when(recording())
      .then(paid());
  });

  test('may be a part; the rest is still open', () => {
    const sources = [
      { source: 'central', amount: '50.01' },
      { source: 'district', amount: '50.00' },
    ];
    given(...hardshipBoarder)
      .when(recording({ amount: '100.01' }))
      .then(
        paid({
          amount: '100.01',
          sources,
          entitlement: { entitled: '625.00', netPaid: '100.01', outstanding: '524.99' },
        }),
      );
  });

  test('may complete what was begun, also after money came back', () => {
    given(...hardshipBoarder, paid(), returned('100.00'))
      .when(recording({ paymentId: 'payment-2', amount: '100.00' }))
      .then(
        paid({
          paymentId: 'payment-2',
          amount: '100.00',
          sources: ['central', 'district'].map((source) => ({ source, amount: '50.00' })),
        }),
      );
  });

  test('may be dated today', () => {
    given(...hardshipBoarder)
      .when(recording({ paidOn: TODAY }))
      .then(paid({ paidOn: TODAY }));
  });

  test('of meals is days times the rate', () => {
    const { amount: _, ...meals } = order({ policyId: 'meals', days: 20, method: 'in-kind' });
    given(...hardshipBoarder)
      .when(recordingOf(meals))
      .then(
        fed(20, {
          amount: '100.00',
          sources: [{ source: 'unspecified', amount: '100.00' }],
          entitlement: { entitled: '500.00', netPaid: '100.00', outstanding: '400.00' },
        }),
      );
  });

  test('of meals by exception is valued at the rate too', () => {
    const exception = { reason: '特殊困难', document: '会议纪要第5号' };
    const asked = without('amount', { policyId: 'meals', days: 101, method: 'in-kind', exception });
    const [event] = recordingOf(asked)(pupilAfter(...hardshipBoarder));
    expect(event?.data).toMatchObject({ amount: '505.00', exception: { overrides: ['entitlement-exceeded'] } });
  });

  test('of meals without a rate is days at 0.00', () => {
    given(registered(), enrolled())
      .when(recordingOf(without('amount', { policyId: 'snack', days: 20, method: 'in-kind' })))
      .then(fed(20, { policyId: 'snack' }));
  });
});

describe('each refusal on its own', () => {
  test('student-unknown', () => {
    given().when(recording()).rejects('student-unknown', { studentId: 'pupil-1' });
  });

  test('policy-unknown', () => {
    given(...hardshipBoarder)
      .when(recording({ policyId: 'nobody' }))
      .rejects('policy-unknown', { policyId: 'nobody' });
  });

  test('policy-not-in-force', () => {
    given(...hardshipBoarder)
      .when(recording({ term: '2023-autumn' }))
      .rejects('policy-not-in-force', { policyId: 'living-subsidy', term: '2023-autumn' });
  });

  test('not-eligible names each condition that failed and the fact it met, no other', () => {
    given(registered(), enrolled())
      .when(recording())
      .rejects('not-eligible', {
        errors: [
          { code: 'boarding', expected: true, fact: false, message: 'boarding: expected true, found false' },
          { code: 'hardship', expected: ['any'], fact: [], message: 'hardship: expected ["any"], found []' },
        ],
      });
  });

  test('exclusive-policy, whichever of the two names the other', () => {
    const free = [registered(), enrolled()];
    const snack = without('amount', { policyId: 'snack', days: 20, method: 'in-kind' });
    const meals = { ...snack, policyId: 'meals' };
    given(...free, fed(20))
      .when(recordingOf(snack))
      .rejects('exclusive-policy', { policyId: 'meals' });
    given(...free, fed(20, { policyId: 'snack' }))
      .when(recordingOf(meals))
      .rejects('exclusive-policy', { policyId: 'snack' });
  });

  test('outside-scope where the money of the term belongs to a school beyond the reach of the recorder', () => {
    const pupil = pupilAfter(registered(), boarder(), determined());
    const elsewhere = { id: 'recorder', reach: { districts: [], schools: ['2137000009'], areas: [] } };
    const home = { id: 'recorder', reach: { districts: ['rencheng'], schools: [], areas: [] } };
    expect(refusalOf(() => record(pupil, order(), BOOK, TODAY, elsewhere))).toMatchObject({
      code: 'outside-scope',
      details: { schoolId: '2137000001' },
    });
    expect(record(pupil, order(), BOOK, TODAY, home)).toHaveLength(1);
  });

  test('exclusive-policy only in the same term, and only while something stands', () => {
    const meals = without('amount', { paymentId: 'payment-2', policyId: 'meals', days: 20, method: 'in-kind' });
    const snack = fed(20, { policyId: 'snack' });
    for (const before of [[fed(20, { policyId: 'snack', term: '2023-autumn' })], [snack, reversed({ days: 20 })]])
      expect(record(pupilAfter(registered(), enrolled(), ...before), meals, BOOK, TODAY, RECORDER)).toHaveLength(1);
  });

  test('entitlement-exceeded, with the figures', () => {
    given(...hardshipBoarder, paid({ amount: '600.00' }))
      .when(recording({ amount: '25.01' }))
      .rejects('entitlement-exceeded', { entitled: '625.00', netPaid: '600.00', outstanding: '25.00' });
  });

  test('entitlement-exceeded for meals, in days where they carry no money', () => {
    given(registered(), enrolled(), fed(90, { policyId: 'snack' }))
      .when(recordingOf(without('amount', { policyId: 'snack', days: 11, method: 'in-kind' })))
      .rejects('entitlement-exceeded', { entitled: null, days: { entitled: 100, net: 90, outstanding: 10 } });
  });

  test.each(['waived', 'in-kind'] as const)('method-not-allowed: a subsidy by %s', (method) => {
    given(...hardshipBoarder)
      .when(recording({ method }))
      .rejects('method-not-allowed', { method, allowed: 'card, school-account' });
  });

  const INVALID: [string, PaymentOrder][] = [
    ['nothing', order({ amount: '0.00' })],
    ['no amount', without('amount', {})],
    ['days of what is not a meal', order({ days: 20 })],
    ['yuan of meals', order({ policyId: 'meals', days: 1, method: 'in-kind' })],
    ['meals without days', without('amount', { policyId: 'meals', method: 'in-kind' })],
    ['no days of meals', without('amount', { policyId: 'meals', days: 0, method: 'in-kind' })],
  ];
  test.each(INVALID)('amount-invalid: %s', (_, asked) => {
    given(...hardshipBoarder)
      .when(recordingOf(asked))
      .rejects('amount-invalid');
  });

  test('date-in-future', () => {
    given(...hardshipBoarder)
      .when(recording({ paidOn: '2024-07-01' }))
      .rejects('date-in-future', { date: '2024-07-01' });
  });
});

property(
  'whatever is paid and comes back in whatever order, the net never exceeds the entitlement',
  [fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.boolean()), { minLength: 1, maxLength: 20 })],
  (steps) => {
    let pupil = pupilAfter(...hardshipBoarder);
    let accepted = 0;
    for (const [index, [fen, isReturn]] of steps.entries()) {
      const amount = toYuan(fromFen(fen));
      const last = pupil.account.payments.at(-1);
      const back = {
        paymentId: last?.paymentId ?? '',
        amount,
        returnedOn: TODAY,
        cause: 'recovered',
        reference: 'R',
      } as const;
      try {
        const events =
          isReturn && last
            ? giveBack(pupil.account, back, TODAY)
            : recording({ paymentId: `payment-${index}`, amount })(pupil);
        for (const event of events) pupil = studentDecider.evolve(pupil, event, 4 + accepted++) ?? pupil;
      } catch (error) {
        if (!(error instanceof Rejection)) throw error;
      }
      const { net } = givenUnder(pupil.account, 'living-subsidy', '2024-spring');
      expect(net.gte(0) && net.lte(yuan('625.00'))).toBe(true);
    }
    expect(accepted).toBeGreaterThan(0);
  },
);
