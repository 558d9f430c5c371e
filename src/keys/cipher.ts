// AES-256-GCM for small secrets: the nonce is derived from key, place and text, so a retry seals to the same bytes.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Two different texts never share a nonce under one key, except with the chance of a 96-bit collision. */
const nonceFor = (key: Buffer, place: string, text: Buffer): Buffer =>
  createHmac('sha256', key).update('nonce|').update(place).update('|').update(text).digest().subarray(0, NONCE_BYTES);

/** Seals text to a place: opened anywhere else it fails. */
export function seal(key: Buffer, place: string, text: Buffer): Buffer {
  const nonce = nonceFor(key, place, text);
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

/** Throws where key, place or bytes are not those of the sealing. */
export function open(key: Buffer, place: string, sealed: Buffer): Buffer {
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(0, NONCE_BYTES)).setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
