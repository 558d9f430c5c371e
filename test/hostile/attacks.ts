// What is done to a polite request before it is sent: wrong types and shapes, wrong bytes, wrong addresses and headers.
import type { Chance } from '../durability/chance.js';
import { polite, type Document, type Known, type Operation } from './document.js';

export interface HostileRequest {
  operation: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

type Json = unknown;

const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  -1e-308,
  9007199254740992,
  '',
  ' ',
  '\u0000',
  '\u202Eabc',
  '\uFEFF',
  'é'.repeat(5000),
  [],
  {},
  [[[]]],
  [null],
  { $gt: '' },
  "'; drop table event; --",
  '${7*7}',
  '{{7*7}}',
  '../../etc/passwd',
  '%00',
  '<script>1</script>',
  'NaN',
  'Infinity',
  '-0',
  '1e3',
  '0x10',
  '2026-02-30',
  '9999-99-99',
  '2026-winter',
  '٣',
  '１２',
  '\ud800',
];

/** Puts something hostile at some place of a body. */
function spoiled(value: Json, chance: Chance): Json {
  if (typeof value !== 'object' || value === null || chance.below(5) === 0) return chance.pick(VALUES);
  if (Array.isArray(value)) {
    if (value.length === 0 || chance.below(4) === 0) return Array.from({ length: 1000 }, () => value[0] ?? 1);
    return value.map((item, index) => (index === 0 ? spoiled(item, chance) : (item as Json)));
  }
  const fields = Object.entries(value);
  const unknown = chance.pick([
    'colour',
    'constructor',
    'toString',
    'hasOwnProperty',
    'then',
    '__defineGetter__',
    'length',
  ]);
  if (fields.length === 0 || chance.below(6) === 0) return { ...value, [unknown]: chance.pick(VALUES) };
  const [name, held] = chance.pick(fields);
  if (chance.below(4) === 0) return Object.fromEntries(fields.filter(([field]) => field !== name));
  return { ...value, [name]: spoiled(held, chance) };
}

/** Texts that no JSON.stringify would write. */
const RAW: readonly ((text: string, chance: Chance) => Buffer)[] = [
  () => Buffer.from('['.repeat(100_000) + ']'.repeat(100_000)),
  () => Buffer.from('{"a":'.repeat(5000) + '1' + '}'.repeat(5000)),
  (text) => Buffer.from(text.replace(/^\{/, '{"__proto__":{"admin":true},')),
  (text) => Buffer.from(text.replace(/^\{/, '{"constructor":{"prototype":{"admin":true}},')),
  (text) => Buffer.from(text.replace(/^\{(.*)\}$/s, '{$1,$1}')),
  (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0xfe, 0xc0, 0x80]), Buffer.from('}')]),
  (text, chance) => Buffer.from(text.slice(0, chance.below(text.length + 1))),
  (text) => Buffer.from(text.replace(/:\s*"[^"]*"/, ':NaN')),
  (text) => Buffer.from(text.replace(/:\s*"[^"]*"/, ':-Infinity')),
  (text) => Buffer.from(text, 'utf16le'),
  (text) => Buffer.from(`\ufeff${text}`),
  (text) => Buffer.from(`${text}${text}`),
  () => Buffer.from('"just text"'),
  () => Buffer.from('null'),
  () => Buffer.from([0, 1, 2, 3, 255]),
];
const HUGE = Buffer.from(`{"name":"${'长'.repeat(3_500_000)}"}`);

const WORDS = [
  'none',
  '..',
  '%2e%2e',
  '%2f',
  '%00',
  '%',
  '%zz',
  'a%20b',
  '💥',
  "'",
  '"',
  '*',
  ';',
  '{}',
  '[object Object]',
  '-1',
  'a'.repeat(190),
  'b'.repeat(5000),
  '__proto__',
  'constructor',
];

const QUERIES = [
  'limit=0',
  'limit=-1',
  'limit=1e9',
  'limit=5&limit=6',
  'limit[]=5',
  'cursor=%00',
  'cursor=!!!!',
  `cursor=${'A'.repeat(290)}`,
  'cursor=Zm9vfGJhcg',
  'knownAt=9999999999999999',
  'knownAt=-1',
  'knownAt=2026-13-45T00:00:00Z',
  'colour=red',
  '__proto__=1',
  'term=2026-autumn&term=2025-autumn',
  'by=policy,policy',
  'by=',
  'from=2026-01-01',
  'fiscalYear=20260',
  '%ff=%ff',
  '=',
  '&&&',
  'studentId=%27%20or%201=1',
  `studentNumber=G${'1'.repeat(4000)}`,
  'a[b][c]=1',
];

const HEADERS: readonly Record<string, string>[] = [
  { 'idempotency-key': 'x'.repeat(65) },
  { 'idempotency-key': 'with blank' },
  { 'if-match': '"999999999999999999999"' },
  { 'if-match': 'W/"1"' },
  { 'if-match': '*' },
  { 'ledger-position': '-1' },
  { 'ledger-position': '1e5' },
  { 'ledger-position': 'NaN' },
  { accept: 'text/csv, application/xml;q=0.1, */*' },
  { accept: ';;;' },
  { authorization: 'Bearer ' },
  { authorization: `Bearer ${'e'.repeat(9000)}` },
  { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' },
  { authorization: 'Basic b3duZXI6' },
  { 'content-type': 'text/plain' },
  { 'content-type': 'application/json; charset=utf-16' },
  { 'content-type': 'application/xml' },
  { 'content-type': 'multipart/form-data; boundary=x' },
  { 'content-type': 'application/x-ndjson' },
  { 'content-type': ';' },
  { 'content-encoding': 'gzip' },
  { 'x-http-method-override': 'DELETE' },
  { host: 'evil.example' },
  { 'accept-language': '\u00ff'.repeat(200) },
  { range: 'bytes=0-18446744073709551615' },
];

const METHODS = ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'TRACE'];

/** Polite in everything, then spoiled in one way, sometimes in several. */
export function hostileRequest(
  document: Document,
  operations: readonly Operation[],
  known: Known,
  chance: Chance,
): HostileRequest {
  const operation = chance.pick(operations);
  const request = politeRequest(document, operation, known, chance);
  for (let blows = 1 + chance.below(2); blows > 0; blows--) strike(request, chance);
  return request;
}

function politeRequest(document: Document, operation: Operation, known: Known, chance: Chance): HostileRequest {
  const { method, path, parameters, body, lines } = operation;
  const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(polite(document, {}, name, known, chance)));
  const asked = parameters.filter(({ in: place }) => place === 'query' && chance.below(3) === 0);
  const query = asked.map(
    ({ name, schema = {} }) => `${name}=${encodeURIComponent(String(polite(document, schema, name, known, chance)))}`,
  );
  const value = body && polite(document, body, '', known, chance);
  return {
    operation: `${method} ${path}`,
    method,
    path: query.length > 0 ? `${address}?${query.join('&')}` : address,
    headers: {
      'content-type': lines ? 'application/x-ndjson' : 'application/json',
      'idempotency-key': `hostile-${chance.below(2 ** 31)}`,
    },
    body: value === undefined ? undefined : Buffer.from(JSON.stringify(value)),
  };
}

function strike(request: HostileRequest, chance: Chance): void {
  const text = request.body?.toString() ?? '{}';
  switch (chance.pick(request.body ? ON_BODIES : ON_ADDRESSES)) {
    case 'value':
      request.body = Buffer.from(JSON.stringify(spoiled(parsed(text), chance)));
      return;
    case 'text':
      request.body = chance.below(150) === 0 ? HUGE : chance.pick(RAW)(text, chance);
      return;
    case 'query':
      request.path += `${request.path.includes('?') ? '&' : '?'}${chance.pick(QUERIES)}`;
      return;
    case 'header':
      Object.assign(request.headers, chance.pick(HEADERS));
      return;
    case 'method':
      request.method = chance.pick(METHODS);
      return;
    case 'address':
      request.path = request.path.replace(/[^/?]+(?=\?|$)/, () => chance.pick(WORDS));
  }
}

/** Most blows leave the address alone, so that they get past the door. */
type Blow = 'value' | 'text' | 'query' | 'header' | 'method' | 'address';
const ON_BODIES: readonly Blow[] = [
  'value',
  'value',
  'value',
  'value',
  'value',
  'text',
  'text',
  'query',
  'header',
  'address',
];
const ON_ADDRESSES: readonly Blow[] = ['query', 'query', 'query', 'query', 'header', 'header', 'method', 'address'];

/** What a blow before this one has made unreadable, or too deep to write again, stays one text. */
const parsed = (text: string): Json => {
  if (text.length > 20_000) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};
