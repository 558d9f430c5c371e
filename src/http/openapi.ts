// The OpenAPI document, served and rendered from local files; and short decorators that keep controllers readable.
import { applyDecorators, type INestApplication, type Type } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiHeader,
  ApiResponse,
  DocumentBuilder,
  getSchemaPath,
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
  'too-many-requests',
  'projection-behind',
  'records-withheld',
  'overloaded',
  'ledger-unavailable',
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

/** A class of a `*.dto.ts` file: the build writes its fields, their types and comments into the document. */
type Model = Type<object>;

/** What a class describes, as code holds it: lists may be read-only, and what is undefined is not written. */
export type Described<T> = T extends readonly (infer Item)[]
  ? readonly Described<Item>[]
  : T extends object
    ? { [Field in keyof T]: object extends Pick<T, Field> ? Described<T[Field]> | undefined : Described<T[Field]> }
    : T;

/** Fits a method that answers with such a body, or with text in another format; the compiler checks it. */
type On<Body> = <Method extends (...parameters: never[]) => Body | string | Promise<Body | string>>(
  target: object,
  name: string | symbol,
  method: TypedPropertyDescriptor<Method>,
) => void;

const refTo = (model: Model) => ({ $ref: getSchemaPath(model) });

/** The body of an answer; of several classes it is one. Stated as content, so that no guess of the build stands. */
function bodyOf(models: Model | readonly Model[], mediaType = 'application/json') {
  const all = [models].flat();
  const [schema, ...others] = all.map(refTo);
  return {
    models: ApiExtraModels(...all),
    content: { [mediaType]: { schema: schema && others.length === 0 ? schema : { oneOf: all.map(refTo) } } },
  };
}

/** An answer in text, and what it holds. */
export const asText = (mediaType: string, description: string) => ({
  [mediaType]: { schema: { type: 'string' as const, description } },
});

/** A read: the class that describes its answer (or several), in words, and what it may refuse. */
export function Answers<M extends Model>(
  models: M | readonly M[],
  description: string,
  codes: readonly RejectionCode[] = [],
  otherFormats: ReturnType<typeof asText> = {},
): On<Described<InstanceType<M>>> {
  const body = bodyOf(models);
  return applyDecorators(
    body.models,
    ApiResponse({ status: 200, description, headers: positionHeader, content: { ...body.content, ...otherFormats } }),
    ApiHeader({ name: 'Ledger-Position', required: false, description: 'Wait until the views contain this position' }),
    ...refusals([...OF_EVERY_ROUTE, ...codes]),
  );
}

const RECORDED = { status: 201, description: 'Recorded' };
const DONE = { status: 200, description: 'Done' };
const EFFECTS = {
  created: [RECORDED],
  done: [DONE],
  /** Created where it is new, done where it is known. */
  'created or done': [RECORDED, { ...DONE, description: 'Known already; amended where the particulars differ' }],
};

/**
 * A write: the class that describes its answer, whether it makes something new, and what it may refuse in the order
 * of precedence. A route whose effect is `done` says `@HttpCode(200)` too: the build looks for it by name and would
 * otherwise describe a 201 as well.
 */
export function Writes(
  model: Model,
  effect: keyof typeof EFFECTS,
  codes: readonly RejectionCode[] = [],
  money = false,
) {
  const body = bodyOf(model);
  return applyDecorators(
    body.models,
    ...EFFECTS[effect].map((reply) => ApiResponse({ ...reply, headers: writeHeaders, content: body.content })),
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
}

const NDJSON = 'application/x-ndjson';

/** Many writes in one request, NDJSON in and out: the classes describe one line; a line names its own refusal. */
export function WritesLines(request: Model, answer: Model, description: string) {
  const body = bodyOf(answer, NDJSON);
  return applyDecorators(
    body.models,
    ApiExtraModels(request),
    ApiConsumes(NDJSON),
    ApiBody({ description: 'One JSON object a line, each as the schema describes', schema: refTo(request) }),
    ApiResponse({ status: 200, description, content: body.content }),
    ...refusals(['unknown-parameter', 'unauthenticated', 'forbidden', 'media-type-unsupported']),
  );
}

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
    raw: ['json'],
    customSiteTitle: 'Student Aid Ledger 学生资助台账',
  });
}
