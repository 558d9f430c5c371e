// What can happen to keys 密钥 and grants 授权, and what is recorded of those who look at a student's record.
import type { CivilDate } from '../core/civil-date.js';
import type { DomainEvent, SealedFields } from '../core/event.js';
import type { Whereabouts } from '../core/reach.js';
import type { DutyName, FieldClass, Role } from './matrix.js';
import type { Scope } from './scope.js';

/** What a key or a grant allows. */
export interface Permission {
  role: Role;
  scope: Scope;
  /** Where the scope lay when it was given: who reaches that, may see and revoke it. */
  within: Whereabouts;
  /** Last civil day on which it holds; until further notice where it is absent. */
  expiresOn?: CivilDate;
}

/** 签发密钥: `digest` is the SHA-256 of the key in hex; the key itself is kept nowhere. */
export type KeyIssued = DomainEvent<
  'KeyIssued',
  Permission & { keyId: string; name: string; prefix: string; digest: string }
>;
/** 吊销密钥 */
export type KeyRevoked = DomainEvent<'KeyRevoked', { keyId: string; reason: string }>;

/** 授权: to whom the issuer of tokens names so. */
export type GrantGiven = DomainEvent<
  'GrantGiven',
  Permission & {
    grantId: string;
    /** Value of the claim by which tokens are known, e.g. a subject or a group. */
    holder: string;
    /** First civil day on which it holds. */
    from: CivilDate;
  }
>;
/** 撤销授权 */
export type GrantRevoked = DomainEvent<'GrantRevoked', { grantId: string; reason: string }>;

/** 查阅记录: whose records left the service, and which classes of fields, before they left. */
export type RecordsSeen = DomainEvent<
  'RecordsSeen',
  { duty: DutyName; shows: readonly FieldClass[]; studentIds: readonly string[] }
>;

/** The fields of a student that can be shown in clear. */
export const DISCLOSABLE = ['name', 'studentNumber', 'citizenNumber', 'birthDate'] as const;
export type Disclosable = (typeof DISCLOSABLE)[number];

/** 查看原文: which fields of one student were shown in clear, and for what. `purpose` stands sealed. */
export type RecordDisclosed = DomainEvent<
  'RecordDisclosed',
  { studentId: string; fields: readonly Disclosable[]; purpose: string }
>;

export type KeyEvent = KeyIssued | KeyRevoked;
export type GrantEvent = GrantGiven | GrantRevoked;
export type AccessEvent = KeyEvent | GrantEvent | RecordsSeen | RecordDisclosed;

export const ACCESS_SEALED = {
  KeyRevoked: { office: ['reason'] },
  GrantRevoked: { office: ['reason'] },
  RecordDisclosed: { student: ['purpose'] },
} as const satisfies Partial<Record<AccessEvent['type'], SealedFields>>;
