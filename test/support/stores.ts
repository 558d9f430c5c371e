// The stores on which a service is tested: jest runs the API suite once for each, and names it here.
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { KurrentDouble } from '../kurrent-double/kurrent-double.js';
import { newDatabase, sharedPostgres } from './postgres.js';

export type StoreKind = 'sqlite' | 'postgres' | 'kurrentdb' | 'kurrentdb double';

/** The store of this run of a suite, set by the project in jest.config.js. */
export const storeKind = (): StoreKind => (globalThis as { AID_TEST_STORE?: StoreKind }).AID_TEST_STORE ?? 'sqlite';

type Environment = Record<string, string>;

let started: Promise<KurrentDouble> | undefined;

/** One double for all tests of a file; it ends with the process. */
export function double(): Promise<KurrentDouble> {
  started ??= KurrentDouble.start();
  return started;
}

/** For the end of a file: jest would wait for the open port. */
export async function disposeDouble(): Promise<void> {
  await (await started)?.dispose();
  started = undefined;
}

/** A fresh store of a kind, for an installation whose files stand in the folder. */
const FRESH: Record<StoreKind, (directory: string) => Promise<Environment>> = {
  sqlite: async (directory) => ({ AID_STORE: `sqlite:${join(directory, 'ledger.db')}` }),
  postgres: async (directory) => ({ AID_STORE: await newDatabase(demand(sharedPostgres())), AID_DATA: directory }),
  kurrentdb: async (directory) => onKurrent(demand(process.env['KURRENTDB_URL']), directory),
  'kurrentdb double': async (directory) => onKurrent((await double()).url, directory),
};

/** Streams of its own on a server that others use too. */
const onKurrent = (url: string, directory: string): Environment => ({
  AID_STORE: url,
  AID_DATA: directory,
  AID_LEDGER: `t${randomBytes(10).toString('hex')}`,
});

/** Where the store of a folder is; a service started on the same folder again finds the same ledger. */
export async function storeOf(directory: string, kind = storeKind()): Promise<Environment> {
  const note = join(directory, 'store.json');
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as Environment;
  const environment = await FRESH[kind](directory);
  writeFileSync(note, JSON.stringify(environment));
  return environment;
}

function demand(url: string | undefined): string {
  if (url === undefined) throw new Error('no server for this store');
  return url;
}

/** Everything that a ledger has on disk: its files, and its rows where they are in a server. */
export async function storedBy(directory: string): Promise<string> {
  const files = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'latin1'));
  const { AID_STORE: url = '' } = await storeOf(directory);
  return [...files, ...(url.startsWith('postgres:') ? await rowsOf(url) : [])].join('\n');
}

async function rowsOf(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, options: `-c aid.reach="everything"` });
  await client.connect();
  const tables = await client.query<{ name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('aid', 'aid_keys')",
  );
  const rows: string[] = [];
  for (const { name } of tables.rows)
    for (const { text } of (await client.query<{ text: string }>(`select t::text as text from ${name} t`)).rows)
      rows.push(Buffer.from(text).toString('latin1'));
  await client.end();
  return rows;
}
