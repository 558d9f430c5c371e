// The OpenAPI document, served and rendered from local files; and short decorators that keep controllers readable.
import { applyDecorators, HttpCode, type INestApplication } from '@nestjs/common';
import {
  ApiHeader,
  ApiOkResponse,
  ApiCreatedResponse,
  ApiResponse,
  DocumentBuilder,
  SwaggerModule,
  type OpenAPIObject,
} from '@nestjs/swagger';
import { REJECTIONS, type RejectionCode } from '../core/rejections.js';

const PROBLEM_CONTENT = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** The refusals of a route, one response a status, each naming its codes. */
function refusals(codes: readonly RejectionCode[]) {
  const byStatus = new Map<number, RejectionCode[]>();
  for (const code of codes) {
    const { status } = REJECTIONS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return [...byStatus].map(([status, named]) =>
    ApiResponse({ status, description: named.join(' · '), content: PROBLEM_CONTENT }),
  );
}

const OF_EVERY_ROUTE: readonly RejectionCode[] = [
  'malformed',
  'unknown-parameter',
  'unauthenticated',
  'forbidden',
  'projection-behind',
];
const OF_EVERY_WRITE: readonly RejectionCode[] = [
  'idempotency-key-invalid',
  'concurrent-change',
  'stale-revision',
  'body-too-large',
  'media-type-unsupported',
  'idempotency-key-reused',
  'storage-full',
];

const positionHeader = {
  'Ledger-Position': { description: 'Ledger position of the answer', schema: { type: 'integer' as const } },
};
const writeHeaders = {
  ...positionHeader,
  ETag: { description: 'Revision of the stream after the command', schema: { type: 'string' as const } },
  Location: { description: 'Where the result is read', schema: { type: 'string' as const } },
  'Idempotent-Replayed': {
    description: '`true` where this is the first answer again',
    schema: { type: 'string' as const },
  },
};

/** A read: what it answers with, and what it may refuse. */
export const Answers = (description: string, codes: readonly RejectionCode[] = []) =>
  applyDecorators(
    ApiOkResponse({ description, headers: positionHeader }),
    ApiHeader({ name: 'Ledger-Position', required: false, description: 'Wait until the views contain this position' }),
    ...refusals([...OF_EVERY_ROUTE, ...codes]),
  );

/** A write: whether it makes something new, and what it may refuse in the order of precedence. */
export const Writes = (effect: 'created' | 'done', codes: readonly RejectionCode[] = [], money = false) =>
  applyDecorators(
    HttpCode(effect === 'created' ? 201 : 200),
    (effect === 'created' ? ApiCreatedResponse : ApiOkResponse)({
      description: effect === 'created' ? 'Recorded' : 'Done',
      headers: writeHeaders,
    }),
    ApiHeader({
      name: 'Idempotency-Key',
      required: money,
      description: '1 to 64 visible ASCII characters; the same key and body give the first answer again',
    }),
    ApiHeader({ name: 'If-Match', required: false, description: 'The ETag that was read; a stale one is refused' }),
    ...refusals([
      ...(money ? (['idempotency-key-required'] as const) : []),
      ...OF_EVERY_ROUTE,
      ...OF_EVERY_WRITE,
      ...codes,
    ]),
  );

const DESCRIPTION = `Event-sourced ledger of student aid (学生资助台账): policies as data, payments as immutable events,
entitlements with their explanation, annual totals. Money is text in yuan, dates are civil dates of Asia/Shanghai,
instants are UTC, terms are \`2026-autumn\` and \`2027-spring\`. Errors are application/problem+json with a \`code\`.`;

export function describeApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Student Aid Ledger 学生资助台账')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .build();
  const document = SwaggerModule.createDocument(app, config);
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM_SCHEMA },
  };
  return document;
}

const text = { type: 'string' as const };

const PROBLEM_SCHEMA = {
  type: 'object' as const,
  description: 'RFC 9457 problem; `detail` says in Chinese and English what is wrong',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: text,
    title: text,
    status: { type: 'integer' as const },
    detail: text,
    code: { ...text, enum: Object.keys(REJECTIONS) },
    errors: {
      type: 'array' as const,
      items: { type: 'object' as const, properties: { path: text, code: text, message: text, expected: {}, fact: {} } },
    },
  },
};

/** `/openapi.json` and, rendered from the installed package, `/docs`. */
export function serveApiDescription(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => describeApi(app), {
    jsonDocumentUrl: 'openapi.json',
    customSiteTitle: 'Student Aid Ledger 学生资助台账',
  });
}
