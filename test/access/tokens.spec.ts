// Tokens against an issuer on the wire: each refusal changes one thing of a token that is accepted.
import { createPublicKey } from 'node:crypto';
import { createRemoteJWKSet, EmbeddedJWK, jwtVerify, UnsecuredJWT, type JWK } from 'jose';
import { TokenVerifier } from '../../src/access/tokens.js';
import { USUAL_SIGNATURES, type TokenSettings } from '../../src/core/token-settings.js';
import {
  answering,
  AUDIENCE,
  compact,
  hmacUnder,
  Issuer,
  newSigner,
  signedBy,
  silence,
  type Signer,
} from '../support/issuer.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

let issuer: Issuer;
let other: Issuer;
let signer: Signer;
/** Somebody else's key under the issuer's key id. */
let stranger: Signer;
/** Time stands, so that a second more or less is one. */
let time: number;
const later = (ms: number): void => void (time += ms);
const seconds = (offset: number): number => Math.floor(Date.now() / SECOND) + offset;

beforeAll(async () => {
  [signer, stranger] = await Promise.all([newSigner('first'), newSigner('first')]);
});
beforeEach(async () => {
  time = Date.now();
  jest.spyOn(Date, 'now').mockImplementation(() => time);
  issuer = await Issuer.start(signer);
  other = await Issuer.start(signer);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await issuer.down();
  await other.down();
});

const verifier = (settings: Partial<TokenSettings> = {}): TokenVerifier =>
  new TokenVerifier(
    { issuer: issuer.url, audience: AUDIENCE, claim: 'sub', algorithms: USUAL_SIGNATURES, ...settings },
    () => new Date(Date.now()),
  );

const bearerOf = (token: string, settings?: Partial<TokenSettings>) => verifier(settings).bearerOf(token);

const UNAVAILABLE = expect.objectContaining({ code: 'ledger-unavailable', status: 503 });

const changed = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
const partsOf = (token: string) => token.split('.') as [string, string, string];
const pemOf = (key: JWK): string =>
  createPublicKey({ key: { ...key }, format: 'jwk' })
    .export({ type: 'spki', format: 'pem' })
    .toString();

describe('what is accepted', () => {
  test('a token that is right in everything', async () => {
    expect(await bearerOf(issuer.token())).toEqual({
      subject: 'teacher-17',
      name: '王老师',
      holders: ['teacher-17'],
    });
  });

  test.each(USUAL_SIGNATURES)('a signature by %s, and not where it is not in the list', async (algorithm) => {
    const another = await newSigner('another', algorithm);
    issuer.published.push(another.publicKey);
    const token = issuer.token({}, {}, another);
    expect(await bearerOf(token)).toMatchObject({ subject: 'teacher-17' });
    const others = USUAL_SIGNATURES.filter((name) => name !== algorithm);
    expect(await bearerOf(token, { algorithms: others })).toBeUndefined();
  });

  test.each([
    ['an audience among others', () => issuer.token({ aud: ['other', AUDIENCE] })],
    ['expired within the tolerance', () => issuer.token({ exp: seconds(-29) })],
    ['valid a little later', () => issuer.token({ nbf: seconds(30) })],
    ['without a day from which it is valid', () => issuer.token({ nbf: undefined, iat: undefined })],
    ['without a key id, where one key fits', () => issuer.token({}, { kid: undefined })],
  ])('%s', async (_, token) => {
    expect(await bearerOf(token())).toMatchObject({ subject: 'teacher-17' });
  });
});

describe('what is refused', () => {
  const ofClaims: [string, () => Record<string, unknown>][] = [
    ['another issuer', () => ({ iss: 'https://id.example.org' })],
    ['the issuer with a slash', () => ({ iss: `${issuer.url}/` })],
    ['issuers', () => ({ iss: [issuer.url] })],
    ['no issuer', () => ({ iss: undefined })],
    ['another audience', () => ({ aud: 'other' })],
    ['other audiences', () => ({ aud: ['other', `${AUDIENCE}-2`] })],
    ['no audience', () => ({ aud: undefined })],
    ['an audience that only begins so', () => ({ aud: `${AUDIENCE}x` })],
    ['expired a second beyond the tolerance', () => ({ exp: seconds(-31) })],
    ['no expiry', () => ({ exp: undefined })],
    ['an expiry in words', () => ({ exp: 'tomorrow' })],
    ['an expiry that is null', () => ({ exp: null })],
    ['valid a second after the tolerance', () => ({ nbf: seconds(31) })],
    ['a start in words', () => ({ nbf: 'yesterday' })],
    ['no subject', () => ({ sub: undefined })],
    ['an empty subject', () => ({ sub: '' })],
    ['a subject that is a number', () => ({ sub: 17 })],
    ['a subject that is an object', () => ({ sub: { id: 'teacher-17' } })],
    ['subjects', () => ({ sub: ['teacher-17'] })],
    ['a subject with a line break', () => ({ sub: 'teacher-17\nowner' })],
    ['a subject with an invisible character', () => ({ sub: 'teacher-17\u200b' })],
    ['a subject without end', () => ({ sub: 'x'.repeat(256) })],
  ];
  test.each(ofClaims)('%s', async (_, claims) => {
    const door = verifier();
    expect(await door.bearerOf(issuer.token(claims()))).toBeUndefined();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  const ofSignatures: [string, () => string][] = [
    ['of somebody else under the same key id', () => issuer.token({}, {}, stranger)],
    ['cut', () => issuer.token().slice(0, -8)],
    ['changed', () => changed(issuer.token(), issuer.token().length - 20)],
    ['left out', () => issuer.token().replace(/[^.]*$/, '')],
    [
      'of other claims',
      () =>
        [
          partsOf(issuer.token())[0],
          ...partsOf(issuer.token({ sub: 'x' })).slice(1, 2),
          partsOf(issuer.token())[2],
        ].join('.'),
    ],
    [
      'of another header',
      () => [partsOf(issuer.token({}, { typ: 'at+jwt' }))[0], ...partsOf(issuer.token()).slice(1)].join('.'),
    ],
    [
      'by an algorithm outside the list, with the right key',
      () => compact({ ...issuer.header(), alg: 'RS384' }, issuer.claims(), signedBy(issuer.signer, 'RS384')),
    ],
    [
      'by another algorithm than the header says',
      () => compact({ ...issuer.header(), alg: 'PS256' }, issuer.claims(), signedBy(issuer.signer, 'RS256')),
    ],
    [
      'of zeros',
      () => compact({ ...issuer.header(), alg: 'ES256', kid: 'curve' }, issuer.claims(), () => Buffer.alloc(64)),
    ],
    [
      'over a payload that is not encoded',
      () => compact({ ...issuer.header(), b64: false, crit: ['b64'] }, issuer.claims(), signedBy(issuer.signer)),
    ],
    ['under a header that must be understood', () => issuer.token({}, { 'urn:x': 1, crit: ['urn:x'] })],
  ];
  test.each(ofSignatures)('a signature %s', async (_, token) => {
    issuer.published.push((await newSigner('curve', 'ES256')).publicKey);
    const door = verifier();
    expect(await door.bearerOf(token())).toBeUndefined();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  const KEY_IDS = [
    'second',
    '',
    '../../../dev/null',
    "first' or '1'='1",
    'first\u0000',
    '__proto__',
    17,
    null,
    ['first'],
    { $ne: '' },
  ];
  test.each(KEY_IDS)('key id %j', async (kid) => {
    const door = verifier();
    expect(await door.bearerOf(issuer.token({}, { kid }))).toBeUndefined();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  test('no key id, where several keys fit', async () => {
    issuer.published.push((await newSigner('second')).publicKey);
    const door = verifier();
    expect(await door.bearerOf(issuer.token({}, { kid: undefined }))).toBeUndefined();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  const shapes: [string, () => string][] = [
    ['nothing', () => ''],
    ['a word', () => 'token'],
    ['dots', () => '..'],
    ['three letters', () => 'a.b.c'],
    ['a key of the ledger', () => `aid_0123456789ab_${'x'.repeat(43)}`],
    ['claims that are a list', () => compact(issuer.header(), [issuer.claims()], signedBy(issuer.signer))],
    ['five parts', () => `${issuer.token()}.a.b`],
    [
      'the JSON form',
      () => {
        const [header, payload, signature] = partsOf(issuer.token());
        return JSON.stringify({ protected: header, payload, signature });
      },
    ],
    ['100 KB', () => issuer.token({ note: 'x'.repeat(75_000) })],
  ];
  test.each(shapes)('%s', async (_, token) => {
    const door = verifier();
    expect(await door.bearerOf(token())).toBeUndefined();
    expect(issuer.requests).toEqual([]);
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  test('what is long is not looked at, what is just short enough is', async () => {
    const ofLength = (length: number): string =>
      issuer.token({ note: 'x'.repeat(Math.floor(((length - issuer.token().length) * 3) / 4)) });
    expect(ofLength(8100).length).toBeGreaterThan(8000);
    expect(await bearerOf(ofLength(8100))).toBeDefined();
    expect(await bearerOf(ofLength(8300))).toBeUndefined();
  });
});

describe('forgeries that believe the header', () => {
  const unsigned = (alg: string) => compact({ ...issuer.header(), alg }, issuer.claims(), () => Buffer.alloc(0));
  const confused = (secret: string) =>
    compact({ ...issuer.header(), alg: 'HS256' }, issuer.claims(), hmacUnder(secret));
  const strangersKey = () => ({ jwk: { ...stranger.publicKey, kid: undefined } });

  test.each(['none', 'None', 'NONE', 'nOnE', '', 'HS256'])('alg %j without a signature', async (alg) => {
    expect(await bearerOf(unsigned(alg))).toBeUndefined();
  });

  test('HS256 under the public key, in every way to write it', async () => {
    const { publicKey } = issuer.signer;
    const door = verifier();
    for (const secret of [pemOf(publicKey), pemOf(publicKey).trim(), JSON.stringify(publicKey), publicKey.n ?? '', ''])
      expect(await door.bearerOf(confused(secret))).toBeUndefined();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  test('a key in the header', async () => {
    expect(await bearerOf(issuer.token({}, strangersKey(), stranger))).toBeUndefined();
  });

  test('addresses of keys in the header are not asked', async () => {
    issuer.answers.set('/evil', answering(200, { keys: [stranger.publicKey] }));
    const addresses = { jku: `${issuer.url}/evil`, x5u: `${issuer.url}/evil`, x5c: ['MIIB'] };
    const door = verifier();
    expect(await door.bearerOf(issuer.token({}, addresses, stranger))).toBeUndefined();
    expect(await door.bearerOf(issuer.token({}, { ...addresses, kid: 'evil' }, stranger))).toBeUndefined();
    expect(await door.bearerOf(issuer.token({}, addresses))).toBeDefined();
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('control: whoever believes the header is deceived by each of them', async () => {
    expect(UnsecuredJWT.decode(compact({ alg: 'none' }, issuer.claims(), () => Buffer.alloc(0))).payload.sub).toBe(
      'teacher-17',
    );
    const pem = pemOf(issuer.signer.publicKey);
    expect((await jwtVerify(confused(pem), Buffer.from(pem))).payload.sub).toBe('teacher-17');
    expect((await jwtVerify(issuer.token({}, strangersKey(), stranger), EmbeddedJWK)).payload.sub).toBe('teacher-17');
    issuer.answers.set('/evil', answering(200, { keys: [stranger.publicKey] }));
    const evil = createRemoteJWKSet(new URL('/evil', issuer.url));
    expect((await jwtVerify(issuer.token({}, {}, stranger), evil)).payload.sub).toBe('teacher-17');
  });
});

describe('the keys of the issuer', () => {
  const asked = (): number => issuer.requests.length;

  test('are asked for when a token first needs them, and then known', async () => {
    const door = verifier();
    expect(asked()).toBe(0);
    await Promise.all(Array.from({ length: 20 }, () => door.bearerOf(issuer.token())));
    await door.bearerOf(issuer.token());
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration', '/keys']);
  });

  test('are where the settings say, and nothing is discovered', async () => {
    issuer.answers.set('/elsewhere', answering(200, { keys: issuer.published }));
    expect(await bearerOf(issuer.token(), { jwksUri: `${issuer.url}/elsewhere` })).toBeDefined();
    expect(issuer.requests).toEqual(['/elsewhere']);
  });

  test('an issuer may have a path and end with a slash', async () => {
    const tenant = `${issuer.url}/tenant/`;
    issuer.answers.set(
      '/tenant/.well-known/openid-configuration',
      answering(200, { issuer: tenant, jwks_uri: issuer.keysUrl }),
    );
    expect(await bearerOf(issuer.token({ iss: tenant }), { issuer: tenant })).toBeDefined();
  });

  const faults: [string, () => void][] = [
    [
      'discovery names another issuer',
      () => issuer.discoveryIs(answering(200, { issuer: `${issuer.url}/`, jwks_uri: issuer.keysUrl })),
    ],
    ['discovery names no issuer', () => issuer.discoveryIs(answering(200, { jwks_uri: issuer.keysUrl }))],
    ['discovery names no keys', () => issuer.discoveryIs(answering(200, { issuer: issuer.url }))],
    [
      'keys without TLS', // at an address that leads here, but does not say so
      () =>
        issuer.discoveryIs(
          answering(200, { issuer: issuer.url, jwks_uri: issuer.keysUrl.replace('127.0.0.1', '0.0.0.0') }),
        ),
    ],
    ['keys in a file', () => issuer.discoveryIs(answering(200, { issuer: issuer.url, jwks_uri: 'file:///etc/keys' }))],
    ['discovery is null', () => issuer.discoveryIs(answering(200, null))],
    ['discovery is a page', () => issuer.discoveryIs(answering(200, '<html>'))],
    ['discovery is not there', () => issuer.discoveryIs(answering(404, ''))],
    [
      'discovery fails, with words as if it did not',
      () => issuer.discoveryIs(answering(500, { issuer: issuer.url, jwks_uri: issuer.keysUrl })),
    ],
    [
      'discovery leads elsewhere',
      () => {
        issuer.answers.set('/elsewhere', answering(200, { issuer: issuer.url, jwks_uri: issuer.keysUrl }));
        issuer.discoveryIs(answering(302, '', { location: '/elsewhere' }));
      },
    ],
    ['keys lead elsewhere', () => issuer.keysAre(answering(302, '', { location: '/elsewhere' }))],
    ['the issuer fails', () => issuer.keysAre(answering(500, { keys: issuer.published }))],
    ['keys are no set', () => issuer.keysAre(answering(200, issuer.published))],
    ['keys are a page', () => issuer.keysAre(answering(200, '<html>'))],
  ];
  test.each(faults)('%s: nobody is recognised, until that is mended', async (_, fault) => {
    fault();
    const door = verifier();
    await expect(door.bearerOf(issuer.token())).rejects.toEqual(UNAVAILABLE);
    expect(issuer.requests).not.toContain('/elsewhere');
    issuer.answers.clear();
    later(10 * SECOND);
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  test('one broken key does not spoil the others', async () => {
    issuer.published.unshift(
      { kty: 'RSA', kid: 'broken', n: '!', e: 'AQAB' },
      { kty: 'oct', kid: 'secret', k: 'AAAA' },
    );
    const door = verifier();
    expect(await door.bearerOf(issuer.token({}, { kid: 'broken' }))).toBeUndefined();
    expect(
      await door.bearerOf(compact({ alg: 'HS256', kid: 'secret' }, issuer.claims(), hmacUnder('\0\0\0'))),
    ).toBeUndefined();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  test('an issuer that is down when the service starts is asked again, but not by every request', async () => {
    await issuer.down();
    const door = verifier();
    await expect(door.bearerOf(issuer.token())).rejects.toEqual(UNAVAILABLE);
    await issuer.up();
    await expect(door.bearerOf(issuer.token())).rejects.toEqual(UNAVAILABLE);
    expect(asked()).toBe(0);
    later(10 * SECOND);
    expect(await door.bearerOf(issuer.token())).toBeDefined();
  });

  test('while it is down, what is not its token is refused as ever', async () => {
    await issuer.down();
    const door = verifier();
    await expect(door.bearerOf(issuer.token())).rejects.toEqual(UNAVAILABLE);
    for (const wrong of [
      '',
      'a.b.c',
      issuer.token({ iss: 'https://id.example.org' }),
      issuer.token({}, { alg: 'none' }),
    ])
      expect(await door.bearerOf(wrong)).toBeUndefined();
  });

  test('an issuer that does not answer is not waited for, whether discovery or keys are late', async () => {
    issuer.discoveryIs(silence);
    other.keysAre(silence);
    const began = performance.now();
    const answers = [bearerOf(issuer.token()), bearerOf(other.token(), { issuer: other.url })];
    await Promise.all(answers.map((answer) => expect(answer).rejects.toEqual(UNAVAILABLE)));
    expect(performance.now() - began).toBeLessThan(8 * SECOND);
    expect(other.requests).toHaveLength(2);
  });

  test('a new key is accepted once it is published, an old one no longer once it is withdrawn', async () => {
    const door = verifier();
    const old = issuer.token({ exp: seconds(3600) });
    expect(await door.bearerOf(old)).toBeDefined();
    const second = await newSigner('second');
    later(MINUTE);
    expect(await door.bearerOf(issuer.token({}, {}, second))).toBeUndefined();
    issuer.published.push(second.publicKey);
    expect(await door.bearerOf(issuer.token({}, {}, second))).toBeUndefined(); // asked a moment ago
    later(31 * SECOND);
    expect(await door.bearerOf(issuer.token({}, {}, second))).toBeDefined();
    expect(await door.bearerOf(old)).toBeDefined();
    issuer.published.shift();
    later(9 * MINUTE);
    expect(await door.bearerOf(old)).toBeDefined(); // control: known for ten minutes
    later(2 * MINUTE);
    expect(await door.bearerOf(old)).toBeUndefined();
    expect(await door.bearerOf(issuer.token({}, {}, second))).toBeDefined();
  });

  test('tokens under made-up key ids make one request, and none is answered as a failure of the service', async () => {
    const door = verifier();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
    later(MINUTE);
    const made = Array.from({ length: 200 }, (_, index) => issuer.token({}, { kid: `made-up-${index}` }, stranger));
    const before = asked();
    expect((await Promise.all(made.map((token) => door.bearerOf(token)))).filter(Boolean)).toEqual([]);
    for (const token of made) expect(await door.bearerOf(token)).toBeUndefined();
    expect(asked() - before).toBe(2); // discovery and keys
    later(29 * SECOND);
    for (const token of made) expect(await door.bearerOf(token)).toBeUndefined();
    expect(asked() - before).toBe(2);
  });

  test('nor do they while the issuer fails, which right tokens do not notice', async () => {
    const door = verifier();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
    later(MINUTE);
    issuer.discoveryIs(answering(500, ''));
    const before = asked();
    for (let index = 0; index < 50; index++)
      expect(await door.bearerOf(issuer.token({}, { kid: `made-up-${index}` }, stranger))).toBeUndefined();
    expect(asked() - before).toBe(1);
    expect(await door.bearerOf(issuer.token())).toBeDefined();
    later(10 * MINUTE); // control: without keys even the right one is not known
    await expect(door.bearerOf(issuer.token())).rejects.toEqual(UNAVAILABLE);
  });

  test('nor does a right token wait while a made-up one makes it slow', async () => {
    const door = verifier();
    expect(await door.bearerOf(issuer.token())).toBeDefined();
    later(MINUTE);
    issuer.keysAre(silence);
    const made = door.bearerOf(issuer.token({}, { kid: 'made-up' }, stranger));
    const right = door.bearerOf(issuer.token());
    expect(await Promise.race([made.then(() => 'made-up'), right.then(() => 'right')])).toBe('right');
    expect(await made).toBeUndefined();
  });
});

describe('who the bearer is', () => {
  const named = async (claims: Record<string, unknown>) => (await bearerOf(issuer.token(claims)))?.name;

  test.each([
    ['name', { name: '王老师', preferred_username: 'wang' }, '王老师'],
    ['user name', { name: undefined, preferred_username: 'wang' }, 'wang'],
    ['subject', { name: undefined }, 'teacher-17'],
    ['subject, where names are not text', { name: { zh: '王' }, preferred_username: 7 }, 'teacher-17'],
    ['subject, where names show nothing', { name: ' \u0007\u200b ', preferred_username: '' }, 'teacher-17'],
    ['no control characters', { name: '王\r\n\u001b[31m老\u202e\u2028\u2029\ud800师' }, '王[31m老师'],
    ['rare characters are kept', { name: '王\u{323af}\ue000' }, '王\u{323af}\ue000'],
  ])('%s', async (_, claims, name) => {
    expect(await named(claims)).toBe(name);
  });

  test('at most 100 characters, none cut in two', async () => {
    expect(await named({ name: '𠮷'.repeat(101) })).toBe('𠮷'.repeat(100));
  });
});

describe('whose grants hold', () => {
  const holders = async (groups: unknown) => (await bearerOf(issuer.token({ groups }), { claim: 'groups' }))?.holders;

  test.each([
    ['one', '任城区资助中心', ['任城区资助中心']],
    ['several, each once', ['clerks', 'auditors', 'clerks'], ['clerks', 'auditors']],
    ['as it is written', ['Aid Office', 'aid office'], ['Aid Office', 'aid office']],
    ['none', undefined, []],
    ['null', null, []],
    ['an object', { clerks: true }, []],
    ['what is not text is left out', ['clerks', 17, null, ['nested'], {}], ['clerks']],
    [
      'nor what is empty, blank, invisible or long',
      ['', ' ', 'a\nb', 'clerks\u200b', 'x'.repeat(201), 'x'.repeat(200)],
      ['x'.repeat(200)],
    ],
  ])('%s', async (_, groups, expected) => {
    expect(await holders(groups)).toEqual(expected);
  });

  test('the first 100', async () => {
    const groups = Array.from({ length: 150 }, (_, index) => `group-${index}`);
    expect(await holders(groups)).toEqual(groups.slice(0, 100));
  });

  test('the subject where nothing else is said, and never another claim', async () => {
    expect((await bearerOf(issuer.token({ groups: ['administrators'] })))?.holders).toEqual(['teacher-17']);
  });
});
