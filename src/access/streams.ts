// Names of the streams of keys, grants and looks.

export const keyStream = (keyId: string): string => `key-${keyId}`;

/** All grants to one holder; the holder's digest names the stream, and the head of it each grant. */
export const grantsStream = (holderDigest: string): string => `grants-${holderDigest.slice(0, 16)}`;

export const grantIdOf = (holderDigest: string, serial: string): string =>
  `${holderDigest.slice(0, 16)}-${serial.slice(0, 8)}`;

export const grantsStreamOf = (grantId: string): string => `grants-${grantId.slice(0, 16)}`;

/** A look is a stream of its own: looks never wait for one another. */
const SEEN = 'seen-';
export const seenStream = (requestId: string): string => `${SEEN}${requestId}`;
export const isSeenStream = (stream: string): boolean => stream.startsWith(SEEN);

export const disclosureStream = (commandId: string): string => `disclosure-${commandId}`;
