// Keys wrapped by a master key: each says under which one it stands, so that the master key can be changed.
import { createHash } from 'node:crypto';
import type { Row } from '../tables/tables.js';
import { open, seal } from './cipher.js';

export interface Wrapped extends Row {
  /** Which master key opens it. */
  master: string;
  /** base64url */
  wrapped: string;
}

export class WrongMasterKey extends Error {
  constructor() {
    super(
      'The master key does not open this key store. If a change of it was cut off, and a `.new` stands beside its file, run `aid-ledger keys rotate` again. 主密钥与密钥库不符;如更换曾中断,主密钥文件旁留有 .new,请再次运行 aid-ledger keys rotate。',
    );
  }
}

export class UnfinishedRotation extends Error {
  constructor() {
    super(
      'A change of the master key was cut off: run `aid-ledger keys rotate` again. 更换主密钥中断,请再次运行 aid-ledger keys rotate。',
    );
  }
}

export class SameMasterKey extends Error {
  constructor() {
    super('The new master key is the old one: nothing was changed. 新主密钥与原主密钥相同,未作更改。');
  }
}

/** Tells master keys apart, and nothing about them. */
export const masterIdOf = (masterKey: Buffer): string =>
  createHash('sha256').update('master|').update(masterKey).digest('hex').slice(0, 16);

/** Where a student's key is wrapped to: anywhere else it does not open. */
export const placeOf = (studentId: string): string => `student|${studentId}`;

export const wrap = (masterKey: Buffer, place: string, key: Buffer): Wrapped => ({
  master: masterIdOf(masterKey),
  wrapped: seal(masterKey, place, key).toString('base64url'),
});

export function unwrap(masterKey: Buffer, place: string, { wrapped }: Wrapped): Buffer {
  try {
    return open(masterKey, place, Buffer.from(wrapped, 'base64url'));
  } catch {
    throw new WrongMasterKey();
  }
}
