// An opponent as a target: a process of its own, students where it has to know them, totals as it adds them up.
import { fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import pg from 'pg';
import type { OpponentName, RunningOpponent } from './opponents/service.js';
import { RUNTIME_OPTIONS } from './start.js';
import type { Target } from './target.js';

export async function startOpponent(name: OpponentName, postgres?: string): Promise<Target> {
  const file = join(import.meta.dirname, 'opponents/main.js');
  const child = fork(file, [name, ...(postgres === undefined ? [] : [postgres])], { execArgv: [...RUNTIME_OPTIONS] });
  const ended = once(child, 'exit');
  const ready = once(child, 'message') as Promise<[{ port: number }]>;
  const early = ended.then(() => Promise.reject(new Error(`${name} did not start`)));
  const [{ port }] = await Promise.race([ready, early]);
  early.catch(() => {}); // From here on it may end.
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return opponentTarget(name, { port, stop }, postgres);
}

export function opponentTarget(name: OpponentName, { port, stop }: RunningOpponent, postgres?: string): Target {
  return {
    name,
    port,
    headers: {},
    newStudents: async (count) => {
      const students = Array.from({ length: count }, () => randomUUID());
      if (name === 'crud' && postgres !== undefined) await insert(postgres, students);
      return students;
    },
    ...(name !== 'bare' && { total: () => totalOf(port) }),
    stop,
  };
}

/** Its service has no route for them: they are nothing that is measured. */
async function insert(postgres: string, students: readonly string[]): Promise<void> {
  const client = new pg.Client(postgres);
  await client.connect();
  await client.query('insert into student select unnest($1::text[])', [students]);
  await client.end();
}

export async function totalOf(port: number): Promise<number> {
  const reply = await fetch(`http://127.0.0.1:${port}/v1/totals`);
  const totals = (await reply.json()) as { amount: string }[];
  return totals.reduce((sum, { amount }) => sum + Number(amount), 0);
}
