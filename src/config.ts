// The environment, read once and checked; nothing else looks at process.env.
import { mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export interface Config {
  port: number;
  host: string;
  store: { kind: 'sqlite'; file: string };
  /** Districts whose policies are loaded on first start. */
  catalogue: readonly string[];
  masterKey: string | undefined;
  masterKeyFile: string | undefined;
  bootstrapKey: string | undefined;
  logLevel: string;
}

export class ConfigError extends Error {
  override name = 'ConfigError';
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

function storeOf(text: string): Config['store'] {
  const [, file] = /^sqlite:(.+)$/.exec(text) ?? [];
  if (!file) throw new ConfigError(`AID_STORE must be sqlite:<file>; it is ${text}`);
  return { kind: 'sqlite', file: resolve(file) };
}

function portOf(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65535)
    throw new ConfigError(`PORT must be a number up to 65535; it is ${text}`);
  return port;
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
    store: storeOf(read('AID_STORE') ?? 'sqlite:./data/ledger.db'),
    catalogue: catalogue === 'none' ? [] : catalogue.split(','),
    masterKey: read('AID_MASTER_KEY'),
    masterKeyFile: read('AID_MASTER_KEY_FILE'),
    bootstrapKey: read('AID_BOOTSTRAP_KEY'),
    logLevel: levelOf(read('LOG_LEVEL') ?? 'info'),
  };
}

/** The files of an embedded ledger, all in the directory of its log. */
export function dataFiles(ledger: string) {
  const directory = dirname(ledger);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const beside = (name: string): string => join(directory, name);
  return {
    ledger,
    lock: `${ledger}.lock`,
    keys: beside('keys.db'),
    masterKey: beside('master.key'),
    bootstrapKey: beside('bootstrap.key'),
  };
}
