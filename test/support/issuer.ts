// An issuer of tokens on the wire: discovery, keys, and tokens as they should be or as attackers make them.
import { constants, createHmac, KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export const AUDIENCE = 'student-aid-ledger';
const DISCOVERY = '/.well-known/openid-configuration';
const KEYS = '/keys';

export interface Signer {
  kid: string;
  algorithm: string;
  privateKey: KeyObject;
  publicKey: JWK;
}

export async function newSigner(kid: string, algorithm = 'RS256'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  return {
    kid,
    algorithm,
    privateKey: KeyObject.from(privateKey),
    publicKey: { ...(await exportJWK(publicKey)), kid },
  };
}

/** Signatures of Node.js itself, so that the library is not checked with the library. */
const SIGN: Record<string, (input: Buffer, key: KeyObject) => Buffer> = {
  RS256: (input, key) => sign('sha256', input, key),
  RS384: (input, key) => sign('sha384', input, key),
  PS256: (input, key) => sign('sha256', input, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  ES256: (input, key) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
  EdDSA: (input, key) => sign(null, input, key),
};

export const signedBy =
  ({ algorithm, privateKey }: Signer, as = algorithm) =>
  (input: Buffer): Buffer =>
    SIGN[as]?.(input, privateKey) ?? Buffer.alloc(0);

export const hmacUnder =
  (secret: string) =>
  (input: Buffer): Buffer =>
    createHmac('sha256', secret).update(input).digest();

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Put together as RFC 7515 says, whatever header and claims say. */
export function compact(header: object, claims: object, signature: (input: Buffer) => Buffer): string {
  const input = `${encoded(header)}.${encoded(claims)}`;
  return `${input}.${signature(Buffer.from(input)).toString('base64url')}`;
}

/** A server that is none: takes the request and never answers. */
export const silence = (): void => undefined;

export const answering =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (reply: ServerResponse): void =>
    void reply.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));

export class Issuer {
  /** Paths that were asked for. */
  readonly requests: string[] = [];
  published: JWK[];
  /** By which clock its tokens are made. */
  now = (): number => Date.now();
  /** What is answered otherwise than it should be. */
  readonly answers = new Map<string, (reply: ServerResponse) => void>();
  private server: Server | undefined;
  private port = 0;

  private constructor(readonly signer: Signer) {
    this.published = [signer.publicKey];
  }

  static async start(signer?: Signer): Promise<Issuer> {
    const issuer = new Issuer(signer ?? (await newSigner('first')));
    await issuer.up();
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }
  get keysUrl(): string {
    return `${this.url}${KEYS}`;
  }

  /** Where it was before, if it was. */
  async up(): Promise<void> {
    this.server = createServer(({ url: path = '' }, reply) => {
      this.requests.push(path);
      (this.answers.get(path) ?? this.usual(path))(reply);
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    if (!this.server?.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  discoveryIs(answer: (reply: ServerResponse) => void): void {
    this.answers.set(DISCOVERY, answer);
  }
  keysAre(answer: (reply: ServerResponse) => void): void {
    this.answers.set(KEYS, answer);
  }

  header({ algorithm, kid } = this.signer): object {
    return { alg: algorithm, typ: 'JWT', kid };
  }

  claims(): Record<string, unknown> {
    const seconds = Math.floor(this.now() / 1000);
    return {
      iss: this.url,
      aud: AUDIENCE,
      sub: 'teacher-17',
      name: '王老师',
      iat: seconds,
      nbf: seconds,
      exp: seconds + 300,
    };
  }

  /** Right in everything but what is said; `undefined` leaves a claim out. */
  token(claims: Record<string, unknown> = {}, header: object = {}, signer = this.signer): string {
    return compact({ ...this.header(signer), ...header }, { ...this.claims(), ...claims }, signedBy(signer));
  }

  private usual(path: string) {
    if (path === DISCOVERY) return answering(200, { issuer: this.url, jwks_uri: this.keysUrl });
    return path === KEYS ? answering(200, { keys: this.published }) : answering(404, '');
  }
}
