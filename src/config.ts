// The environment, read once and checked; nothing else looks at process.env.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isProtected, SIGNATURES, USUAL_SIGNATURES, type TokenSettings } from './core/token-settings.js';

/** Where tables stand. */
export type TablesPlace = { kind: 'sqlite'; file: string } | { kind: 'postgres'; url: string };
/** Where the log stands. */
export type StorePlace = TablesPlace | { kind: 'kurrentdb'; url: string };

export interface Config {
  port: number;
  host: string;
  store: StorePlace;
  /** Views; and the numbering of a log in KurrentDB. */
  readModels: TablesPlace;
  keys: TablesPlace;
  /** Folder of what an installation keeps in files: secrets that were not given, and embedded databases. */
  directory: string;
  /** Name of this ledger on a server that may hold several: its schemas, and what its streams begin with. */
  ledger: string;
  /** Bytes of a disk with embedded files that recording leaves free, so that views can follow and reading goes on. */
  diskReserve: number;
  /** Districts whose policies are loaded on first start. */
  catalogue: readonly string[];
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  /** What the master key is to be changed to; read by `aid-ledger keys rotate` alone. */
  newMasterKey: string | undefined;
  bootstrapKey: string | undefined;
  /** Whose tokens are accepted beside the keys of the ledger. */
  tokens: TokenSettings | undefined;
  /** Requests that a caller may send in a minute; 0 sets no limit. */
  rateLimit: number;
  /** Requests worked on at once. */
  mostAtOnce: number;
  logLevel: string;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

const PLACES: Record<string, (text: string) => StorePlace | undefined> = {
  sqlite: (text) => (text.length > 'sqlite:'.length ? { kind: 'sqlite', file: resolve(text.slice(7)) } : undefined),
  postgres: (url) => ({ kind: 'postgres', url }),
  postgresql: (url) => ({ kind: 'postgres', url }),
  kurrentdb: (url) => ({ kind: 'kurrentdb', url }),
  'kurrentdb+discover': (url) => ({ kind: 'kurrentdb', url }),
  esdb: (url) => ({ kind: 'kurrentdb', url }),
  'esdb+discover': (url) => ({ kind: 'kurrentdb', url }),
};

/** Addresses carry passwords: what is wrong is said without them. */
function placeOf(name: string, text: string): StorePlace {
  const [scheme = ''] = text.split(':', 1);
  const place = PLACES[scheme]?.(text);
  if (!place)
    throw new ConfigError(
      `${name} must be sqlite:<file>, postgres://… or kurrentdb://…; it begins with ${scheme.slice(0, 20)}`,
    );
  return place;
}

function tablesOf(name: string, text: string | undefined): TablesPlace | undefined {
  if (text === undefined) return undefined;
  const place = placeOf(name, text);
  if (place.kind === 'kurrentdb') throw new ConfigError(`${name} must be sqlite:<file> or postgres://…`);
  return place;
}

/** Views stand with the log, or in a file where the log is in KurrentDB; keys stand with the views, but apart. */
function placesOf(read: (name: string) => string | undefined) {
  const store = placeOf('AID_STORE', read('AID_STORE') ?? 'sqlite:./data/ledger.db');
  const directory = resolve(read('AID_DATA') ?? (store.kind === 'sqlite' ? dirname(store.file) : './data'));
  const inFile = (file: string): TablesPlace => ({ kind: 'sqlite', file: join(directory, file) });
  const readModels =
    tablesOf('AID_READ_MODELS', read('AID_READ_MODELS')) ?? (store.kind === 'kurrentdb' ? inFile('views.db') : store);
  const keys =
    tablesOf('AID_KEYS', read('AID_KEYS')) ?? (readModels.kind === 'postgres' ? readModels : inFile('keys.db'));
  return { store, readModels, keys, directory };
}

function ledgerOf(text: string): string {
  if (!/^[a-z][a-z0-9_]{0,30}$/.test(text))
    throw new ConfigError(`AID_LEDGER must be lower-case letters, digits and underscores, at most 31; it is ${text}`);
  return text;
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new ConfigError(`PORT must be a number up to 65535; it is ${text}`);
  return port;
}

function mebibytesOf(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new ConfigError(`AID_DISK_RESERVE_MIB must be a number of MiB; it is ${text}`);
  return Number(text) * 2 ** 20;
}

function rateOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new ConfigError(`AID_RATE_LIMIT must be a number of requests; it is ${text}`);
  return Number(text);
}

function crowdOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new ConfigError(`AID_MOST_AT_ONCE must be a number of requests, at least 1; it is ${text}`);
  return Number(text);
}

/** Like addresses of stores these may carry a password: what is wrong is said without them. */
function issuerAddressOf(name: string, text: string): string {
  if (!isProtected(text))
    throw new ConfigError(`${name} must be https://… without a password; http://… only on this machine`);
  return text;
}

/** Tokens name their issuer by an address without a query; its other addresses follow from it. */
function issuerOf(text: string): string {
  if (/[?#]/.test(text)) throw new ConfigError('AID_OIDC_ISSUER must have neither ? nor #');
  return issuerAddressOf('AID_OIDC_ISSUER', text);
}

function signaturesOf(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !SIGNATURES.includes(name));
  if (unknown !== undefined)
    throw new ConfigError(`AID_OIDC_ALGORITHMS must be of ${SIGNATURES.join(', ')}; it names ${unknown}`);
  return names;
}

/** An audience is demanded: without it, tokens that the issuer gave for other services would be accepted here. */
function tokensOf(read: (name: string) => string | undefined): TokenSettings | undefined {
  const issuer = read('AID_OIDC_ISSUER');
  if (issuer === undefined) return undefined;
  const audience = read('AID_OIDC_AUDIENCE');
  if (audience === undefined)
    throw new ConfigError('AID_OIDC_AUDIENCE must name this service as the tokens of AID_OIDC_ISSUER do');
  const jwksUri = read('AID_OIDC_JWKS');
  return {
    issuer: issuerOf(issuer),
    audience,
    ...(jwksUri !== undefined && { jwksUri: issuerAddressOf('AID_OIDC_JWKS', jwksUri) }),
    claim: read('AID_OIDC_CLAIM') ?? 'sub',
    algorithms: signaturesOf(read('AID_OIDC_ALGORITHMS') ?? USUAL_SIGNATURES.join(',')),
  };
}

function levelOf(text: string): string {
  if (!LEVELS.includes(text)) throw new ConfigError(`LOG_LEVEL must be one of ${LEVELS.join(', ')}; it is ${text}`);
  return text;
}

export function readConfig(environment: NodeJS.ProcessEnv): Config {
  const read = (name: string): string | undefined => environment[name] || undefined;
  const catalogue = read('AID_CATALOGUE') ?? 'rencheng';
  return {
    port: portOf(read('PORT') ?? '3000'),
    host: read('HOST') ?? '127.0.0.1',
    ...placesOf(read),
    ledger: ledgerOf(read('AID_LEDGER') ?? 'aid'),
    diskReserve: mebibytesOf(read('AID_DISK_RESERVE_MIB') ?? '64'),
    catalogue: catalogue === 'none' ? [] : catalogue.split(','),
    masterKey: read('AID_MASTER_KEY'),
    masterKeyFile: read('AID_MASTER_KEY_FILE'),
    newMasterKey: read('AID_NEW_MASTER_KEY'),
    bootstrapKey: read('AID_BOOTSTRAP_KEY'),
    tokens: tokensOf(read),
    mostAtOnce: crowdOf(read('AID_MOST_AT_ONCE') ?? '256'),
    rateLimit: rateOf(read('AID_RATE_LIMIT') ?? '100000'),
    logLevel: levelOf(read('LOG_LEVEL') ?? 'info'),
  };
}

/** The files of an installation, in one folder that only this user may enter. */
export function installationFiles(directory: string) {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const beside = (name: string): string => join(directory, name);
  return { masterKey: beside('master.key'), bootstrapKey: beside('bootstrap.key') };
}

/** Embedded databases that belong to one process at a time. */
export const embeddedFiles = ({ store, readModels }: Config): string[] => [
  ...new Set([store, readModels].flatMap((place) => (place.kind === 'sqlite' ? [place.file] : []))),
];
