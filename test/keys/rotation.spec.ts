// A new master key, the command killed at random moments and run again: every key is what it was, under the new one.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyTables } from '../../src/adapters.js';
import { readConfig, type Config } from '../../src/config.js';
import { KeyStore, STUDENT_KEY } from '../../src/keys/key-store.js';
import { parseMasterKey } from '../../src/keys/master-key.js';
import { masterIdOf, UnfinishedRotation, WrongMasterKey } from '../../src/keys/wrapping.js';
import { Chance, SEED } from '../durability/chance.js';
import { newDirectory, startTestService } from '../support/service.js';

const KILLS = Number(process.env['AID_ROTATION_KILLS'] ?? 10);
const STUDENTS = 8000;
const CLI = join(import.meta.dirname, '../../dist/cli.js');

const directory = newDirectory();
const store = `sqlite:${join(directory, 'ledger.db')}`;
const config: Config = readConfig({ AID_STORE: store });
const masterFile = join(directory, 'master.key');
const ids = Array.from({ length: STUDENTS }, (_, index) => `student-${index}`);

beforeAll(async () => {
  // A ledger that the command finds; its keys are made here.
  const service = await startTestService({ directory });
  await service.stop();
  await withKeys(master(), async (keys) => {
    await Promise.all(ids.map((studentId, index) => keys.claim(studentId, { 'student-number': `G${index}` })));
  });
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const master = (file = masterFile): Buffer => parseMasterKey(readFileSync(file, 'utf8').trim());

async function withKeys<T>(key: Buffer, work: (keys: KeyStore) => Promise<T>): Promise<T> {
  const keys = await KeyStore.open(await openKeyTables(config), key);
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

/** All keys in clear, as text, and what the office's secrets make of something; the test's own eyes. */
const allKeys = (key: Buffer): Promise<string[]> =>
  withKeys(key, async (keys) => {
    const found = await keys.keysOf(ids);
    const holders = await keys.lookUp('student-number', `G${STUDENTS - 1}`);
    return [
      ...ids.map((studentId) => found.get(studentId)?.toString('hex') ?? 'missing'),
      keys.officeKey().toString('hex'),
      keys.fingerprint('something'),
      holders.join(),
    ];
  });

/** When to strike: as soon as so much of the work is told to be done, or after a time. */
type Strike = { percent: number } | { afterMs: number };

async function rotate(strike?: Strike): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, 'keys', 'rotate', '--store', store], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  const timer = strike && 'afterMs' in strike ? setTimeout(kill, strike.afterMs) : undefined;
  child.stderr.setEncoding('utf8').on('data', (told: string) => {
    if (strike && 'percent' in strike && told.includes(` ${strike.percent}%`)) kill();
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code;
}

/** Midway for the most part; sometimes while it begins or ends. */
const strikeBy = (chance: Chance, length: number): Strike =>
  chance.happens(0.7) ? { percent: chance.pick([25, 50, 75]) } : { afterMs: length * (0.2 + chance.next() * 0.9) };

/** How many students' keys stand under a master key. */
async function under(key: Buffer): Promise<number> {
  const tables = await openKeyTables(config);
  const text = `select count(*) as count from ${STUDENT_KEY.name} where master = $1`;
  const [row] = await tables.query<{ count: number }>(text, [masterIdOf(key)]);
  await tables.close();
  return row?.count ?? 0;
}

test(`${KILLS} kills: every key is what it was, all under the new master key, the old one opens nothing`, async () => {
  const chance = new Chance(SEED);
  const old = master();
  const before = await allKeys(old);
  const length = await lengthOfOne();
  let [midway, finished] = [0, 0];
  for (let kill = 0; kill < KILLS; kill++) {
    const from = master();
    if ((await rotate(strikeBy(chance, length))) === 0) finished++;
    if (existsSync(`${masterFile}.new`) && (await isMidway(from))) {
      midway++;
      // Nobody works with a store that stands between two keys.
      await expect(withKeys(from, async () => {})).rejects.toThrow(UnfinishedRotation);
    }
  }
  expect(await rotate()).toBe(0);
  process.stdout.write(
    `rotation: kills ${KILLS}, midway ${midway}, finished before the kill ${finished}, keys ${STUDENTS}, seed ${SEED}\n`,
  );
  expect(midway).toBeGreaterThan(0);
  expect(existsSync(`${masterFile}.new`)).toBe(false);
  expect(statSync(masterFile).mode & 0o777).toBe(0o600);
  expect(master().equals(old)).toBe(false);
  expect(before.at(-1)).toBe(ids.at(-1));
  expect((await allKeys(master())).join()).toBe(before.join());
  expect(await under(master())).toBe(STUDENTS);
  await expect(withKeys(old, async () => {})).rejects.toThrow(WrongMasterKey);
}, 600_000);

/** One whole change, to know when to strike. */
async function lengthOfOne(): Promise<number> {
  const started = performance.now();
  expect(await rotate()).toBe(0);
  return performance.now() - started;
}

async function isMidway(from: Buffer): Promise<boolean> {
  const count = await under(from);
  return count > 0 && count < STUDENTS;
}

test('control: a change that was cut off and not run again is noticed', async () => {
  await rotate({ percent: 50 });
  expect(await isMidway(master())).toBe(true);
  await expect(allKeys(master())).rejects.toThrow(UnfinishedRotation);
  await expect(allKeys(master(`${masterFile}.new`))).rejects.toThrow(UnfinishedRotation);
  expect(await rotate()).toBe(0);
}, 60_000);
