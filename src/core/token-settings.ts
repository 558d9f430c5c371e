// Whose tokens are believed, and what of them.

export interface TokenSettings {
  /** As the tokens name it in `iss`, character for character. */
  issuer: string;
  /** This service, as the tokens name it in `aud`. */
  audience: string;
  /** Where the issuer's keys are; the issuer is asked where it is absent. */
  jwksUri?: string;
  /** The claim whose values hold grants. */
  claim: string;
  /** How a token may be signed. */
  algorithms: readonly string[];
}

/** Signed with one key and checked with another: who can check a token cannot make one. */
export const SIGNATURES = 'RS256 RS384 RS512 PS256 PS384 PS512 ES256 ES384 ES512 EdDSA Ed25519'.split(' ');
export const USUAL_SIGNATURES: readonly string[] = ['RS256', 'PS256', 'ES256', 'EdDSA'];

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Keys that came over a wire on which anybody can change them prove nothing. */
export function isProtected(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username || password) return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname));
}
