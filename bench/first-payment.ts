// B9: from a fresh clone with an empty package cache to the first payment that is answered 201, as the README goes.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from '../src/demo/client.js';
import { foundSchool, registered } from './http/ledger.js';
import { ENTITLED, paymentOf } from './http/payments.js';
import type { Measure, Result } from './measure.js';

const LIMIT_SECONDS = 90;

async function run(): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'aid-first-'));
  try {
    return await measured(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function measured(directory: string): Promise<Result> {
  const clone = join(directory, 'clone');
  execFileSync('git', ['clone', '--quiet', process.cwd(), clone]);
  const started = performance.now();
  execFileSync('npm', ['ci', '--cache', join(directory, 'cache')], { cwd: clone, env: environment(), stdio: 'pipe' });
  const installed = performance.now();
  const { child, url } = await start(clone);
  const ready = performance.now();
  try {
    await pay(url, readFileSync(join(clone, 'data/bootstrap.key'), 'utf8').trim());
    return resultOf(started, installed, ready, performance.now());
  } finally {
    await stop(child);
  }
}

function resultOf(started: number, installed: number, ready: number, paid: number): Result {
  const value = (paid - started) / 1000;
  return {
    figures: [
      secondsOf('npm ci, empty cache', started, installed),
      secondsOf('npm start: build, ready', installed, ready),
      secondsOf('school, pupil, payment', ready, paid),
    ],
    goals: [{ says: 'npm ci to the first payment', value, limit: LIMIT_SECONDS, bound: 'at-most', unit: 's' }],
    remarks: ['Once, on a clone of the repository as it is committed; packages come from the registry npm is set to.'],
  };
}

const secondsOf = (name: string, from: number, to: number) => ({ name, unit: 's', rounds: [(to - from) / 1000] });

/** Without what `npm run` tells its scripts: that is about this folder. */
const environment = (): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_(?:package|lifecycle|config_local)/.test(name)),
  );

async function start(clone: string): Promise<{ child: ChildProcess; url: string }> {
  const env = { ...environment(), PORT: '0', LOG_LEVEL: 'silent' };
  const child = spawn('npm', ['start'], { cwd: clone, env, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout })) {
    const [, url] = /ready at (http:\/\/[\w.:]+)/.exec(line) ?? [];
    if (url !== undefined) return { child, url };
  }
  throw new Error('the service did not start');
}

/** npm does not hand a signal on to what it started: the whole group is told. */
async function stop(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close');
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  await ended;
}

async function pay(url: string, key: string): Promise<void> {
  const client = new Client(url, key);
  await foundSchool(client);
  const [student = ''] = await registered(client, 1);
  await client.post('/v1/payments', paymentOf(student, ENTITLED, 'V-001'));
}

export const firstPayment: Measure = { id: 'B9', says: 'from npm ci to the first recorded payment', run };
