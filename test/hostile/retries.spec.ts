// A command sent up to eight times at once over connections that are cut has one effect and one answer (S4).
import { request as httpRequest, type ClientRequest } from 'node:http';
import { rmSync } from 'node:fs';
import { start, type Running } from '../crash/process.js';
import { Chance, SEED } from '../durability/chance.js';
import { operationsOf, type Document } from './document.js';
import { DISTRICT, LIVING_SUBSIDY, payment, SCHOOL } from '../support/office.js';
import { newDirectory } from '../support/service.js';

const ROUNDS = Number(process.env['AID_RETRIES'] ?? 6);
const MOST_AT_ONCE = 8;

const directory = newDirectory();
let service: Running;
let officer = '';

interface Reply {
  status: number;
  replayed: boolean;
  text: string;
}

interface Command {
  path: string;
  body: object;
  authorization?: string;
}

beforeAll(async () => {
  service = await start(directory, 'inherit', { AID_RATE_LIMIT: '0' });
  for (const [path, body] of [
    ['/v1/districts', DISTRICT],
    ['/v1/schools', SCHOOL],
    ['/v1/policies', LIVING_SUBSIDY],
  ] as const)
    await made(path, body);
  const key = await made('/v1/keys', { name: '主任', role: 'district-officer', scope: { all: true } });
  officer = `Bearer ${String(key['key'])}`;
});
afterAll(async () => {
  await service.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** Sends; where `cutAfterMs` is given the connection is cut then, whether an answer came or not. */
function send(
  { path, body, authorization = 'Bearer crash-key' }: Command,
  key: string,
  cutAfterMs?: number,
): Promise<Reply | undefined> {
  const bulk = path.endsWith('/bulk');
  const text = JSON.stringify(bulk ? { ...body, idempotencyKey: key } : body);
  return new Promise((resolve) => {
    const headers = {
      authorization,
      'content-type': bulk ? 'application/x-ndjson' : 'application/json',
      'content-length': Buffer.byteLength(text),
      'idempotency-key': key,
    };
    const asked: ClientRequest = httpRequest(service.url + path, { method: 'POST', headers, agent: false }, (reply) => {
      let answer = '';
      reply.setEncoding('utf8').on('data', (part: string) => (answer += part));
      reply.on('error', () => resolve(undefined));
      reply.on('end', () => {
        const replayed = reply.headers['idempotent-replayed'] === 'true' || answer.includes('"replayed":true');
        resolve({ status: reply.statusCode ?? 0, replayed, text: answer.replace('"replayed":true,', '').trim() });
      });
    });
    asked.on('error', () => resolve(undefined));
    asked.end(text);
    if (cutAfterMs !== undefined) setTimeout(() => (asked.destroy(), resolve(undefined)), cutAfterMs);
  });
}

let keys = 0;
async function made(path: string, body: object, authorization?: string): Promise<Record<string, unknown>> {
  const reply = await send({ path, body, ...(authorization && { authorization }) }, `made-${++keys}`);
  if (!reply || reply.status > 201) throw new Error(`${path}: ${reply?.status} ${reply?.text}`);
  return JSON.parse(reply.text) as Record<string, unknown>;
}

async function read(path: string): Promise<Record<string, unknown>> {
  const reply = await fetch(service.url + path, { headers: { authorization: 'Bearer crash-key' } });
  return (await reply.json()) as Record<string, unknown>;
}

/** Events of commands; looks are not effects of one. */
async function effectsAfter(position: number): Promise<number> {
  const items = (await read(`/v1/ledger/events?from=${position + 1}&limit=500`))['items'] as { type: string }[];
  return items.filter(({ type }) => type !== 'RecordsSeen').length;
}
const head = async (): Promise<number> => Number((await read('/v1/ledger'))['position']);

async function pupil(): Promise<string> {
  const { studentId } = await made('/v1/students', { name: '张三' });
  const path = `/v1/students/${String(studentId)}`;
  await made(`${path}/enrolments`, { schoolId: SCHOOL.schoolId, stage: 'primary', boarding: true, from: '2025-09-01' });
  return path;
}
async function poor(): Promise<{ path: string; studentId: string; determinationId: string }> {
  const path = await pupil();
  const { determinationId } = await made(`${path}/hardship`, { category: 'dibao-rural', from: '2025-09-01' });
  return { path, studentId: path.split('/')[3] ?? '', determinationId: String(determinationId) };
}
const paidOf = (studentId: string, changes: object = {}) =>
  payment(studentId, { term: '2025-autumn', paidOn: '2025-11-20', amount: '100', ...changes });
async function paid(changes: object = {}): Promise<string> {
  const { paymentId } = await made('/v1/payments', paidOf((await poor()).studentId, changes));
  return `/v1/payments/${String(paymentId)}`;
}
let serial = 0;
const policyId = async (): Promise<string> => {
  const id = `policy-${++serial}`;
  await made('/v1/policies', { ...LIVING_SUBSIDY, policyId: id });
  return id;
};
async function notice(): Promise<object> {
  const { studentId } = await poor();
  const expiresOn = new Date(Date.now() + 30 * 24 * 60 * 60 * 1000).toISOString().slice(0, 10);
  const { policyId: id } = LIVING_SUBSIDY;
  return { schoolId: SCHOOL.schoolId, policyId: id, term: '2025-autumn', expiresOn, studentIds: [studentId] };
}
const ASKED = { reason: '监护人要求', document: '申请书' };
const scope = { all: true };

/** A fresh command of every kind, by its route: what it is about was made for it alone. */
const COMMANDS: Record<string, () => Promise<Command>> = {
  '/v1/districts': async () => ({ path: '/v1/districts', body: { ...DISTRICT, districtId: `district-${++serial}` } }),
  '/v1/schools': async () => ({ path: '/v1/schools', body: { ...SCHOOL, schoolId: String(2138000000 + ++serial) } }),
  '/v1/policies': async () => ({ path: '/v1/policies', body: { ...LIVING_SUBSIDY, policyId: `policy-${++serial}` } }),
  '/v1/policies/{policyId}/versions': async () => ({
    path: `/v1/policies/${await policyId()}/versions`,
    body: { ...LIVING_SUBSIDY.versions[0], effectiveFrom: '2030-spring' },
  }),
  '/v1/policies/{policyId}/withdrawal': async () => ({
    path: `/v1/policies/${await policyId()}/withdrawal`,
    body: { reason: '调整', from: '2030-spring' },
  }),
  '/v1/students': async () => ({ path: '/v1/students', body: { name: '李四' } }),
  '/v1/students/{studentId}/enrolments': async () => ({
    path: `/v1/students/${String((await made('/v1/students', { name: '王五' }))['studentId'])}/enrolments`,
    body: { schoolId: SCHOOL.schoolId, stage: 'primary', boarding: true, from: '2025-09-01' },
  }),
  '/v1/students/{studentId}/departures': async () => ({
    path: `${await pupil()}/departures`,
    body: { date: '2026-01-10', reason: 'graduated' },
  }),
  '/v1/students/{studentId}/hardship': async () => ({
    path: `${await pupil()}/hardship`,
    body: { category: 'dibao-rural', from: '2025-09-01' },
  }),
  '/v1/students/{studentId}/hardship/{determinationId}/revocation': async () => {
    const { path, determinationId } = await poor();
    return { path: `${path}/hardship/${determinationId}/revocation`, body: { from: '2026-03-01', reason: '复核' } };
  },
  '/v1/students/{studentId}/disclosure': async () => ({
    path: `${await pupil()}/disclosure`,
    body: { fields: ['name'], purpose: '核对' },
  }),
  '/v1/students/{studentId}/restriction': async () => ({ path: `${await pupil()}/restriction`, body: ASKED }),
  '/v1/students/{studentId}/restriction/lifting': async () => {
    const path = await pupil();
    await made(`${path}/restriction`, ASKED);
    return { path: `${path}/restriction/lifting`, body: ASKED };
  },
  '/v1/students/{studentId}/erasure': async () => ({ path: `${await pupil()}/erasure`, body: ASKED }),
  '/v1/payments': async () => ({ path: '/v1/payments', body: paidOf((await poor()).studentId) }),
  '/v1/payments/bulk': async () => ({ path: '/v1/payments/bulk', body: paidOf((await poor()).studentId) }),
  '/v1/payments/{paymentId}/reversal': async () => ({ path: `${await paid()}/reversal`, body: { reason: '重复' } }),
  '/v1/payments/{paymentId}/return': async () => ({
    path: `${await paid()}/return`,
    body: { returnedOn: '2025-12-01', cause: 'bank-refused', reference: 'R-1', amount: '10' },
  }),
  '/v1/payments/{paymentId}/approval': async () => ({
    path: `${await paid({ amount: '9999', exception: ASKED })}/approval`,
    body: { document: '纪要' },
    authorization: officer,
  }),
  '/v1/notices': async () => ({ path: '/v1/notices', body: await notice() }),
  '/v1/notices/{noticeId}/withdrawal': async () => ({
    path: `/v1/notices/${String((await made('/v1/notices', await notice()))['noticeId'])}/withdrawal`,
    body: { reason: '有误' },
  }),
  '/v1/keys': async () => ({ path: '/v1/keys', body: { name: '会计', role: 'finance', scope } }),
  '/v1/keys/{keyId}/revocation': async () => ({
    path: `/v1/keys/${String((await made('/v1/keys', { name: '会计', role: 'finance', scope }))['keyId'])}/revocation`,
    body: { reason: '离任' },
  }),
  '/v1/grants': async () => ({ path: '/v1/grants', body: { holder: `holder-${++serial}`, role: 'finance', scope } }),
  '/v1/grants/{grantId}/revocation': async () => {
    const { grantId } = await made('/v1/grants', { holder: `holder-${++serial}`, role: 'finance', scope });
    return { path: `/v1/grants/${String(grantId)}/revocation`, body: { reason: '离任' } };
  },
};

/** The key itself is shown in the first answer alone. */
const comparable = ({ status, text }: Reply): string =>
  `${status} ${text.replace(/"key":("[^"]*"|null)/, '"key":"…"')}`;

async function storm(command: Command, keyOf: (index: number) => string, chance: Chance): Promise<Reply[]> {
  const count = 1 + chance.below(MOST_AT_ONCE);
  const sent = Array.from({ length: count }, (_, index) =>
    send(command, keyOf(index), chance.happens(0.4) ? chance.below(12) : undefined),
  );
  const last = send(command, keyOf(count));
  return [...(await Promise.all(sent)), await last, await send(command, keyOf(count + 1))].filter(
    (reply) => reply !== undefined,
  );
}

const chance = new Chance(SEED);
const figures = { commands: 0, answers: 0, replays: 0 };

test('the commands are those of the document', async () => {
  const document = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
  const posts = operationsOf(document).filter(({ method, path }) => method === 'POST' && !path.endsWith('/search'));
  expect(Object.keys(COMMANDS).toSorted()).toEqual(posts.map(({ path }) => path).toSorted());
});

test.each(Object.keys(COMMANDS))('%s', async (route) => {
  for (let round = 0; round < ROUNDS; round++) {
    const command = await COMMANDS[route]?.();
    if (!command) throw new Error(`no command for ${route}`);
    const before = await head();
    const key = `storm-${route.length}-${++keys}`;
    const replies = await storm(command, () => key, chance);
    figures.commands++;
    figures.answers += replies.length;
    figures.replays += replies.filter(({ replayed }) => replayed).length;
    expect(replies.map(comparable)).toEqual(replies.map(() => comparable(replies[0] as Reply)));
    expect({ route, effects: await effectsAfter(before) }).toEqual({ route, effects: 1 });
    expect(replies[0]?.status).toBeLessThan(300);
  }
});

test('control: under a key of its own each sending has its own effect, and that is noticed', async () => {
  const { studentId } = await poor();
  const before = await head();
  const command = { path: '/v1/payments', body: paidOf(studentId, { amount: '1' }) };
  const replies = await storm(command, (index) => `own-${++keys}-${index}`, new Chance(7));
  expect(replies.length).toBeGreaterThan(1);
  expect(await effectsAfter(before)).toBeGreaterThan(1);
});

afterAll(() => {
  process.stdout.write(
    `S4 retries: commands ${figures.commands}, answers ${figures.answers}, of them replays ${figures.replays}, seed ${SEED}\n`,
  );
});
