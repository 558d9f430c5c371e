// The built service as a process of its own, to be killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

export interface Running {
  url: string;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

const HEADERS = { authorization: 'Bearer crash-key', 'content-type': 'application/json' };

/** Starts the service on a data folder and resolves when it says that it is ready; `environment` goes before its own, and a file takes all that it says. */
export async function start(
  directory: string,
  errors: 'inherit' | 'ignore' | number = 'inherit',
  environment: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      AID_STORE: `sqlite:${join(directory, 'ledger.db')}`,
      AID_CATALOGUE: 'none',
      AID_BOOTSTRAP_KEY: 'crash-key',
      LOG_LEVEL: 'silent',
      ...environment,
    },
    stdio: ['ignore', 'pipe', errors],
  });
  const url = await readyAt(child);
  // What it logs later is told; a pipe that nobody reads would stop it.
  child.stdout?.pipe(
    typeof errors === 'number' ? createWriteStream('', { fd: errors, autoClose: false }) : process.stderr,
  );
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
    return child.exitCode;
  };
  return { url, kill: async () => void (await end('SIGKILL')), stop: () => end('SIGTERM') };
}

async function readyAt(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /ready at (http:\/\/[\d.:]+)/.exec(line) ?? [];
    if (url) return url;
  }
  if (child.exitCode === null) await once(child, 'exit');
  throw new Error(`the service ended with ${child.exitCode} before it was ready`);
}

export async function post(url: string, path: string, body: object, key?: string) {
  const reply = await fetch(url + path, {
    method: 'POST',
    headers: { ...HEADERS, ...(key && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  });
  return {
    status: reply.status,
    replayed: reply.headers.get('idempotent-replayed') === 'true',
    body: (await reply.json()) as Record<string, string>,
  };
}

export async function get(url: string, path: string, headers: Record<string, string> = {}) {
  const reply = await fetch(url + path, { headers: { ...HEADERS, ...headers } });
  return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
}
