// A cluster of EventStoreDB or KurrentDB whose nodes are killed and come back while the service records through HTTP.
// Needs KURRENTDB_URL with all nodes, and AID_CLUSTER_KILL and AID_CLUSTER_START: commands that take a node's number.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src/sqlite/database.js';
import { testWith } from '../support/missing.js';
import { newDirectory } from '../support/service.js';
import { missingOf, openOffice, paymentOf, type Acknowledged } from './office.js';
import { get, post, start, type Running } from './process.js';

const { KURRENTDB_URL: url, AID_CLUSTER_KILL: kill, AID_CLUSTER_START: bringBack } = process.env;
const KILLS = Number(process.env['AID_CLUSTER_KILLS'] ?? 20);
const [NODES, CLIENTS] = [3, 8];
const [DOWN_MS, UP_MS] = [4000, 6000];
const isCluster = url !== undefined && kill !== undefined && bringBack !== undefined;

interface Load {
  studentIds: string[];
  acknowledged: Acknowledged[];
  /** Answers that were no acknowledgement, by status; 0 where the connection gave none. */
  refused: Map<number, number>;
  sent: number;
  over: boolean;
  lastAt: number;
  longestGapMs: number;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One client: repeats a payment under its key until it is acknowledged. */
async function client(service: Running, load: Load): Promise<void> {
  while (!load.over) {
    const key = `key-${++load.sent}`;
    for (let answered = false; !answered;) {
      const { status, body } = await post(service.url, '/v1/payments', paymentOf(load.studentIds, key), key);
      answered = status === 201;
      if (answered) acknowledge(load, key, body['paymentId'] ?? '');
      else {
        load.refused.set(status, (load.refused.get(status) ?? 0) + 1);
        if (status !== 503) throw new Error(`${key} was answered with ${status} ${JSON.stringify(body)}`);
        await pause(100);
      }
    }
  }
}

function acknowledge(load: Load, key: string, paymentId: string): void {
  const now = performance.now();
  load.longestGapMs = Math.max(load.longestGapMs, now - load.lastAt);
  load.lastAt = now;
  load.acknowledged.push({ key, paymentId });
}

const command = (line: string, node: number): void => {
  execFileSync('sh', ['-c', `${line} ${node}`], { stdio: 'ignore' });
};

/** Every node has its turn, so leaders and followers are met alike. */
async function killOneAfterAnother(): Promise<void> {
  for (let round = 0; round < KILLS; round++) {
    const node = (round % NODES) + 1;
    command(kill ?? '', node);
    await pause(DOWN_MS);
    command(bringBack ?? '', node);
    await pause(UP_MS);
  }
}

testWith(isCluster, 'a cluster, named in the environment')(
  `${KILLS} kills of cluster nodes lose no acknowledged payment and double none`,
  async () => {
    const directory = newDirectory();
    const environment = {
      AID_STORE: url ?? '',
      AID_DATA: directory,
      AID_LEDGER: `c${randomBytes(6).toString('hex')}`,
      LOG_LEVEL: 'error',
    };
    const service = await start(directory, 'inherit', environment);
    const studentIds = await openOffice(service.url);
    const load: Load = {
      studentIds,
      acknowledged: [],
      refused: new Map(),
      sent: 0,
      over: false,
      lastAt: performance.now(),
      longestGapMs: 0,
    };
    const clients = Array.from({ length: CLIENTS }, () => client(service, load));
    await Promise.race([killOneAfterAnother(), Promise.all(clients)]);
    load.over = true;
    await Promise.all(clients);

    const lost = await missingOf(service.url, load.acknowledged);
    const totals = await get(service.url, '/v1/totals?fiscalYear=2025');
    const verification = await get(service.url, '/v1/ledger/verification');
    const rebuilt = await rebuiltAfter(service, environment);
    process.stdout.write(
      `cluster: ${KILLS} kills, ${load.acknowledged.length} acknowledged, ${lost.length} lost, ` +
        `total ${JSON.stringify((totals.body['total'] as { disbursed: string }).disbursed)}, refused ${JSON.stringify([...load.refused])}, ` +
        `longest gap ${Math.round(load.longestGapMs)} ms, chain ${JSON.stringify(verification.body['ok'])}\n`,
    );
    expect(lost).toEqual([]);
    expect(totals.body['total']).toMatchObject({ disbursed: `${load.acknowledged.length}.00`, personTimes: 5 });
    expect(verification.body).toMatchObject({ ok: true });
    expect(rebuilt).toContain('Equal');

    await controlFinds(directory, environment, load.acknowledged.at(-1));
    rmSync(directory, { recursive: true, force: true });
  },
  3_600_000,
);

const CLI = join(import.meta.dirname, '../../dist/cli.js');

/** The views of the stopped service against views built anew from the log. */
async function rebuiltAfter(service: Running, environment: Record<string, string>): Promise<string> {
  expect(await service.stop()).toBe(0);
  return execFileSync(process.execPath, [CLI, 'rebuild', '--store', url ?? ''], {
    env: { ...process.env, ...environment },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** Control: an acknowledged payment that is taken out of the views must be missed. */
async function controlFinds(
  directory: string,
  environment: Record<string, string>,
  taken: Acknowledged | undefined,
): Promise<void> {
  const database = openDatabase(join(directory, 'views.db'));
  database.exec(`delete from payment where payment_id = '${taken?.paymentId}'`);
  database.close();
  const service = await start(directory, 'inherit', environment);
  expect(await missingOf(service.url, taken ? [taken] : [])).toEqual([taken?.key]);
  await service.stop();
}
