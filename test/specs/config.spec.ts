// One address chooses the store; the rest follows from it, unless it is said otherwise.
import { resolve } from 'node:path';
import { ConfigError, embeddedFiles, readConfig } from '../../src/config.js';

const sqlite = (file: string) => ({ kind: 'sqlite', file: resolve(file) });
const postgres = (url: string) => ({ kind: 'postgres', url });

test.each([
  [
    'nothing is said',
    {},
    { store: sqlite('data/ledger.db'), readModels: sqlite('data/ledger.db'), keys: sqlite('data/keys.db') },
  ],
  [
    'a file',
    { AID_STORE: 'sqlite:/a/b.db' },
    { store: sqlite('/a/b.db'), readModels: sqlite('/a/b.db'), keys: sqlite('/a/keys.db'), directory: '/a' },
  ],
  [
    'PostgreSQL',
    { AID_STORE: 'postgres://h/d', AID_DATA: '/a' },
    { store: postgres('postgres://h/d'), readModels: postgres('postgres://h/d'), keys: postgres('postgres://h/d') },
  ],
  [
    'KurrentDB alone',
    { AID_STORE: 'kurrentdb://h:2113', AID_DATA: '/a' },
    {
      store: { kind: 'kurrentdb', url: 'kurrentdb://h:2113' },
      readModels: sqlite('/a/views.db'),
      keys: sqlite('/a/keys.db'),
    },
  ],
  [
    'EventStoreDB with views in PostgreSQL and keys elsewhere',
    { AID_STORE: 'esdb+discover://h', AID_READ_MODELS: 'postgresql://h/d', AID_KEYS: 'sqlite:/k/keys.db' },
    {
      store: { kind: 'kurrentdb', url: 'esdb+discover://h' },
      readModels: postgres('postgresql://h/d'),
      keys: sqlite('/k/keys.db'),
    },
  ],
])('%s', (_, environment, places) => {
  expect(readConfig(environment)).toMatchObject(places);
});

test('embedded files that belong to one process are named once each', () => {
  expect(embeddedFiles(readConfig({ AID_STORE: 'sqlite:/a/b.db' }))).toEqual(['/a/b.db']);
  expect(embeddedFiles(readConfig({ AID_STORE: 'kurrentdb://h', AID_DATA: '/a' }))).toEqual(['/a/views.db']);
  expect(embeddedFiles(readConfig({ AID_STORE: 'postgres://h/d' }))).toEqual([]);
});

test.each([
  { AID_STORE: 'mysql://h/d' },
  { AID_STORE: 'sqlite:' },
  { AID_STORE: 'data/ledger.db' },
  { AID_READ_MODELS: 'kurrentdb://h' },
  { AID_LEDGER: 'Aid; drop schema' },
  { PORT: '99999' },
  { AID_RATE_LIMIT: 'none' },
  { AID_RATE_LIMIT: '-1' },
])('%o is refused', (environment) => {
  expect(() => readConfig(environment)).toThrow(ConfigError);
});

test('a password in an address is not repeated', () => {
  expect(() => readConfig({ AID_STORE: 'mysql://user:geheim@h/d' })).toThrow(/^(?!.*geheim)/);
});

test('a caller may send 100000 requests in a minute, unless it is said otherwise', () => {
  expect(readConfig({}).rateLimit).toBe(100_000);
  expect(readConfig({ AID_RATE_LIMIT: '600' }).rateLimit).toBe(600);
  expect(readConfig({ AID_RATE_LIMIT: '0' }).rateLimit).toBe(0);
});

test('256 requests are worked on at once, unless it is said otherwise', () => {
  expect(readConfig({}).mostAtOnce).toBe(256);
  expect(readConfig({ AID_MOST_AT_ONCE: '8' }).mostAtOnce).toBe(8);
  for (const wrong of ['0', '-1', 'many'])
    expect(() => readConfig({ AID_MOST_AT_ONCE: wrong })).toThrow('AID_MOST_AT_ONCE');
});

describe('tokens', () => {
  const ISSUER = { AID_OIDC_ISSUER: 'https://id.example.org/aid', AID_OIDC_AUDIENCE: 'ledger' };
  const tokens = (environment: NodeJS.ProcessEnv) => readConfig({ ...ISSUER, ...environment }).tokens;

  test('are not accepted where no issuer is named', () => {
    expect(readConfig({}).tokens).toBeUndefined();
    expect(tokens({ AID_OIDC_ISSUER: '' })).toBeUndefined();
  });

  test('of an issuer', () => {
    expect(tokens({})).toEqual({
      issuer: 'https://id.example.org/aid',
      audience: 'ledger',
      claim: 'sub',
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    });
  });

  test('with everything said', () => {
    const said = {
      AID_OIDC_JWKS: 'https://keys.example.org/',
      AID_OIDC_CLAIM: 'groups',
      AID_OIDC_ALGORITHMS: 'ES256, RS512',
    };
    expect(tokens(said)).toMatchObject({
      jwksUri: 'https://keys.example.org/',
      claim: 'groups',
      algorithms: ['ES256', 'RS512'],
    });
  });

  test.each(['http://localhost:8080/realms/aid', 'http://127.0.0.1:8080', 'http://127.3.2.1', 'http://[::1]:8080'])(
    'of an issuer on this machine, %s, without TLS',
    (address) => {
      expect(tokens({ AID_OIDC_ISSUER: address, AID_OIDC_JWKS: address })).toMatchObject({
        issuer: address,
        jwksUri: address,
      });
    },
  );

  const ADDRESSES = [
    'http://id.example.org',
    'http://localhost.example.org',
    'http://127.0.0.1.example.org',
    'http://10.0.0.1',
    'http://0.0.0.0',
    'https://user:geheim@id.example.org',
    'ftp://id.example.org',
    'file:///etc/keys.json',
    'id.example.org',
    'https://',
  ];
  test.each([
    ...ADDRESSES.flatMap((address) => [{ AID_OIDC_ISSUER: address }, { AID_OIDC_JWKS: address }]),
    { AID_OIDC_ISSUER: 'https://id.example.org?tenant=aid' },
    { AID_OIDC_ISSUER: 'https://id.example.org#aid' },
    { AID_OIDC_AUDIENCE: '' },
    ...['none', 'HS256', 'RS256,HS256', 'rs256', 'RS1', 'RSA-OAEP', 'RS256,', ' '].map((names) => ({
      AID_OIDC_ALGORITHMS: names,
    })),
  ])('%o is refused', (environment) => {
    expect(() => tokens(environment)).toThrow(ConfigError);
    expect(() => tokens(environment)).toThrow(/^(?!.*geheim)/);
  });
});
