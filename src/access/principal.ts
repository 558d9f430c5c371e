// A caller, and what it may do: its grants, looked up in the table of duties.
import type { Actor } from '../core/event.js';
import type { Reach } from '../core/reach.js';
import { dutyOf, ROLE_NAMES, type DutyName, type Role } from './matrix.js';
import type { Scope } from './scope.js';

export interface Held {
  role: Role;
  scope: Scope;
}

export interface Principal {
  /** `owner`, `key:<keyId>` or `token:<subject>`: the same person with the same credential. */
  id: string;
  name: string;
  grants: readonly Held[];
}

/** What a caller may do on the route that it has come by. */
export interface Permit {
  duty: DutyName;
  role: string;
  reach: Reach;
}

export const OWNER_ID = 'owner';

export const ownerOf = (): Principal => ({
  id: OWNER_ID,
  name: 'Owner',
  grants: ROLE_NAMES.map((role) => ({ role, scope: { all: true } })),
});

/** The grants that allow a duty; none where it is not the caller's. */
export function grantsFor({ grants }: Principal, duty: DutyName): Held[] {
  const { roles, extent } = dutyOf(duty);
  return grants.filter(({ role, scope }) => roles.includes(role) && (extent !== 'all' || 'all' in scope));
}

/** As whom an event is recorded: the name and the role that the caller acts in. */
export const actorOf = ({ id, name }: Principal, role: string): Actor => ({ id, name, role });

export const rolesOf = ({ grants }: Principal): Role[] => [...new Set(grants.map(({ role }) => role))];

/** The scope of all grants where they share one; else the widest of them. */
export function scopeOf({ grants }: Principal): Scope | null {
  const order = ['all', 'province', 'city', 'districtId', 'schoolId'];
  const width = ({ scope }: Held): number => order.findIndex((name) => name in scope);
  const [widest] = grants.toSorted((one, other) => width(one) - width(other));
  return widest?.scope ?? null;
}
