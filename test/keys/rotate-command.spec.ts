// `keys rotate` where something is not as it should be: it says so, and the key that opens the store is never lost.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { openKeyTables } from '../../src/adapters.js';
import { readConfig } from '../../src/config.js';
import { KeyStore } from '../../src/keys/key-store.js';
import { newMasterKey, parseMasterKey } from '../../src/keys/master-key.js';
import { rotate } from '../../src/keys/rotation.js';
import { WrongMasterKey } from '../../src/keys/wrapping.js';
import { newDirectory, startTestService } from '../support/service.js';

const CLI = join(import.meta.dirname, '../../dist/cli.js');
const made = newDirectory();
let directory: string;
let before: string;
const folders: string[] = [made];

const file = (name: string): string => join(directory, name);
const textOf = (name: string): string => readFileSync(file(name), 'utf8').trim();
const config = () => readConfig({ AID_STORE: `sqlite:${file('ledger.db')}` });

beforeAll(async () => {
  const service = await startTestService({ directory: made });
  await service.post('/v1/students', { name: '新同学' });
  await service.stop();
}, 60_000);
beforeEach(() => {
  folders.push((directory = newDirectory()));
  cpSync(made, directory, { recursive: true });
  // It says where the original is.
  rmSync(file('store.json'));
  before = textOf('master.key');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function run(args: readonly string[] = [], environment: Record<string, string> = {}) {
  const env = { PATH: process.env['PATH'], ...environment };
  const command = [CLI, 'keys', 'rotate', '--store', `sqlite:${file('ledger.db')}`, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { env, encoding: 'utf8' });
  return { code: status, told: stdout + stderr };
}

async function opens(key: string): Promise<boolean> {
  const tables = await openKeyTables(config());
  try {
    await KeyStore.open(tables, parseMasterKey(key));
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(WrongMasterKey);
    return false;
  } finally {
    await tables.close();
  }
}

test('without the key store nothing is made and nothing changed', () => {
  rmSync(file('keys.db'));
  const { code, told } = run();
  expect({ code, told }).toEqual({ code: 1, told: expect.stringContaining('keys.db is missing') });
  expect(['keys.db', 'master.key.new'].map((name) => existsSync(file(name)))).toEqual([false, false]);
  expect(textOf('master.key')).toBe(before);
});

test('a key store without keys is none', () => {
  rmSync(file('keys.db'));
  writeFileSync(file('keys.db'), '');
  expect(run()).toEqual({ code: 1, told: expect.stringContaining('no key store') });
  expect(textOf('master.key')).toBe(before);
});

test('the wrong master key changes nothing', async () => {
  writeFileSync(file('master.key'), newMasterKey());
  expect(run()).toEqual({ code: 1, told: expect.stringContaining('does not open this key store') });
  expect(await opens(before)).toBe(true);
});

test('while a service runs it is refused', async () => {
  const service = await startTestService({ directory });
  try {
    expect(run()).toEqual({ code: 1, told: expect.stringContaining('Another process is using this ledger') });
  } finally {
    await service.stop();
  }
  expect(await opens(before)).toBe(true);
});

test('cut off before the new file took its place: the start says what to do, and the command ends it', async () => {
  const next = newMasterKey();
  writeFileSync(file('master.key.new'), `${next}\n`);
  const tables = await openKeyTables(config());
  await rotate(tables, { from: parseMasterKey(before), to: parseMasterKey(next) });
  await tables.close();
  await expect(startTestService({ directory })).rejects.toThrow('run `aid-ledger keys rotate` again');
  expect(run().code).toBe(0);
  expect(textOf('master.key')).toBe(next);
  expect(await opens(next)).toBe(true);
});

test('cut off while the new key was written: half of it is not taken for a key', async () => {
  writeFileSync(file('master.key.new.part'), newMasterKey().slice(0, 43));
  expect(run().code).toBe(0);
  expect(await opens(textOf('master.key'))).toBe(true);
  expect(textOf('master.key')).not.toBe(before);
});

test('a master key elsewhere, behind a link, is changed where it stands', async () => {
  mkdirSync(file('medium'));
  renameSync(file('master.key'), file('medium/held.key'));
  symlinkSync(file('medium/held.key'), file('master.key'));
  expect(run().code).toBe(0);
  expect(lstatSync(file('master.key')).isSymbolicLink()).toBe(true);
  expect(textOf('medium/held.key')).not.toBe(before);
  expect(await opens(textOf('medium/held.key'))).toBe(true);
});

test('a key from the environment is changed to the one beside it, and never to itself', async () => {
  const next = newMasterKey();
  rmSync(file('master.key'));
  const from = { AID_MASTER_KEY: before };
  expect(run([], from)).toEqual({ code: 1, told: expect.stringContaining('AID_NEW_MASTER_KEY') });
  const changed = run([], { ...from, AID_NEW_MASTER_KEY: next });
  expect(changed).toEqual({ code: 0, told: expect.stringContaining('Set AID_MASTER_KEY to the new key') });
  expect([await opens(next), await opens(before)]).toEqual([true, false]);
  const again = run([], { AID_MASTER_KEY: next, AID_NEW_MASTER_KEY: next });
  expect(again).toEqual({ code: 1, told: expect.stringContaining('The new master key is the old one') });
  expect(existsSync(file('master.key'))).toBe(false);
});

test('--new-key-file brings a key made elsewhere; a change that was begun with another ends first', async () => {
  const [own, begun] = [newMasterKey(), newMasterKey()];
  writeFileSync(file('own.key'), `${own}\n`);
  writeFileSync(file('old.key'), before);
  expect(run(['--new-key-file', file('old.key')]).told).toContain('The new master key is the old one');
  writeFileSync(file('master.key.new'), `${begun}\n`);
  expect(run(['--new-key-file', file('own.key')])).toEqual({ code: 1, told: expect.stringContaining('was cut off') });
  expect(run().code).toBe(0);
  expect(textOf('master.key')).toBe(begun);
  expect(run(['--new-key-file', file('own.key')]).code).toBe(0);
  expect(textOf('master.key')).toBe(own);
  expect(await opens(own)).toBe(true);
});
