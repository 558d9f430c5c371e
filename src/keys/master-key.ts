// Secrets of an installation that stand in files beside the data: made once, mode 0600.
import { randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';

/** Reads a secret file, or makes it where it is absent. */
export function secretFile(file: string, make: () => string): { secret: string; made: boolean } {
  try {
    return { secret: readFileSync(file, 'utf8').trim(), made: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const secret = make();
    writeFileSync(file, `${secret}\n`, { mode: 0o600, flag: 'wx', flush: true });
    chmodSync(file, 0o600);
    return { secret, made: true };
  }
}

export const newMasterKey = (): string => randomBytes(32).toString('hex');

/** 32 bytes, as 64 hex digits or base64. */
export function parseMasterKey(text: string): Buffer {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64');
  if (key.length !== 32) throw new Error('The master key must be 32 bytes, as 64 hex digits or base64.');
  return key;
}
