// Restriction, its end, erasure, and who approves what the rules refused.
import { approve } from '../../src/students/account.js';
import { EVERYTHING, type Reach } from '../../src/core/reach.js';
import { demandNotErased, demandOpen, erase, keptUntil, lift, restrict } from '../../src/students/privacy.js';
import { belongsTo, demandKnown } from '../../src/students/student.js';
import { refusalOf } from './given.js';
import {
  approved,
  departed,
  enrolled,
  erased,
  given,
  lifted,
  paid,
  PUPIL,
  pupilAfter,
  registered,
  restricted,
  returned,
  reversed,
} from './pupils.js';

const asked = { studentId: PUPIL, reason: '录入错误', document: '复核不符' };
const past = [registered(), enrolled()];

describe('restriction', () => {
  test('is placed once, and lifted once', () => {
    given(...past)
      .when(({ privacy }) => restrict(privacy, asked))
      .then(restricted());
    given(...past, restricted())
      .when(({ privacy }) => restrict(privacy, asked))
      .rejects('student-restricted');
    given(...past, restricted())
      .when(({ privacy }) => lift(privacy, asked))
      .then(lifted());
    given(...past, restricted(), lifted())
      .when(({ privacy }) => lift(privacy, asked))
      .rejects('not-restricted');
  });

  test('while it stands nothing new is decided', () => {
    expect(refusalOf(() => demandOpen(pupilAfter(...past, restricted()).privacy)).code).toBe('student-restricted');
    expect(() => demandOpen(pupilAfter(...past, restricted(), lifted()).privacy)).not.toThrow();
  });
});

describe('erasure', () => {
  const TODAY = '2026-11-22';
  const erasing =
    (more: object = {}, today = TODAY) =>
    (pupil: ReturnType<typeof pupilAfter>) =>
      erase(pupil, { ...asked, ...more }, today);

  test('of a student without money needs no law', () => {
    given(...past)
      .when(erasing())
      .then(erased());
  });

  test.each([
    ['the payment', [paid({ paidOn: '2024-06-20' })], '2054-12-31'],
    [
      'its return in a later year',
      [paid({ paidOn: '2024-06-20' }), returned('100.00', { returnedOn: '2025-01-10' })],
      '2055-12-31',
    ],
    ['its reversal in a later year', [paid(), reversed({ reversedOn: '2026-01-02' })], '2056-12-31'],
  ] as const)('waits for 30 years from the end of the year of %s', (_, money, until) => {
    expect(keptUntil(pupilAfter(...past, ...money).account)).toBe(until);
    given(...past, ...money)
      .when(erasing())
      .rejects('retention-running', { until });
    given(...past, ...money)
      .when(erasing({}, until))
      .rejects('retention-running');
    given(...past, ...money)
      .when(erasing({}, `${Number(until.slice(0, 4)) + 1}-01-01`))
      .then(erased());
  });

  test('may come before where a law is named, also under a restriction', () => {
    const law = '个人信息保护法第四十七条';
    given(...past, paid(), restricted())
      .when(erasing({ law }))
      .then({ ...erased(), data: { ...asked, law } });
  });

  test('ends a restriction: there is nothing left to restrict', () => {
    expect(pupilAfter(...past, restricted(), erased()).privacy).toEqual({ restricted: false, erased: true });
  });

  test('comes once, and nothing that needs the key comes after it', () => {
    given(...past, erased())
      .when(erasing())
      .rejects('student-erased');
    for (const decide of [restrict, lift])
      expect(refusalOf(() => decide(pupilAfter(...past, erased()).privacy, asked)).code).toBe('student-erased');
    expect(refusalOf(() => demandNotErased({ erased: true })).code).toBe('student-erased');
  });
});

describe('an exception is approved', () => {
  const exception = { reason: '特殊困难', document: '会议纪要', recordedBy: 'recorder', overrides: ['not-eligible'] };
  const order = { paymentId: 'payment-1', approvedBy: 'another', document: '会议纪要' };

  test('by somebody else than the one who recorded it, once', () => {
    given(...past, paid({ exception }))
      .when(({ account }) => approve(account, order))
      .then(approved());
    given(...past, paid({ exception }))
      .when(({ account }) => approve(account, { ...order, approvedBy: 'recorder' }))
      .rejects('same-person');
    given(...past, paid({ exception }), approved())
      .when(({ account }) => approve(account, order))
      .rejects('already-approved');
  });

  test('and a payment that the rules allowed needs nobody', () => {
    given(...past, paid())
      .when(({ account }) => approve(account, order))
      .rejects('not-an-exception');
  });
});

describe('where a student belongs', () => {
  const district = (districtId: string): Reach => ({ districts: [districtId], schools: [], areas: [] });
  const school = (schoolId: string): Reach => ({ districts: [], schools: [schoolId], areas: [] });
  const area = (head: string): Reach => ({ districts: [], schools: [], areas: [head] });
  const seenFrom =
    (...events: Parameters<typeof pupilAfter>) =>
    (reach: Reach) =>
      belongsTo(pupilAfter(...events), reach);

  test('every school of an enrolment, also a past one, and its district', () => {
    const seen = seenFrom(...past, departed('2024-03-01'));
    expect([school('2137000001'), district('rencheng')].map(seen)).toEqual([true, true]);
    expect(seen(EVERYTHING)).toBe(true);
    expect([school('2137000009'), district('yanzhou'), area('37')].map(seen)).toEqual([false, false, false]);
  });

  test('before the first enrolment, the scope of whoever registered the student; none: only who reaches everything', () => {
    const byCity = seenFrom(registered({ registeredIn: { area: '3708' } }));
    expect([area('3708'), area('37'), area('3701'), district('rencheng')].map(byCity)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    const byOfficer = [registered({ registeredIn: { districtId: 'yanzhou' } }), enrolled()] as const;
    expect(seenFrom(byOfficer[0])(district('yanzhou'))).toBe(true);
    expect(seenFrom(...byOfficer)(district('yanzhou'))).toBe(false);
    expect(seenFrom(registered())(district('rencheng'))).toBe(false);
    expect(seenFrom(registered())(EVERYTHING)).toBe(true);
  });

  test('after a transfer the school that may enrol the student, until it does', () => {
    const to = { schoolId: '2137000009', districtId: 'yanzhou' };
    const left = departed('2024-03-01');
    const transferred = { ...left, data: { ...left.data, to } };
    expect(seenFrom(...past, transferred)(district('yanzhou'))).toBe(true);
    const back = enrolled({ enrolmentId: 'enrolment-2', from: '2024-04-01' });
    expect(seenFrom(...past, transferred, back)(district('yanzhou'))).toBe(false);
  });

  test('elsewhere the student is unknown', () => {
    expect(refusalOf(() => demandKnown(pupilAfter(...past), PUPIL, district('yanzhou')))).toMatchObject({
      code: 'student-unknown',
      details: { studentId: PUPIL },
    });
  });
});
