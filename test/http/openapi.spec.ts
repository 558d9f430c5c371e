// The OpenAPI document of the built service: every route that is served, every field asked for or answered.
import { rmSync } from 'node:fs';
import { Judge, judgedDesk, operationsOf, type Document, type Operation } from '../support/described.js';
import { comeByEveryRoute } from '../support/every-route.js';
import { newDirectory } from '../support/service.js';
import { start, type Running } from '../crash/process.js';
import { REJECTIONS } from '../../src/core/rejections.js';

let directory: string;
let service: Running;
let api: Document;

beforeAll(async () => {
  directory = newDirectory();
  service = await start(directory);
  api = (await (await fetch(`${service.url}/openapi.json`)).json()) as Document;
});
afterAll(async () => {
  await service.stop();
  rmSync(directory, { recursive: true, force: true });
});

/** The routes that the contract names. */
const CONTRACT = `
get /health/live
get /health/ready
get /metrics
get /v1/policies
get /v1/policies/{policyId}
post /v1/policies
post /v1/policies/{policyId}/versions
post /v1/policies/{policyId}/withdrawal
post /v1/schools
get /v1/schools
get /v1/schools/{schoolId}
post /v1/districts
get /v1/districts
post /v1/students
get /v1/students
get /v1/students/{studentId}
post /v1/students/search
post /v1/students/{studentId}/enrolments
post /v1/students/{studentId}/departures
post /v1/students/{studentId}/hardship
post /v1/students/{studentId}/hardship/{determinationId}/revocation
post /v1/payments
post /v1/payments/bulk
get /v1/payments
get /v1/payments/{paymentId}
post /v1/payments/{paymentId}/reversal
post /v1/payments/{paymentId}/return
get /v1/payments/{paymentId}/explanation
get /v1/students/{studentId}/entitlements
get /v1/entitlements
get /v1/students/{studentId}/history
get /v1/totals
get /v1/totals/bridge
get /v1/ledger
get /v1/ledger/verification
get /v1/ledger/events
get /v1/me`
  .trim()
  .split('\n');

const operations = () => operationsOf(api);

test('every route of the contract is described, with a summary', () => {
  const described = operations();
  expect(described.map(({ id }) => id)).toEqual(expect.arrayContaining(CONTRACT));
  for (const { id, operation } of described)
    expect({ id, summary: operation.summary ?? '' }).toEqual({ id, summary: expect.stringMatching(/\w+/) });
});

test('a payment is described field by field', () => {
  const schema = api.components.schemas['RecordPaymentDto'];
  expect(Object.keys(schema?.properties ?? {})).toEqual([
    'studentId',
    'policyId',
    'term',
    'paidOn',
    'amount',
    'days',
    'method',
    'reference',
    'exception',
  ]);
  expect(schema?.required).toEqual(['studentId', 'policyId', 'term', 'paidOn', 'method', 'reference']);
  expect(schema?.properties?.['amount']).toMatchObject({ type: 'string', pattern: expect.any(String) });
});

test('a policy is described down to its legal source', () => {
  for (const name of [
    'PublishPolicyDto',
    'PolicyVersionDto',
    'EligibilityDto',
    'BenefitDto',
    'FundingShareDto',
    'LegalDto',
  ])
    expect(Object.keys(api.components.schemas[name]?.properties ?? {}).length).toBeGreaterThan(1);
});

test('filters are described where they are taken', () => {
  const names = (id: string): string[] =>
    operations()
      .find((found) => found.id === id)
      ?.operation.parameters.map(({ name }) => name) ?? [];
  expect(names('get /v1/payments')).toEqual(
    expect.arrayContaining([
      'studentId',
      'policyId',
      'schoolId',
      'term',
      'paidFrom',
      'paidTo',
      'state',
      'limit',
      'cursor',
    ]),
  );
  expect(names('get /v1/totals')).toEqual(
    expect.arrayContaining(['fiscalYear', 'schoolYear', 'term', 'from', 'to', 'by', 'knownAt']),
  );
  expect(names('post /v1/payments')).toEqual(expect.arrayContaining(['Idempotency-Key', 'If-Match']));
});

test('the refusals of a payment are described by status', () => {
  const responses = api.paths['/v1/payments']?.['post']?.responses ?? {};
  expect(responses['422']?.description).toContain(
    'not-eligible · exclusive-policy · already-granted · entitlement-exceeded',
  );
  const described = new Set(
    operations().flatMap(({ operation }) =>
      Object.values(operation.responses).flatMap(({ description }) => description.split(' · ')),
    ),
  );
  const never = new Set(['internal', 'not-found', 'too-many-requests']);
  const missing = Object.keys(REJECTIONS).filter((code) => !described.has(code) && !never.has(code));
  expect(missing).toEqual([]);
});

const successesOf = ({ responses }: Operation) =>
  Object.entries(responses).filter(([status]) => status === 'default' || Number(status) < 400);

test('every answer has a schema', () => {
  const registers = new Set(['post /v1/districts', 'post /v1/schools']);
  for (const { id, operation } of operations()) {
    const successes = successesOf(operation);
    const statuses = registers.has(id) ? ['200', '201'] : [expect.stringMatching(/^20[01]$/)];
    expect({ id, statuses: successes.map(([status]) => status) }).toEqual({ id, statuses });
    for (const [status, { content = {} }] of successes) {
      const types = Object.values(content);
      const schemas = types.filter(({ schema }) => schema).length;
      expect({ id, status, schemas }).toEqual({ id, status, schemas: Math.max(types.length, 1) });
    }
  }
  // Not what our methods return, but what is written: the build must not have guessed.
  expect(Object.keys(api.components.schemas)).not.toEqual(
    expect.arrayContaining([expect.stringMatching(/^(Answer|Readable|Object)$/)]),
  );
});

test('every field of an answer is described in words', () => {
  const answers = Object.entries(api.components.schemas).filter(([name]) => /(Answer|Page)$/.test(name));
  expect(answers.length).toBeGreaterThan(40);
  for (const [name, { properties = {} }] of answers)
    for (const [field, schema] of Object.entries(properties))
      expect({ field: `${name}.${field}`, ...schema }).toMatchObject({ description: expect.stringMatching(/\w+/) });
});

test('lines and tables are described with their own content types', () => {
  const bulk = api.paths['/v1/payments/bulk']?.['post'];
  const line = (name: string) => ({ 'application/x-ndjson': { schema: { $ref: `#/components/schemas/${name}` } } });
  expect(bulk?.requestBody?.content).toEqual(line('BulkPaymentDto'));
  expect(bulk?.responses['200']?.content).toEqual(line('BulkLineAnswer'));
  const totals = api.paths['/v1/totals']?.['get']?.responses['200']?.content ?? {};
  expect(Object.keys(totals)).toEqual(['application/json', 'text/csv']);
});

test('a small office is answered on every route as the document says, and with nothing else', async () => {
  const judge = new Judge(api);
  await comeByEveryRoute(judgedDesk(service.url, 'crash-key', judge));
  expect(judge.wrong).toEqual([]);
  const promised = operations().flatMap(({ id, operation }) =>
    successesOf(operation).map(([status]) => `${id} ${status}`),
  );
  expect([...judge.answered].sort()).toEqual(promised.sort());
});

test('control: a field that is answered but not described is found, and one that is missing', () => {
  const judge = new Judge(api);
  const bodies = [{ status: 'ok' }, { status: 'ok', mood: 'fine' }, {}];
  judge.judge({ method: 'get', path: '/health/live', status: 200, type: 'application/json', bodies });
  expect(judge.wrong).toEqual([
    'get /health/live 200: data must NOT have additional properties',
    "get /health/live 200: data must have required property 'status'",
  ]);
});

test('the page that renders it comes from this host alone', async () => {
  const page = await (await fetch(`${service.url}/docs`)).text();
  expect(page).toContain('swagger-ui');
  expect(page).not.toMatch(/(?:src|href)="https?:/);
  const script = await fetch(`${service.url}/docs/swagger-ui-bundle.js`);
  expect({ status: script.status, text: (await script.text()).length > 0 }).toEqual({ status: 200, text: true });
});
