// The ledger as a target: started as `npm start` does, in a process of its own, filled through its API as an office would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Client, inParallel } from '../../src/demo/client.js';
import { newApiKey } from '../../src/keys/api-key.js';
import { CONNECTIONS } from './driver.js';
import { SCHOOL_YEAR } from './payments.js';
import { MAIN, RUNTIME_OPTIONS } from './start.js';
import type { Target } from './target.js';

const SCHOOL = '2137000001';
const SINCE = '2025-09-01';

export interface LedgerTarget extends Target {
  client: Client;
  directory: string;
}

/** In an empty folder, with a school; in files, or in the empty database at an address. */
export async function startLedger(name: string, postgres?: string): Promise<LedgerTarget> {
  const directory = mkdtempSync(join(tmpdir(), 'aid-bench-'));
  const target = await serve(name, directory, postgres);
  await foundSchool(target.client);
  const stop = async (): Promise<void> => {
    await target.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  return { ...target, stop };
}

/** On the ledger that a folder holds, or a new one. */
export async function serve(
  name: string,
  directory: string,
  postgres?: string,
  nodeOptions: readonly string[] = [],
): Promise<LedgerTarget> {
  const { key } = newApiKey();
  const child = spawn(process.execPath, [...RUNTIME_OPTIONS, ...nodeOptions, MAIN], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      LOG_LEVEL: 'silent',
      AID_DATA: directory,
      AID_STORE: postgres ?? `sqlite:${join(directory, 'ledger.db')}`,
      AID_BOOTSTRAP_KEY: key,
      AID_RATE_LIMIT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const port = await portIn(child.stdout);
  const client = new Client(`http://127.0.0.1:${port}`, key);
  return {
    name,
    port,
    client,
    directory,
    headers: { authorization: `Bearer ${key}` },
    newStudents: (count) => registered(client, count),
    total: () => totalOf(client),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function portIn(output: Readable): Promise<number> {
  for await (const line of createInterface({ input: output })) {
    const [, port] = /ready at http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port !== undefined) return Number(port);
  }
  throw new Error('the ledger did not start');
}

export async function foundSchool(client: Client): Promise<void> {
  await client.post('/v1/schools', {
    schoolId: SCHOOL,
    name: '长沟镇中心小学',
    districtId: 'rencheng',
    stages: ['primary'],
    setting: 'rural',
  });
}

/** Boarders with a hardship determination: the living subsidy is due to them. */
export async function registered(client: Client, count: number): Promise<string[]> {
  const students: string[] = [];
  await inParallel(
    Array.from({ length: count }, (_, index) => index),
    CONNECTIONS,
    async (index) => {
      students[index] = await registerOne(client);
    },
  );
  return students;
}

async function registerOne(client: Client): Promise<string> {
  const { body } = await client.post<{ studentId: string }>('/v1/students', { name: '张三丰' });
  const student = `/v1/students/${body.studentId}`;
  await client.post(`${student}/enrolments`, { schoolId: SCHOOL, grade: 4, boarding: true, from: SINCE });
  await client.post(`${student}/hardship`, { category: 'dibao-rural', from: SINCE });
  return body.studentId;
}

/** Reads what was written: the answer waits for the views. */
async function totalOf(client: Client): Promise<number> {
  const { total } = await client.get<{ total: { amount: string } }>(`/v1/totals?schoolYear=${SCHOOL_YEAR}`);
  return Number(total.amount);
}
