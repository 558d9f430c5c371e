// A real PostgreSQL for tests: the system's binaries, a cluster in a temporary folder, one database for each who asks.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Owns databases and is no superuser, as the role of a service should be: policies hold for it. */
const OWNER = 'ledger';

const DEBIAN = '/usr/lib/postgresql';

/** The newest version that the system has; undefined where it has none. */
export function postgresBinaries(): string | undefined {
  const given = process.env['AID_POSTGRES_BIN'];
  if (given) return given;
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(DEBIAN, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** PostgreSQL refuses to run as root: then it runs as the system's own user for it. */
function identity(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const fields = readFileSync('/etc/passwd', 'utf8').match(/^(?:postgres|nobody):[^:]*:(\d+):(\d+)/m);
  return { uid: Number(fields?.[1]), gid: Number(fields?.[2]) };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export class Cluster {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly bin: string,
    readonly directory: string,
    readonly port: number,
    private readonly settings: readonly string[],
  ) {}

  /** A cluster of its own, started; `settings` as in `fsync=off`. */
  static async start(settings: readonly string[] = []): Promise<Cluster> {
    const bin = postgresBinaries();
    if (!bin) throw new Error('no PostgreSQL binaries were found');
    const directory = mkdtempSync(join(tmpdir(), 'aid-postgres-'));
    const { uid, gid } = identity();
    if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid);
    const options = ['-D', directory, '-U', 'aid', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync'];
    execFileSync(join(bin, 'initdb'), options, { ...identity(), stdio: 'pipe' });
    const cluster = new Cluster(bin, directory, await freePort(), settings);
    await cluster.up();
    await cluster.admin(`create role ${OWNER} login`);
    return cluster;
  }

  /** Starts the server, after a crash with its recovery, and waits until it takes queries. */
  async up(): Promise<void> {
    const settings = [`port=${this.port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', ...this.settings];
    const options = ['-D', this.directory, ...settings.flatMap((setting) => ['-c', setting])];
    this.child = spawn(join(this.bin, 'postgres'), options, { ...identity(), stdio: 'ignore' });
    for (let attempt = 0; attempt < 300; attempt++) {
      if (await this.answers()) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error('PostgreSQL did not start');
  }

  private async answers(): Promise<boolean> {
    try {
      await this.admin('select 1');
      return true;
    } catch {
      return false;
    }
  }

  /** Stops as `kill` would have it: SIGQUIT is an immediate stop without a checkpoint, as after a crash. */
  async down(signal: NodeJS.Signals = 'SIGINT'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const impatient = setTimeout(() => child.kill('SIGQUIT'), 10_000);
    await ended;
    clearTimeout(impatient);
  }

  async admin<R>(text: string): Promise<R[]> {
    const client = new pg.Client(this.url('postgres'));
    client.on('error', () => {}); // A server that is brought down in between: whoever asks is told by the query.
    await client.connect();
    try {
      return (await client.query(text)).rows as R[];
    } finally {
      await client.end();
    }
  }

  url(database: string): string {
    return `postgres://aid@127.0.0.1:${this.port}/${database}`;
  }

  async newDatabase(): Promise<string> {
    return newDatabase(this.url('postgres'));
  }

  /** Runs one of the programs that come with the server. */
  tool(name: string, args: readonly string[]): Buffer {
    return execFileSync(join(this.bin, name), args, { maxBuffer: 2 ** 30 });
  }

  async dispose(): Promise<void> {
    await this.down();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Creates an empty database beside the one at the address, and answers with its address for the role that owns it. */
export async function newDatabase(admin: string): Promise<string> {
  const name = `t${randomBytes(6).toString('hex')}`;
  const client = new pg.Client(admin);
  await client.connect();
  try {
    await client.query(`create database ${name} template template0 owner ${OWNER}`);
  } finally {
    await client.end();
  }
  const url = new URL(admin);
  url.pathname = name;
  url.username = OWNER;
  return url.href;
}

/** Address of the cluster that the run started; undefined where the system has no PostgreSQL. */
export const sharedPostgres = (): string | undefined => process.env['AID_TEST_POSTGRES'];
