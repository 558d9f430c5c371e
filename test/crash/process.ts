// The built service as a process of its own, to be killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { request, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const MAIN = join(import.meta.dirname, '../../dist/main.js');

export interface Running {
  url: string;
  kill(): Promise<void>;
  stop(): Promise<number | null>;
}

const HEADERS = { authorization: 'Bearer crash-key', 'content-type': 'application/json' };

/** A test that failed before it stopped its service leaves nothing running. */
const children = new Set<ChildProcess>();
afterAll(() => children.forEach((child) => child.kill('SIGKILL')));

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
  children.add(child);
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

/** Payments in one request; once all of the first part are answered, `meanwhile` is done, and the second part follows. */
export async function postLines(
  url: string,
  [first, second]: readonly [readonly object[], readonly object[]],
  meanwhile: () => Promise<void> = async () => {},
): Promise<Record<string, unknown>[]> {
  const sending = request(`${url}/v1/payments/bulk`, {
    method: 'POST',
    headers: { ...HEADERS, 'content-type': 'application/x-ndjson' },
  });
  const write = (payments: readonly object[]): boolean =>
    sending.write(payments.map((payment) => `${JSON.stringify(payment)}\n`).join(''));
  write(first);
  const [reply] = (await once(sending, 'response')) as [IncomingMessage];
  const answers: Record<string, unknown>[] = [];
  for await (const line of createInterface({ input: reply })) {
    if (answers.push(JSON.parse(line) as Record<string, unknown>) !== first.length) continue;
    await meanwhile();
    write(second);
    sending.end();
  }
  return answers;
}
