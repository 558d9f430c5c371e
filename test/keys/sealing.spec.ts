// Two kinds of sealed fields: a student's, gone with the student's key, and the office's, which stay readable.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyStore } from '../../src/keys/key-store.js';
import { ERASED, StudentSealer } from '../../src/keys/student-sealer.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';

const directory = mkdtempSync(join(tmpdir(), 'aid-sealing-'));
let keys: KeyStore;
let sealer: StudentSealer;

beforeAll(async () => {
  keys = await KeyStore.open(new SqliteTables(join(directory, 'keys.db'), { forgets: true }), randomBytes(32));
  sealer = new StudentSealer(keys, {
    Registered: { student: ['name', 'guardian.phone'] },
    Erased: { student: ['note'], office: ['reason'] },
    Looked: { student: ['purpose'] },
    Decided: { office: ['reason'] },
  });
});
afterAll(async () => {
  await keys.close();
  rmSync(directory, { recursive: true, force: true });
});

async function sealed(stream: string, type: string, data: object) {
  return { stream, id: `id of ${type}`, type, data: await sealer.seal(stream, `id of ${type}`, { type, data }) };
}

test('by the stream, by the student that the event names, and by the office; what is not declared stays', async () => {
  await keys.claim('one', {});
  const clear = [
    { name: '赵明轩', guardian: { phone: '1', kind: 'mother' }, school: 's1' },
    { note: 'his', reason: 'asked for it', law: '47' },
    { studentId: 'one', purpose: 'a call', fields: 1 },
    { reason: 'a school year ends' },
  ];
  const events = [
    await sealed('student-one', 'Registered', clear[0] ?? {}),
    await sealed('student-one', 'Erased', clear[1] ?? {}),
    await sealed('seen-7', 'Looked', clear[2] ?? {}),
    await sealed('term-7', 'Decided', clear[3] ?? {}),
  ];
  const text = JSON.stringify(events);
  for (const word of ['赵明轩', '"1"', 'his', 'asked', 'a call', 'ends']) expect(text).not.toContain(word);
  for (const word of ['mother', 's1', '47']) expect(text).toContain(word);
  expect((await sealer.openAll(events)).map(({ data }) => data)).toEqual(clear);
  const erased = [
    { ...clear[0], name: ERASED, guardian: { phone: ERASED, kind: 'mother' } },
    { ...clear[1], note: ERASED },
    { ...clear[2], purpose: ERASED },
    clear[3],
  ];
  // The erasure is on record, and the key still there: it is not asked for.
  expect((await sealer.openAll(events, true)).map(({ data }) => data)).toEqual(erased);
  await keys.destroy(['one']);
  expect((await sealer.openAll(events)).map(({ data }) => data)).toEqual(erased);
});

test('without a key nothing is sealed, and so nothing recorded', async () => {
  await expect(sealed('student-nobody', 'Registered', { name: '某' })).rejects.toThrow('has no key');
  await expect(sealed('seen-8', 'Looked', { purpose: 'whose?' })).rejects.toThrow('has no key');
});

test.each([
  ['in another stream', { stream: 'student-two' }],
  ['in another event', { id: 'another' }],
])('control: what was sealed does not open %s', async (_, moved) => {
  for (const id of ['one', 'two']) await keys.claim(id, {});
  const event = await sealed('student-one', 'Erased', { reason: 'asked for it' });
  await expect(sealer.openAll([{ ...event, ...moved }])).rejects.toThrow('unable to authenticate data');
  expect(await sealer.open(event)).toEqual({ reason: 'asked for it' });
});
