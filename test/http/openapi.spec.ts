// The OpenAPI document of the built service: every route that is served, every field that is asked for.
import { rmSync } from 'node:fs';
import { newDirectory } from '../support/service.js';
import { start, type Running } from '../crash/process.js';
import { REJECTIONS } from '../../src/core/rejections.js';

interface Operation {
  summary?: string;
  responses: Record<string, { description: string }>;
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
}

let directory: string;
let service: Running;
let api: {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, object>; required?: string[] }> };
};

beforeAll(async () => {
  directory = newDirectory();
  service = await start(directory);
  api = (await (await fetch(`${service.url}/openapi.json`)).json()) as typeof api;
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

const operations = () =>
  Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ id: `${method} ${path}`, operation })),
  );

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
  const never = new Set(['internal', 'not-found', 'too-many-requests', 'ledger-unavailable']);
  const missing = Object.keys(REJECTIONS).filter((code) => !described.has(code) && !never.has(code));
  expect(missing).toEqual([]);
});

test('the page that renders it comes from this host alone', async () => {
  const page = await (await fetch(`${service.url}/docs`)).text();
  expect(page).toContain('swagger-ui');
  expect(page).not.toMatch(/(?:src|href)="https?:/);
  const script = await fetch(`${service.url}/docs/swagger-ui-bundle.js`);
  expect(script.status).toBe(200);
});
