// The built command line, run as a process of its own.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const CLI = join(import.meta.dirname, '../../dist/cli.js');

export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `aid-ledger` with arguments and waits for its end; nothing of the caller's environment but the path reaches it. */
export async function aidLedger(...parameters: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [CLI, ...parameters], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
