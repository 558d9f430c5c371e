// Keys and grants: given within the own reach, for a time, until they are revoked; public notices.
import type { GrantGiven, KeyIssued } from '../../src/access/access.events.js';
import {
  giveGrant,
  grantsDecider,
  holds,
  issueKey,
  keyDecider,
  revokeGrant,
  revokeKey,
} from '../../src/access/permission.js';
import { EVERYTHING, type Reach } from '../../src/core/reach.js';
import type { Notice, NoticeEvent } from '../../src/notices/notice.events.js';
import { demandStanding, noticeDecider, publish, withdraw } from '../../src/notices/notice.js';
import { refusalOf, specOf, stateAfter } from './given.js';

const TODAY = '2026-11-22';
const RENCHENG: Reach = { districts: ['rencheng'], schools: [], areas: [] };
const YANZHOU: Reach = { districts: ['yanzhou'], schools: [], areas: [] };

const permission = {
  role: 'finance',
  scope: { districtId: 'rencheng' },
  within: { districtId: 'rencheng' },
  expiresOn: '2026-12-31',
} as const;

describe('a key', () => {
  const issued: KeyIssued = {
    type: 'KeyIssued',
    data: { ...permission, keyId: 'k', name: '王会计', prefix: 'aid_k', digest: '00' },
  };
  const revoked = { type: 'KeyRevoked', data: { keyId: 'k', reason: '离任' } } as const;
  const spec = specOf(keyDecider);

  test('is issued within the own reach only', () => {
    for (const reach of [EVERYTHING, RENCHENG] as const)
      spec()
        .when((key) => issueKey(key, issued.data, reach, TODAY))
        .then(issued);
    for (const within of [{}, { area: '3708' }, { districtId: 'yanzhou' }, { schoolId: '2137000001' }])
      spec()
        .when((key) => issueKey(key, { ...issued.data, within }, RENCHENG, TODAY))
        .rejects('scope-exceeded');
    spec()
      .when((key) => issueKey(key, { ...issued.data, expiresOn: '2026-11-21' }, EVERYTHING, TODAY))
      .rejects('period-invalid');
  });

  test('is revoked once, by who reaches it; to others it does not exist', () => {
    spec(issued)
      .when((key) => revokeKey(key, revoked.data, RENCHENG))
      .then(revoked);
    spec(issued, revoked)
      .when((key) => revokeKey(key, revoked.data, RENCHENG))
      .rejects('already-revoked-access');
    for (const past of [[], [issued]])
      spec(...past)
        .when((key) => revokeKey(key, revoked.data, YANZHOU))
        .rejects('key-unknown', { keyId: 'k' });
  });

  test.each([
    ['on its last day', [issued], '2026-12-31', true],
    ['the day after', [issued], '2027-01-01', false],
    ['once it is revoked', [issued, revoked], TODAY, false],
  ] as const)('holds %s: %#', (_, past, day, expected) => {
    const key = stateAfter(keyDecider, [...past]);
    expect(key && holds(key, day)).toBe(expected);
  });
});

describe('a grant', () => {
  const given: GrantGiven = {
    type: 'GrantGiven',
    data: { ...permission, grantId: 'g', holder: 'wang@example.org', from: '2026-12-01' },
  };
  const revoked = { type: 'GrantRevoked', data: { grantId: 'g', reason: '离任' } } as const;
  const spec = specOf(grantsDecider);

  test('is given within the own reach, and revoked once by who reaches it', () => {
    spec()
      .when((grants) => giveGrant(grants, given.data, RENCHENG, TODAY))
      .then(given);
    spec()
      .when((grants) => giveGrant(grants, given.data, YANZHOU, TODAY))
      .rejects('scope-exceeded');
    spec(given)
      .when((grants) => revokeGrant(grants, revoked.data, RENCHENG))
      .then(revoked);
    spec(given, revoked)
      .when((grants) => revokeGrant(grants, revoked.data, RENCHENG))
      .rejects('already-revoked-access');
    spec(given)
      .when((grants) => revokeGrant(grants, revoked.data, YANZHOU))
      .rejects('grant-unknown', { grantId: 'g' });
  });

  test('holds from its first day', () => {
    const [grant] = stateAfter(grantsDecider, [given]);
    expect(['2026-11-30', '2026-12-01'].map((day) => grant && holds(grant, day))).toEqual([false, true]);
  });
});

describe('a public notice', () => {
  const notice: Notice = {
    noticeId: 'n',
    schoolId: '2137000001',
    districtId: 'rencheng',
    policyId: 'living-subsidy',
    term: '2026-autumn',
    // A Friday.
    publishedOn: '2026-11-20',
    expiresOn: '2026-11-27',
    studentIds: ['pupil-1'],
  };
  const published = { type: 'NoticePublished', data: notice } as const;
  const withdrawn = { type: 'NoticeWithdrawn', data: { noticeId: 'n', reason: '有误' } } as const;
  const spec = specOf<ReturnType<typeof stateAfter<typeof noticeDecider.initial, NoticeEvent>>, NoticeEvent>(
    noticeDecider,
  );

  test('stands for five working days at least, sixty days at most, with pupils of the school', () => {
    spec()
      .when(() => publish(notice, []))
      .then(published);
    spec()
      .when(() => publish({ ...notice, expiresOn: '2026-11-26' }, []))
      .rejects('notice-too-short', { earliest: '2026-11-27' });
    spec()
      .when(() => publish({ ...notice, expiresOn: '2027-01-20' }, []))
      .rejects('notice-too-long', { latest: '2027-01-19' });
    spec()
      .when(() => publish(notice, ['pupil-2']))
      .rejects('not-of-school', { studentIds: 'pupil-2' });
  });

  test('is withdrawn once, by who reaches the school', () => {
    spec(published)
      .when((known) => withdraw(known, withdrawn.data, RENCHENG))
      .then(withdrawn);
    spec(published)
      .when((known) => withdraw(known, withdrawn.data, YANZHOU))
      .rejects('notice-unknown', { noticeId: 'n' });
    spec(published, withdrawn)
      .when((known) => withdraw(known, withdrawn.data, RENCHENG))
      .rejects('notice-withdrawn');
  });

  test('is shown through its last day', () => {
    const state = { expiresOn: '2026-11-27', withdrawn: false };
    expect(() => demandStanding(state, '2026-11-27')).not.toThrow();
    expect(refusalOf(() => demandStanding(state, '2026-11-28')).code).toBe('notice-expired');
    expect(refusalOf(() => demandStanding({ ...state, withdrawn: true }, TODAY)).code).toBe('notice-withdrawn');
  });
});
