// The deciders of keys and grants: what was given holds from its first day to its last, unless it is revoked.
import type { CivilDate } from '../core/civil-date.js';
import type { Decider } from '../core/decider.js';
import { covers, type Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type {
  GrantEvent,
  GrantGiven,
  GrantRevoked,
  KeyEvent,
  KeyIssued,
  KeyRevoked,
  Permission,
} from './access.events.js';

export type Key = KeyIssued['data'] & { revoked: boolean };
export type Grant = GrantGiven['data'] & { revoked: boolean };

export const keyDecider: Decider<Key | null, KeyEvent> = {
  initial: null,
  evolve(key, { type, data }) {
    if (type === 'KeyIssued') return { ...data, revoked: key?.revoked ?? false };
    return key && { ...key, revoked: true };
  },
};

/** All grants to one holder, in one stream: a token is judged by a single read. */
export const grantsDecider: Decider<readonly Grant[], GrantEvent> = {
  initial: [],
  evolve(grants, { type, data }) {
    if (type === 'GrantGiven') return [...grants, { ...data, revoked: false }];
    return grants.map((grant) => (grant.grantId === data.grantId ? { ...grant, revoked: true } : grant));
  },
};

export const holds = (
  { revoked, from = '', expiresOn }: { revoked: boolean; from?: CivilDate; expiresOn?: CivilDate },
  today: CivilDate,
): boolean => !revoked && from <= today && (expiresOn === undefined || today <= expiresOn);

/** Nobody gives what lies beyond the own reach. */
function demandGivable({ within, expiresOn }: Permission, reach: Reach, today: CivilDate): void {
  if (!covers(reach, within)) throw new Rejection('scope-exceeded');
  if (expiresOn !== undefined && expiresOn < today)
    throw new Rejection('period-invalid', { from: today, until: expiresOn });
}

export function issueKey(known: Key | null, data: KeyIssued['data'], reach: Reach, today: CivilDate): KeyIssued[] {
  demandGivable(data, reach, today);
  return known ? [] : [{ type: 'KeyIssued', data }];
}

export function revokeKey(known: Key | null, order: KeyRevoked['data'], reach: Reach): KeyRevoked[] {
  if (!known || !covers(reach, known.within)) throw new Rejection('key-unknown', { keyId: order.keyId });
  if (known.revoked) throw new Rejection('already-revoked-access');
  return [{ type: 'KeyRevoked', data: order }];
}

export function giveGrant(_: readonly Grant[], data: GrantGiven['data'], reach: Reach, today: CivilDate): GrantGiven[] {
  demandGivable(data, reach, today);
  return [{ type: 'GrantGiven', data }];
}

export function revokeGrant(known: readonly Grant[], order: GrantRevoked['data'], reach: Reach): GrantRevoked[] {
  const grant = known.find(({ grantId }) => grantId === order.grantId);
  if (!grant || !covers(reach, grant.within)) throw new Rejection('grant-unknown', { grantId: order.grantId });
  if (grant.revoked) throw new Rejection('already-revoked-access');
  return [{ type: 'GrantRevoked', data: order }];
}
