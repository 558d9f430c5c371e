// The OpenAPI document as a judge: an answer must fit the schema of its route and hold nothing that is not described.
import { Ajv, type ValidateFunction } from 'ajv';
import type { Desk } from './office.js';
import type { Body } from './service.js';

export interface Schema {
  $ref?: string;
  properties?: Record<string, object>;
  required?: string[];
}

export interface Operation {
  summary?: string;
  responses: Record<string, { description: string; content?: Record<string, { schema?: Schema }> }>;
  parameters: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
}

export interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

export const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ id: `${method} ${path}`, operation })),
  );

/** JSON Schema from OpenAPI 3.0: `nullable` means "or null"; an object with fields has no others. */
function strict(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(strict);
  if (typeof part !== 'object' || part === null) return part;
  const { nullable, ...schema } = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, strict(value)]));
  const closed = 'properties' in schema ? { additionalProperties: false, ...schema } : schema;
  return nullable === true ? { anyOf: [closed, { type: 'null' }] } : closed;
}

export interface Answered {
  method: string;
  path: string;
  status: number;
  type: string;
  /** One body, or that of every line. */
  bodies: unknown[];
}

/** Judges answers; remembers which routes answered as described, and what was wrong with the others. */
export class Judge {
  readonly answered = new Set<string>();
  readonly wrong: string[] = [];
  private readonly ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  private readonly components: object;
  private readonly validators = new Map<Schema, ValidateFunction>();

  constructor(private readonly document: Document) {
    this.components = strict(document.components) as object;
  }

  judge({ method, path, status, type, bodies }: Answered): void {
    const route = this.routeOf(method, path);
    const id = `${route?.id ?? `${method} ${path}`} ${status}`;
    const schema = route?.operation.responses[status]?.content?.[type]?.schema;
    if (!schema) return void this.wrong.push(`${id}: ${type} is not described`);
    const validate = this.validatorOf(schema);
    for (const body of bodies) if (!validate(body)) this.wrong.push(`${id}: ${this.ajv.errorsText(validate.errors)}`);
    this.answered.add(id);
  }

  private validatorOf(schema: Schema): ValidateFunction {
    const known = this.validators.get(schema);
    if (known) return known;
    const validate = this.ajv.compile({ ...(strict(schema) as object), components: this.components });
    this.validators.set(schema, validate);
    return validate;
  }

  /** `/v1/payments/bulk` goes before `/v1/payments/{paymentId}`, as in the router. */
  private routeOf(method: string, path: string) {
    const [bare = ''] = path.split('?');
    const pattern = (id: string) => new RegExp(`^${id.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
    return operationsOf(this.document)
      .filter(({ id }) => pattern(id).test(`${method} ${bare}`))
      .sort((a, b) => a.id.split('{').length - b.id.split('{').length)[0];
  }
}

/** A desk at a running service, where every answer is judged. */
export function judgedDesk(url: string, key: string, judge: Judge): Desk {
  const ask = async (method: 'get' | 'post', path: string, headers: Record<string, string>, body?: string) => {
    const reply = await fetch(url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body !== undefined && { body }),
    });
    const [type = ''] = (reply.headers.get('content-type') ?? '').split(';');
    const text = await reply.text();
    const bodies = bodiesOf(type, text);
    judge.judge({ method, path, status: reply.status, type, bodies });
    return { status: reply.status, headers: Object.fromEntries(reply.headers), text, body: (bodies[0] ?? {}) as Body };
  };
  return {
    get: (path, headers = {}) => ask('get', path, headers),
    post: (path, body, headers = {}) =>
      typeof body === 'string'
        ? ask('post', path, headers, body)
        : ask('post', path, { 'content-type': 'application/json', ...headers }, JSON.stringify(body)),
  };
}

function bodiesOf(type: string, text: string): unknown[] {
  if (!type.includes('json')) return [text];
  const texts = type === 'application/x-ndjson' ? text.trim().split('\n') : [text];
  return texts.map((line) => JSON.parse(line) as unknown);
}
