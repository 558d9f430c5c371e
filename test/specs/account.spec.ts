// The aid account: reversal 冲正 of a whole entry, return 退回 of part or all, and what is left with each source.
import fc from 'fast-check';
import { sum, toYuan, fromFen, yuan } from '../../src/core/money.js';
import { evolveAccount, given as givenUnder, giveBack, netOf, reverse, stands } from '../../src/students/account.js';
import type { Account, ReturnOrder } from '../../src/students/account.js';
import { splitPayment } from '../../src/students/funding.js';
import { enrolled, fed, given, paid, PUPIL, pupilAfter, registered, returned, reversed, TODAY } from './pupils.js';
import { property } from './property.js';

const wrong = { paymentId: 'payment-1', reason: '录入错误' };
const back = (changes: Partial<ReturnOrder> = {}): ReturnOrder => ({
  paymentId: 'payment-1',
  returnedOn: '2024-06-25',
  cause: 'bank-refused',
  reference: 'R-1',
  ...changes,
});
const past = [registered(), enrolled()];

describe('reversal', () => {
  test('takes back the whole entry on the day it is entered, from the sources that paid it', () => {
    given(...past, paid())
      .when(({ account }) => reverse(account, wrong, TODAY))
      .then(reversed());
  });

  test('of meals takes back their days', () => {
    given(...past, fed(20))
      .when(({ account }) => reverse(account, wrong, TODAY))
      .then(reversed({ amount: '0.00', days: 20, sources: fed(20).data.sources }));
  });

  test('happens once', () => {
    given(...past, paid(), reversed())
      .when(({ account }) => reverse(account, wrong, TODAY))
      .rejects('already-reversed');
  });

  test.each(['100.00', '625.00'])('after a return of %s is refused: part of the entry was right', (amount) => {
    given(...past, paid(), returned(amount))
      .when(({ account }) => reverse(account, wrong, TODAY))
      .rejects('already-returned');
  });

  test('of an unknown payment is refused', () => {
    given(...past, paid())
      .when(({ account }) => reverse(account, { ...wrong, paymentId: 'payment-9' }, TODAY))
      .rejects('payment-unknown', { paymentId: 'payment-9' });
  });

  test('leaves the other payments as they are', () => {
    const second = paid({ paymentId: 'payment-2', amount: '100.00' });
    const { account } = pupilAfter(...past, paid(), second, reversed());
    expect(account.payments.map((payment) => toYuan(netOf(payment)))).toEqual(['0.00', '100.00']);
  });
});

describe('return', () => {
  test('of a part goes back to the sources in proportion', () => {
    given(...past, paid())
      .when(({ account }) => giveBack(account, back({ amount: '100.00' }), TODAY))
      .then(returned('100.00'));
  });

  test('without an amount is all that is left', () => {
    given(...past, paid(), returned('100.00'))
      .when(({ account }) => giveBack(account, back(), TODAY))
      .then(returned('525.00'));
  });

  test('of exactly what is left is accepted, of a fen more refused', () => {
    const account = given(...past, paid(), returned('100.00'));
    account.when((pupil) => giveBack(pupil.account, back({ amount: '525.00' }), TODAY)).then(returned('525.00'));
    account
      .when((pupil) => giveBack(pupil.account, back({ amount: '525.01' }), TODAY))
      .rejects('return-exceeds-payment', { left: '525.00' });
  });

  test('after all is back is refused', () => {
    given(...past, paid(), returned('625.00'))
      .when(({ account }) => giveBack(account, back(), TODAY))
      .rejects('return-exceeds-payment', { left: '0.00' });
  });

  test('of nothing is refused', () => {
    given(...past, paid())
      .when(({ account }) => giveBack(account, back({ amount: '0.00' }), TODAY))
      .rejects('amount-invalid');
  });

  test('on the day of payment is accepted, before it refused', () => {
    const account = given(...past, paid());
    const onThatDay = back({ returnedOn: '2024-06-20' });
    account
      .when((pupil) => giveBack(pupil.account, onThatDay, TODAY))
      .then(returned('625.00', { returnedOn: '2024-06-20' }));
    account
      .when((pupil) => giveBack(pupil.account, back({ returnedOn: '2024-06-19' }), TODAY))
      .rejects('return-before-payment', { date: '2024-06-19', paidOn: '2024-06-20' });
  });

  test('today is accepted, tomorrow refused', () => {
    const account = given(...past, paid());
    account
      .when((pupil) => giveBack(pupil.account, back({ returnedOn: TODAY }), TODAY))
      .then(returned('625.00', { returnedOn: TODAY }));
    account
      .when((pupil) => giveBack(pupil.account, back({ returnedOn: '2024-07-01' }), TODAY))
      .rejects('date-in-future', { date: '2024-07-01' });
  });

  test('of a reversed payment is refused', () => {
    given(...past, paid(), reversed())
      .when(({ account }) => giveBack(account, back(), TODAY))
      .rejects('already-reversed');
  });

  test('of an unknown payment is refused', () => {
    given(...past)
      .when(({ account }) => giveBack(account, back(), TODAY))
      .rejects('payment-unknown', { paymentId: 'payment-1' });
  });

  test('of all the money of meals takes their days with it, of a part it leaves them', () => {
    const meals = fed(20, { amount: '100.00', sources: [{ source: 'unspecified', amount: '100.00' }] });
    const half = returned('50.00', { sources: [{ source: 'unspecified', amount: '50.00' }] });
    given(...past, meals)
      .when(({ account }) => giveBack(account, back({ amount: '50.00' }), TODAY))
      .then(half);
    given(...past, meals, half)
      .when(({ account }) => giveBack(account, back(), TODAY))
      .then({ ...half, data: { ...half.data, days: 20 } });
  });

  test('of meals that carry no money is refused: there is none; a wrong entry of them is reversed', () => {
    given(...past, fed(20))
      .when(({ account }) => giveBack(account, back(), TODAY))
      .rejects('return-exceeds-payment', { left: '0.00' });
  });
});

describe('what was given', () => {
  const { account } = pupilAfter(
    ...past,
    paid({ amount: '300.00' }),
    paid({ paymentId: 'payment-2', amount: '325.00' }),
    paid({ paymentId: 'payment-3', term: '2023-autumn', amount: '500.00' }),
    fed(20, { paymentId: 'payment-4' }),
    returned('100.00'),
    reversed({ paymentId: 'payment-2', amount: '325.00' }),
  );
  const figures = (...of: [string, ('2024-spring' | '2023-autumn')?]) => {
    const { paid: gross, returned: came, reversed: undone, net, netDays } = givenUnder(account, ...of);
    return [...[gross, came, undone, net].map(toYuan), netDays];
  };

  test('is counted by policy and term, gross, returned, reversed and net', () => {
    expect(figures('living-subsidy', '2024-spring')).toEqual(['625.00', '100.00', '325.00', '200.00', 0]);
    expect(figures('living-subsidy', '2023-autumn')).toEqual(['500.00', '0.00', '0.00', '500.00', 0]);
  });

  test('or over a lifetime', () => {
    expect(figures('living-subsidy')).toEqual(['1125.00', '100.00', '325.00', '700.00', 0]);
  });

  test('stands where money or days are left', () => {
    expect(stands(givenUnder(account, 'meals', '2024-spring'))).toBe(true);
    expect(stands(givenUnder(account, 'meals', '2023-autumn'))).toBe(false);
  });
});

describe('returns in parts', () => {
  const shares = fc
    .array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map((part, index) => ({ source: `source-${index}`, share: String(part) })));
  const fen = fc.integer({ min: 1, max: 300_000 });

  property(
    'give every source back exactly what it paid, never more on the way',
    [fen, shares, fc.array(fen, { minLength: 1, maxLength: 8 })],
    (amount, funding, wishes) => {
      const sources = splitPayment(fromFen(amount), funding);
      let { account } = pupilAfter(...past, paid({ amount: toYuan(fromFen(amount)), sources }));
      let accepted = 0;
      for (const wish of [...wishes.map((part) => toYuan(fromFen(part))), undefined]) {
        const payment = onlyPayment(account);
        if (yuan(wish ?? '0.01').gt(netOf(payment))) continue;
        for (const event of giveBack(account, back(wish === undefined ? {} : { amount: wish }), TODAY)) {
          expect(toYuan(sum(event.data.sources.map((part) => yuan(part.amount))))).toBe(event.data.amount);
          account = evolveAccount(account, event, ++accepted);
        }
        const { left } = onlyPayment(account);
        expect(left.every((part) => yuan(part.amount).gte(0))).toBe(true);
        expect(sum(left.map((part) => yuan(part.amount))).equals(netOf(onlyPayment(account)))).toBe(true);
      }
      expect(accepted).toBeGreaterThan(0);
      expect(onlyPayment(account).left).toEqual(sources.map(({ source }) => ({ source, amount: '0.00' })));
    },
  );
});

function onlyPayment({ payments }: Account) {
  const [payment] = payments;
  if (!payment) throw new Error(`${PUPIL} was paid once`);
  return payment;
}
