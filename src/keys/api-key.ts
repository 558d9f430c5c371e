// API keys: 256 random bits behind a prefix by which they are found; only their digest is ever kept.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const API_KEY = /^aid_([0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

export interface NewApiKey {
  keyId: string;
  /** What its holder is recognised by in lists and logs. */
  prefix: string;
  /** Shown once, kept nowhere. */
  key: string;
  digest: string;
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

export const isSameDigest = (one: string, other: string): boolean =>
  timingSafeEqual(Buffer.from(one, 'hex'), Buffer.from(other, 'hex'));

export function newApiKey(): NewApiKey {
  const keyId = randomBytes(6).toString('hex');
  const prefix = `aid_${keyId}`;
  const key = `${prefix}_${randomBytes(32).toString('base64url')}`;
  return { keyId, prefix, key, digest: digestOf(key) };
}

export const keyIdIn = (text: string): string | undefined => API_KEY.exec(text)?.[1];

/** The owner's key comes from outside; its id follows from it, so that a revoked one stays revoked and a new one is new. */
export const ownerKeyId = (digest: string): string => `owner-${digest.slice(0, 8)}`;
