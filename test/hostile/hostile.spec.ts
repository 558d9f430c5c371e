// Hostile requests made from the served OpenAPI document (S3): none is answered 5xx, every refusal is a problem in words.
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { rmSync } from 'node:fs';
import { start, type Running } from '../crash/process.js';
import { Chance, SEED } from '../durability/chance.js';
import { comeByEveryRoute } from '../support/every-route.js';
import { newDirectory } from '../support/service.js';
import { hostileRequest, type HostileRequest } from './attacks.js';
import { operationsOf, type Document, type Known } from './document.js';

const REQUESTS = Number(process.env['AID_HOSTILE_REQUESTS'] ?? 5000);
const SOCKETS = Math.ceil(REQUESTS / 50);
const AT_ONCE = 8;
const MOST_GROWTH_MIB = 300;

const directory = newDirectory();
let service: Running;
let document: Document;
let known: Known;

interface Reply {
  status: number;
  type: string;
  requestId: string;
  text: string;
}

beforeAll(async () => {
  service = await start(directory, 'inherit', { AID_RATE_LIMIT: '0' });
  const desk = {
    get: (path: string, headers = {}) => ask('GET', path, headers),
    post: (path: string, body: unknown, headers = {}) =>
      ask('POST', path, headers, typeof body === 'string' ? body : JSON.stringify(body)),
  };
  await comeByEveryRoute(desk as never);
  document = JSON.parse((await ask('GET', '/openapi.json')).text) as Document;
  known = await idsThatExist();
}, 60_000);
afterAll(async () => {
  await service.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function ask(method: string, path: string, headers: Record<string, string> = {}, body?: string) {
  const usual = { 'content-type': 'application/json' };
  const reply = await send({
    operation: '',
    method,
    path,
    headers: { ...usual, ...headers },
    body: body === undefined ? undefined : Buffer.from(body),
  });
  return {
    ...reply,
    headers: {},
    body: (reply.type.includes('json') && !reply.type.includes('ndjson') ? JSON.parse(reply.text) : {}) as Record<
      string,
      unknown
    >,
  };
}

function send({ method, path, headers, body }: HostileRequest): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(service.url);
    const asked = httpRequest(
      {
        hostname,
        port,
        method,
        path,
        headers: { authorization: 'Bearer crash-key', ...(body && { 'content-length': body.length }), ...headers },
      },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.on('error', reject);
        reply.on('end', () =>
          resolve({
            status: reply.statusCode ?? 0,
            type: reply.headers['content-type'] ?? '',
            requestId: String(reply.headers['x-request-id'] ?? ''),
            text: method === 'HEAD' ? '' : Buffer.concat(parts).toString(),
          }),
        );
      },
    );
    asked.on('error', reject);
    asked.end(body);
  });
}

async function idsThatExist(): Promise<Known> {
  const items = async (path: string, name: string) =>
    ((await ask('GET', path)).body['items'] as Record<string, unknown>[]).map((item) => String(item[name]));
  return {
    studentId: await items('/v1/students?limit=20', 'studentId'),
    paymentId: await items('/v1/payments?limit=20', 'paymentId'),
    policyId: await items('/v1/policies', 'policyId'),
    schoolId: await items('/v1/schools', 'schoolId'),
    districtId: await items('/v1/districts', 'districtId'),
    noticeId: await items('/v1/notices', 'noticeId'),
    grantId: await items('/v1/grants', 'grantId'),
    // The owner's key must go on opening the door.
    keyId: (await items('/v1/keys', 'keyId')).filter((keyId) => !keyId.startsWith('owner')),
  };
}

const SECRETS =
  /node_modules|\bat .+\.(ts|js):\d+|node:internal|SQLITE|syntax error|\/src\/|\/dist\/|(?:^|\W)select .+ from /i;

/** What is wrong with an answer, whatever was asked. */
function faultOf({ status, type, text }: Pick<Reply, 'status' | 'type' | 'text'>, method = 'GET'): string | undefined {
  if (status >= 500) return `${status}: ${text.slice(0, 200)}`;
  if (status < 400 || method === 'HEAD') return undefined;
  if (!type.startsWith('application/problem+json')) return `${status} as ${type}: ${text.slice(0, 200)}`;
  const { code, title, status: told, detail } = JSON.parse(text) as Record<string, unknown>;
  if (typeof code !== 'string' || typeof title !== 'string' || told !== status)
    return `not a problem: ${text.slice(0, 200)}`;
  if (typeof detail !== 'string' || !/\p{Script=Han}/u.test(detail) || !/[a-z]{3}/.test(detail))
    return `no words: ${text.slice(0, 200)}`;
  // What the caller sent may come back; what the service is made of may not.
  return SECRETS.test(detail) ? `tells too much: ${detail}` : undefined;
}

/** Lines of a bulk answer are answers of their own. */
function faultsOfLines({ type, text }: Reply): string[] {
  if (!type.startsWith('application/x-ndjson')) return [];
  const lines = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { status: number; code?: string });
  return lines.filter(({ status }) => status >= 500).map((line) => JSON.stringify(line));
}

const memoryMiB = async (): Promise<number> => {
  const [, bytes = '0'] = /^process_resident_memory_bytes (\S+)$/m.exec((await ask('GET', '/metrics')).text) ?? [];
  return Number(bytes) / 2 ** 20;
};

test(`${REQUESTS} hostile requests: no 5xx, refusals in words, nothing written but by what succeeded`, async () => {
  const chance = new Chance(SEED);
  const operations = operationsOf(document).filter(({ path }) => path.startsWith('/v1/'));
  const before = await memoryMiB();
  const from = Number((await ask('GET', '/v1/ledger')).body['position']);
  const faults: object[] = [];
  const counts = new Map<string, number>();
  const succeeded = new Set<string>();
  let left = REQUESTS;
  const attack = async (): Promise<void> => {
    while (left-- > 0) {
      const request = hostileRequest(document, operations, known, chance);
      const reply = await sendOrGiveUp(request);
      counts.set(String(reply?.status ?? 'cut'), (counts.get(String(reply?.status ?? 'cut')) ?? 0) + 1);
      if (!reply) continue;
      if (reply.status < 300) succeeded.add(reply.requestId);
      const all = [faultOf(reply, request.method), ...faultsOfLines(reply)].filter((fault) => fault !== undefined);
      for (const fault of all) faults.push({ fault, ...request, body: request.body?.toString().slice(0, 300) });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, attack));
  const after = await memoryMiB();
  process.stdout.write(
    `S3 hostile: requests ${REQUESTS}, seed ${SEED}, answers ${[...counts]
      .toSorted()
      .map(([status, count]) => `${status}×${count}`)
      .join(' ')}, faults ${faults.length}, memory ${before.toFixed(0)} → ${after.toFixed(0)} MiB\n`,
  );
  expect(faults.slice(0, 5)).toEqual([]);
  expect(after - before).toBeLessThan(MOST_GROWTH_MIB);
  expect(await writtenBy(from, succeeded)).toEqual([]);
  expect((await ask('GET', '/health/live')).status).toBe(200);
  expect((await ask('GET', '/v1/ledger/verification')).body).toMatchObject({ ok: true });
  // Most of it got past the door, or little would have been tried.
  expect(counts.get('200') ?? 0).toBeGreaterThan(REQUESTS / 50);
}, 3_600_000);

/** A server may close a connection on which it refuses to read on; then nothing is answered, and nothing is wrong. */
async function sendOrGiveUp(request: HostileRequest): Promise<Reply | undefined> {
  try {
    return await send(request);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ECONNRESET', 'EPIPE', 'ERR_INVALID_CHAR', 'ERR_UNESCAPED_CHARACTERS'].includes(code)) return undefined;
    throw error;
  }
}

/** Events of requests that were not answered with success. */
async function writtenBy(after: number, succeeded: ReadonlySet<string>): Promise<string[]> {
  const foreign: string[] = [];
  for (let from: number | null = after + 1; from !== null;) {
    const { body } = await ask('GET', `/v1/ledger/events?from=${from}&limit=500`);
    const items = body['items'] as { type: string; position: number; meta: { requestId: string } }[];
    for (const { type, position, meta } of items)
      if (!succeeded.has(meta.requestId) && type !== 'RecordsSeen') foreign.push(`${position} ${type}`);
    // Each look at the events is an event; those come after what is looked for.
    from = items.length === 500 ? (body['next'] as number | null) : null;
  }
  return foreign;
}

const PREAMBLES = [
  'GET /v1/ledger HTTP/1.1\r\nHost: x\r\n',
  'POST /v1/payments HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\nContent-Type: application/json\r\n\r\n{"a":',
  'POST /v1/payments/bulk HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Type: application/x-ndjson\r\n\r\n5\r\n{"a":\r\nZZ\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  'NONSENSE\r\n\r\n',
  `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  `GET /v1/ledger HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(40_000)}\r\n\r\n`,
  'POST /v1/students HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
  'GET /v1/ledger HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer crash-key\r\n\r\nGET /v1/me HTTP/1.1\r\n\r\n\r\njunk\u0000',
];

test(`${SOCKETS} connections with junk on them, cut at some point, harm nobody`, async () => {
  const chance = new Chance(SEED + 1);
  const { hostname, port } = new URL(service.url);
  const junk = () =>
    new Promise<string>((resolve) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      const end = () => (socket.destroy(), resolve(text));
      socket.on('data', (part) => (text += part.toString()));
      socket.on('error', end).on('close', end);
      const preamble = chance.pick(PREAMBLES);
      socket.write(preamble.slice(0, 1 + chance.below(preamble.length)));
      setTimeout(end, chance.below(60));
    });
  for (let at = 0; at < SOCKETS; at += AT_ONCE) {
    const told = await Promise.all(Array.from({ length: AT_ONCE }, junk));
    expect(told.filter((text) => /^HTTP\/1\.1 5/m.test(text))).toEqual([]);
    expect((await ask('GET', '/health/live')).status).toBe(200);
  }
}, 600_000);

test('control: what must not be answered is found', () => {
  const problem = { code: 'malformed', title: 'Malformed', status: 400, detail: '请求不合要求。 Not well formed.' };
  const type = 'application/problem+json; charset=utf-8';
  const told = (changes: object) => faultOf({ status: 400, type, text: JSON.stringify({ ...problem, ...changes }) });
  expect(told({})).toBeUndefined();
  expect([
    faultOf({ status: 500, type, text: '{}' }),
    faultOf({ status: 400, type: 'text/html', text: '<h1>Bad</h1>' }),
    told({ status: 422 }),
    told({ code: undefined }),
    told({ detail: 'only English here' }),
    told({ detail: '错误 SQLITE_ERROR near select' }),
    told({ detail: '错误 Error at foo (/app/dist/x.js:1)' }),
  ]).toEqual(Array.from({ length: 7 }, () => expect.any(String)));
  expect(
    faultsOfLines({ status: 200, type: 'application/x-ndjson', requestId: '', text: '{"status":500}\n' }),
  ).toHaveLength(1);
});
