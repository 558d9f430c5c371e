// Tokens of an issuer (OpenID Connect): its signature says who somebody is; what they may do is in the ledger.
import {
  createRemoteJWKSet,
  customFetch,
  decodeJwt,
  jwtVerify,
  type FetchImplementation,
  type FlattenedJWSInput,
  type JWSHeaderParameters,
  type JWTPayload,
} from 'jose';
import { Rejection } from '../core/rejection.js';
import { isProtected, type TokenSettings } from '../core/token-settings.js';

export interface Bearer {
  subject: string;
  name: string;
  /** Values of the claim whose grants hold for the bearer. */
  holders: readonly string[];
}

/** What is longer is not looked at. */
const LONGEST = 8192;
/** Clocks of issuer and service may differ by so much. */
const TOLERANCE_SECONDS = 30;

const FETCH_WITHIN_MS = 5_000;
/** Anybody can make up tokens: however many come, the issuer is asked no more often. */
const ASK_AGAIN_MS = 10_000;
const LOOK_FOR_NEW_KEY_MS = 30_000;
/** A key that the issuer withdrew is believed for no longer. */
const BELIEVE_KEYS_MS = 600_000;

const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const visible = (text: string): string => text.replaceAll(INVISIBLE, '').trim();

const isVisible = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value !== '' && visible(value) === value && [...value].length <= most;

const nameIn = ({ name, preferred_username: login, sub }: JWTPayload): string => {
  const [first = ''] = [name, login, sub].flatMap((text) => (typeof text === 'string' && visible(text)) || []);
  return [...first].slice(0, 100).join('');
};

function holdersIn(claim: unknown): string[] {
  const values = [claim].flat().filter((value): value is string => isVisible(value, 200));
  return [...new Set(values)].slice(0, 100);
}

const bearerIn = (claims: JWTPayload, claim: string): Bearer | undefined =>
  isVisible(claims.sub, 255)
    ? { subject: claims.sub, name: nameIn(claims), holders: holdersIn(claims[claim]) }
    : undefined;

/** OpenID Connect Discovery 1.0, section 4.1: a slash at the end of the issuer is left out. */
const discoveryOf = (issuer: string): string => `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;

type FetchOptions = Parameters<FetchImplementation>[1];

/** The keys that the issuer publishes, fetched when a token first needs them. */
class IssuerKeys {
  private askedAt = -Infinity;

  /** Where keys are is found out anew with every fetch: the address given here only stands for the issuer. */
  private readonly keys = createRemoteJWKSet(new URL(this.settings.issuer), {
    timeoutDuration: FETCH_WITHIN_MS,
    cooldownDuration: LOOK_FOR_NEW_KEY_MS,
    cacheMaxAge: BELIEVE_KEYS_MS,
    [customFetch]: (_, options) => this.published(options),
  });

  constructor(private readonly settings: TokenSettings) {}

  /** Without any keys nobody can be told from anybody; with keys, a token that none of them fits is a wrong one. */
  async keyFor(header: JWSHeaderParameters, token: FlattenedJWSInput) {
    if (!this.keys.fresh) await this.keys.reload().catch(unavailable);
    return this.keys(header, token);
  }

  private async published(options: FetchOptions): Promise<Response> {
    if (Date.now() < this.askedAt + ASK_AGAIN_MS) throw new Error('the issuer was asked a moment ago');
    this.askedAt = Date.now();
    return fetch(this.settings.jwksUri ?? (await this.discover(options)), options);
  }

  private async discover(options: FetchOptions): Promise<string> {
    const answer = await fetch(discoveryOf(this.settings.issuer), options);
    if (answer.status !== 200) throw new Error(`the issuer answered ${answer.status}`);
    const { issuer, jwks_uri: address } = (await answer.json()) as Record<string, unknown>;
    if (issuer !== this.settings.issuer) throw new Error('the issuer calls itself otherwise');
    if (typeof address !== 'string' || !isProtected(address)) throw new Error('the keys are not behind https');
    return address;
  }
}

function unavailable(cause: unknown): never {
  throw Object.assign(new Rejection('ledger-unavailable'), { cause });
}

export class TokenVerifier {
  private readonly keys: IssuerKeys;

  constructor(
    private readonly settings: TokenSettings,
    private readonly now = () => new Date(),
  ) {
    this.keys = new IssuerKeys(settings);
  }

  /** Undefined for whatever is not a valid token; throws only where the issuer's keys cannot be had. */
  async bearerOf(token: string): Promise<Bearer | undefined> {
    const claims = token.length > LONGEST ? undefined : await this.claimsOf(token);
    return claims && bearerIn(claims, this.settings.claim);
  }

  private async claimsOf(token: string): Promise<JWTPayload | undefined> {
    const { issuer, audience, algorithms } = this.settings;
    try {
      const { payload } = await jwtVerify(token, (header, parts) => this.keyOf(token, header, parts), {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ['exp'],
        clockTolerance: TOLERANCE_SECONDS,
        currentDate: this.now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof Rejection) throw error;
      return undefined;
    }
  }

  /** What does not even claim to be the issuer's is refused without its keys, also while they are away. */
  private keyOf(token: string, header: JWSHeaderParameters, parts: FlattenedJWSInput) {
    if (decodeJwt(token).iss !== this.settings.issuer) throw new Error('of another issuer');
    return this.keys.keyFor(header, parts);
  }
}
