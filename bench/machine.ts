// What figures were measured on: without it they say nothing.
import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src/sqlite/database.js';
import { postgresBinaries } from '../test/support/postgres.js';

/** One line. */
export function machine(): string {
  const cores = cpus();
  return [
    new Date().toISOString().slice(0, 10),
    `${cores[0]?.model ?? 'unknown CPU'}, ${cores.length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    `${type()} ${release()}`,
    `Node.js ${process.version}`,
    `SQLite ${sqliteVersion()}`,
    postgresVersion() ?? 'no PostgreSQL',
  ].join(' · ');
}

function sqliteVersion(): string {
  const database = openDatabase(':memory:', { readOnly: true });
  try {
    return (database.prepare('select sqlite_version() as version').get() as { version: string }).version;
  } finally {
    database.close();
  }
}

function postgresVersion(): string | undefined {
  const bin = postgresBinaries();
  if (bin === undefined) return undefined;
  const text = execFileSync(join(bin, 'postgres'), ['--version'], { encoding: 'utf8' });
  return `PostgreSQL ${/\d+(?:\.\d+)?/.exec(text)?.[0] ?? ''}`;
}
