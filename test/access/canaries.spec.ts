// Canaries (P1): a name and numbers that nobody else has go in by every path; in clear they are found in no file, no
// log, no error and no backup.
import { spawnSync } from 'node:child_process';
import { mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { start, type Running } from '../crash/process.js';
import { citizenNumber, LIVING_SUBSIDY, payment } from '../support/office.js';
import { newDirectory } from '../support/service.js';
import { HOME } from './world.js';

const NAME = '鸬鹚不眠';
const NUMBER = citizenNumber(777);
const BIRTH = '2015-03-07';
const CANARIES = [NAME, NUMBER, `G${NUMBER}`, BIRTH, NUMBER.slice(6)];

const directory = newDirectory();
const data = join(directory, 'data');
const logs = join(directory, 'output.log');
let service: Running;

beforeAll(async () => {
  mkdirSync(data);
  const environment = { LOG_LEVEL: 'trace', NODE_ENV: 'production' };
  service = await start(data, openSync(logs, 'a'), environment);
});
afterAll(async () => {
  await service.kill();
  rmSync(directory, { recursive: true, force: true });
});

let serial = 0;
async function ask(method: 'GET' | 'POST', path: string, body?: object | string, headers: Record<string, string> = {}) {
  const reply = await fetch(service.url + path, {
    method,
    headers: {
      authorization: 'Bearer crash-key',
      'content-type': typeof body === 'string' ? 'application/x-ndjson' : 'application/json',
      'idempotency-key': `${NUMBER}-${++serial}`,
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await reply.text();
  return {
    status: reply.status,
    text,
    body: (text.startsWith('{') ? JSON.parse(text.split('\n')[0] ?? '') : {}) as Record<string, string>,
  };
}

async function made(path: string, body: object): Promise<Record<string, string>> {
  const answer = await ask('POST', path, body);
  if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}

/** Everything that an office may write about a child, with the child's name and numbers in it. */
async function writeEverything(): Promise<string> {
  await made('/v1/districts', { districtId: 'rencheng', name: '任城区', code: '370811' });
  const school = { schoolId: HOME, name: '小学', districtId: 'rencheng', stages: ['primary'], setting: 'rural' };
  await made('/v1/schools', school);
  await made('/v1/policies', LIVING_SUBSIDY);
  const student = { name: NAME, citizenNumber: NUMBER, studentNumber: `G${NUMBER}`, birthDate: BIRTH };
  const { studentId } = await made('/v1/students', student);
  const pupil = `/v1/students/${studentId}`;
  const said = `${NAME}(${NUMBER},${BIRTH})`;
  await made(`${pupil}/enrolments`, { schoolId: HOME, stage: 'primary', boarding: true, from: '2025-09-01' });
  const { determinationId } = await made(`${pupil}/hardship`, {
    category: 'dibao-rural',
    from: '2025-09-01',
    evidence: said,
  });
  const paid = { ...payment(String(studentId)), term: '2025-autumn', paidOn: '2025-11-20' };
  const exception = { reason: said, document: said };
  const first = await made('/v1/payments', paid);
  const { paymentId } = await made('/v1/payments', { ...paid, amount: '1', exception });
  await ask('POST', '/v1/payments/bulk', JSON.stringify({ ...paid, exception, idempotencyKey: NUMBER }));
  await made(`/v1/payments/${first['paymentId']}/reversal`, { reason: said });
  const scope = { all: true };
  const officer = await made('/v1/keys', { name: '主任', role: 'district-officer', scope });
  const approval = { authorization: `Bearer ${officer['key']}` };
  expect((await ask('POST', `/v1/payments/${paymentId}/approval`, { document: said }, approval)).status).toBe(200);
  await made(`/v1/keys/${officer['keyId']}/revocation`, { reason: said });
  const { grantId } = await made('/v1/grants', { holder: 'x', role: 'finance', scope });
  await made(`/v1/grants/${grantId}/revocation`, { reason: said });
  await made(`${pupil}/hardship/${determinationId}/revocation`, { from: '2026-03-01', reason: said });
  await made(`${pupil}/disclosure`, { fields: ['name', 'citizenNumber', 'studentNumber', 'birthDate'], purpose: said });
  const expiresOn = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const notice = { schoolId: HOME, policyId: LIVING_SUBSIDY.policyId, term: '2025-autumn', expiresOn };
  const { noticeId } = await made('/v1/notices', { ...notice, studentIds: [studentId] });
  expect((await ask('GET', `/v1/notices/${noticeId}`)).text).toContain(NAME);
  await made(`/v1/notices/${noticeId}/withdrawal`, { reason: said });
  await made(`${pupil}/restriction`, { reason: said, document: said });
  await made(`${pupil}/restriction/lifting`, { reason: said, document: said });
  return String(studentId);
}

/** Refusals and look-ups, with the canaries where they do not belong. */
async function askEverything(studentId: string): Promise<void> {
  const wrong: [string, object][] = [
    ['/v1/students', { name: NAME, citizenNumber: NUMBER }],
    ['/v1/students', { name: NAME, citizenNumber: `${NUMBER}9`, [NAME]: NUMBER }],
    ['/v1/students', { name: [NAME], birthDate: `${BIRTH} ` }],
    ['/v1/students/search', { citizenNumber: NUMBER }],
    ['/v1/payments', { ...payment(studentId), reference: `凭证${NUMBER}` }],
    ['/v1/payments', { ...payment(NUMBER) }],
    [`/v1/students/${studentId}/hardship`, { category: NUMBER, level: NUMBER, from: '2025-09-01' }],
    [
      `/v1/students/${studentId}/enrolments`,
      { schoolId: HOME, stage: 'primary', grade: NUMBER, boarding: true, from: '2027-09-01' },
    ],
    ['/v1/policies', { ...LIVING_SUBSIDY, policyId: 'x', name: { zh: NUMBER, en: NUMBER } }],
    ['/v1/keys', { name: NUMBER, role: 'finance', scope: { all: true } }],
    ['/v1/grants', { holder: NUMBER, role: 'finance', scope: { all: true } }],
  ];
  for (const [path, body] of wrong) expect((await ask('POST', path, body)).status).toBeLessThan(500);
  const address = encodeURIComponent(NAME);
  for (const path of [
    `/v1/students?studentNumber=G${NUMBER}`,
    `/v1/students?name=${address}`,
    `/v1/students/${NUMBER}`,
    `/v1/students/${address}/history`,
    `/v1/payments/${NUMBER}`,
    `/v1/${address}`,
    `/v1/students/${studentId}`,
    `/v1/students/${studentId}/history`,
    '/v1/ledger/events?limit=500',
    '/v1/access-log',
    '/metrics',
  ])
    expect((await ask('GET', path)).status).toBeLessThan(500);
  await ask('GET', '/v1/me', undefined, { authorization: `Bearer ${NUMBER}` });
  await ask('POST', '/v1/students', undefined, { 'idempotency-key': `${NUMBER} ${NUMBER}` });
}

const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** As text and as the bytes that a page or a payload would hold. */
function foundIn(files: readonly string[]): { file: string; canary: string }[] {
  return files.flatMap((file) => {
    const bytes = readFileSync(file);
    return CANARIES.filter((canary) =>
      [Buffer.from(canary), Buffer.from(canary, 'utf16le'), Buffer.from(JSON.stringify(canary).slice(1, -1))].some(
        (needle) => bytes.includes(needle),
      ),
    ).map((canary) => ({ file, canary }));
  });
}

test('nothing of a child stands in clear in data files, logs or backups', async () => {
  const studentId = await writeEverything();
  await askEverything(studentId);
  const shown = await ask('GET', '/v1/ledger/events?limit=500');
  expect(CANARIES.filter((canary) => shown.text.includes(canary))).toEqual([]);
  // The files as they are while the service runs, and a backup of them.
  const backup = join(directory, 'backup');
  const cli = join(import.meta.dirname, '../../dist/cli.js');
  const store = ['--store', `sqlite:${join(data, 'ledger.db')}`];
  const copied = spawnSync(process.execPath, [
    cli,
    'backup',
    backup,
    ...store,
    '--keys',
    join(directory, 'keys-backup'),
  ]);
  expect({ status: copied.status, error: String(copied.stderr) }).toEqual({ status: 0, error: expect.any(String) });
  expect(foundIn(filesUnder(directory))).toEqual([]);
  expect(await service.stop()).toBe(0);
  const files = filesUnder(directory);
  expect(files.length).toBeGreaterThan(5);
  expect(foundIn(files)).toEqual([]);
  // A backup of the data alone holds no key either.
  expect(filesUnder(backup).filter((file) => /key/.test(file))).toEqual([]);
});

test('control: what does stand in clear is found', () => {
  const files = filesUnder(data);
  const asText = readFileSync(join(data, 'ledger.db')).includes(Buffer.from('寄宿生生活费补助'));
  expect(asText).toBe(true);
  expect(files.some((file) => readFileSync(file).includes(Buffer.from('V-2026-001')))).toBe(true);
});
