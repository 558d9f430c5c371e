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

const KILLS = Number(process.env['AID_ROTATION_KILLS'] ?? 15);
const STUDENTS = 20_000;
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
    await Promise.all(ids.map((studentId) => keys.claim(studentId, {})));
  });
}, 60_000);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const master = (file = masterFile): Buffer => parseMasterKey(readFileSync(file, 'utf8').trim());

async function withKeys<T>(key: Buffer, work: (keys: KeyStore) => Promise<T>): Promise<T> {
  const keys = await KeyStore.open(openKeyTables(config), key);
  try {
    return await work(keys);
  } finally {
    await keys.close();
  }
}

/** All keys in clear, as text; the test's own eyes. */
const allKeys = (key: Buffer): Promise<string[]> =>
  withKeys(key, async (keys) => {
    const found = await keys.keysOf(ids);
    return ids.map((studentId) => found.get(studentId)?.toString('hex') ?? 'missing');
  });

async function rotate(killAfterMs?: number): Promise<number | null> {
  const child = spawn(process.execPath, [CLI, 'keys', 'rotate', '--store', store], { stdio: 'ignore' });
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'exit')) as [number | null];
  clearTimeout(timer);
  return code;
}

/** How many students' keys stand under a master key. */
async function under(key: Buffer): Promise<number> {
  const tables = openKeyTables(config);
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
    if ((await rotate(length * (0.3 + chance.next() * 0.8))) === 0) finished++;
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
  expect((await allKeys(master())).every((key, index) => key === before[index])).toBe(true);
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
  const from = master();
  const length = await lengthOfOne();
  const next = master();
  expect(next.equals(from)).toBe(false);
  for (let attempt = 0; attempt < 40 && !(await isMidway(next)); attempt++) {
    await rotate(length * (0.5 + (attempt % 10) * 0.05));
    if (!existsSync(`${masterFile}.new`)) break;
  }
  if (await isMidway(master())) {
    await expect(allKeys(master())).rejects.toThrow(UnfinishedRotation);
    await expect(allKeys(master(`${masterFile}.new`))).rejects.toThrow(WrongMasterKey);
  } else {
    // Every change was too quick to be caught: then all keys are whole under the key that stands.
    expect(await under(master())).toBe(STUDENTS);
  }
  expect(await rotate()).toBe(0);
}, 300_000);
