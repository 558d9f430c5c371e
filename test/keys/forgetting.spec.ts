// What is destroyed is gone: from the store, from the bytes of its file, and from memory after a minute at the latest.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageUnavailable } from '../../src/core/storage.js';
import { KeyStore, STUDENT_KEY } from '../../src/keys/key-store.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';

let directory: string;
let now = 0;
const master = randomBytes(32);

beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'aid-keys-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const openAt = (file: string, forgets = true) => {
  const tables = new SqliteTables(join(directory, file), { forgets });
  return KeyStore.open(tables, master, () => now).then((keys) => ({ keys, tables }));
};

const bytesOf = (file: string): Buffer =>
  Buffer.concat(
    ['', '-wal']
      .map((end) => join(directory, file + end))
      .map((path) => (existsSync(path) ? readFileSync(path) : Buffer.alloc(0))),
  );

async function wrappedOf(tables: SqliteTables, studentId: string): Promise<string> {
  const [row] = await tables.query<{ wrapped: string }>('select wrapped from student_key where student_id = $1', [
    studentId,
  ]);
  return row?.wrapped ?? '';
}

test('a destroyed key leaves neither the store nor a trace in its files; others stay', async () => {
  const { keys, tables } = await openAt('keys.db');
  for (const id of ['one', 'two']) await keys.claim(id, { 'student-number': `G${id}`, 'citizen-number': id });
  const [one, two] = [await wrappedOf(tables, 'one'), await wrappedOf(tables, 'two')];
  expect([one, two].map((text) => bytesOf('keys.db').includes(text))).toEqual([true, true]);
  const kept = (await keys.keysOf(['two'])).get('two');
  await keys.destroy(['one']);
  await keys.destroy(['one', 'never']);
  expect([one, two].map((text) => bytesOf('keys.db').includes(text))).toEqual([false, true]);
  expect(await keys.keysOf(['one', 'two'])).toEqual(new Map([['two', kept]]));
  expect(await keys.lookUp('student-number', 'Gone')).toEqual([]);
  // The number is free for whoever registers it next.
  expect(await keys.claim('three', { 'citizen-number': 'one' })).toBe('three');
  await keys.close();
});

test('control: without overwriting, the bytes of a removed key stay in the file', async () => {
  const { keys, tables } = await openAt('plain.db', false);
  await keys.claim('one', {});
  const wrapped = await wrappedOf(tables, 'one');
  await tables.transaction((rows) => rows.remove(STUDENT_KEY, 'student_id', ['one']));
  await tables.scrub();
  expect(await wrappedOf(tables, 'one')).toBe('');
  expect(bytesOf('plain.db').includes(wrapped)).toBe(true);
  await keys.close();
});

test('a key that another service destroyed is used for a minute at most', async () => {
  const [here, there] = [await openAt('keys.db'), await openAt('keys.db')];
  await here.keys.claim('one', {});
  const used = async (): Promise<boolean> => (await here.keys.keysOf(['one'])).has('one');
  expect(await used()).toBe(true);
  await there.keys.destroy(['one']);
  now += 59_999;
  expect(await used()).toBe(true);
  now += 1;
  expect(await used()).toBe(false);
  await Promise.all([here.keys.close(), there.keys.close()]);
});

test('keys that live are given whoever asks meanwhile, also at the moment when they are read anew', async () => {
  const { keys } = await openAt('keys.db');
  for (const id of ['one', 'two']) await keys.claim(id, {});
  await keys.keysOf(['one']);
  now += 59_999;
  const both = keys.keysOf(['one', 'two']);
  now += 1;
  const anew = keys.keysOf(['one']);
  expect([...(await both).keys()].toSorted()).toEqual(['one', 'two']);
  expect((await anew).has('one')).toBe(true);
  await keys.close();
});

test('where somebody reads on in what was removed, the bytes stay and it is told; later it is done', async () => {
  const { keys, tables } = await openAt('keys.db');
  await keys.claim('one', {});
  const wrapped = await wrappedOf(tables, 'one');
  const reader = openDatabase(join(directory, 'keys.db'), { readOnly: true });
  reader.exec('begin; select * from student_key');
  await expect(keys.destroy(['one'])).rejects.toThrow(StorageUnavailable);
  expect((await keys.keysOf(['one'])).size).toBe(0);
  expect(bytesOf('keys.db').includes(wrapped)).toBe(true);
  reader.exec('commit');
  reader.close();
  await keys.destroy(['one']);
  expect(bytesOf('keys.db').includes(wrapped)).toBe(false);
  await keys.close();
});

test('commands have ids that follow from caller and key, and that nobody guesses', async () => {
  const { keys } = await openAt('keys.db');
  const other = await openAt('other.db');
  const id = keys.commandIdFor('owner', '11010519491231002X');
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(keys.commandIdFor('owner', '11010519491231002X')).toBe(id);
  expect(keys.commandIdFor('another', '11010519491231002X')).not.toBe(id);
  expect(other.keys.commandIdFor('owner', '11010519491231002X')).not.toBe(id);
  await Promise.all([keys.close(), other.keys.close()]);
});
