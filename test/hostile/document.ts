// The served OpenAPI document as a source of requests: for each operation, what a polite client would send.
import type { Chance } from '../durability/chance.js';

export interface Schema {
  $ref?: string;
  type?: string;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  example?: unknown;
  format?: string;
  oneOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  additionalProperties?: Schema | boolean;
}

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  schema?: Schema;
}

export interface Operation {
  method: string;
  path: string;
  parameters: Parameter[];
  body: Schema | undefined;
  /** One JSON object a line. */
  lines: boolean;
}

export interface Document {
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[]; requestBody?: { content: Record<string, { schema: Schema }> } }>
  >;
  components: { schemas: Record<string, Schema> };
}

export const operationsOf = ({ paths }: Document): Operation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => {
      const [first] = Object.entries(requestBody?.content ?? {});
      const [type, content] = first ?? ['', undefined];
      return { method: method.toUpperCase(), path, parameters, body: content?.schema, lines: type.includes('ndjson') };
    }),
  );

/** Ids of things that are there, by the name of the field or parameter that takes them. */
export type Known = Record<string, readonly string[]>;

/** A value as the schema describes it, with ids that exist where a field takes one. */
export function polite(document: Document, schema: Schema, name: string, known: Known, chance: Chance): unknown {
  const ids = known[name];
  if (ids && ids.length > 0 && chance.below(10) > 0) return chance.pick(ids);
  const ref = schema.$ref?.split('/').at(-1);
  if (ref !== undefined) return polite(document, document.components.schemas[ref] ?? {}, name, known, chance);
  if (schema.example !== undefined && chance.below(4) > 0) return schema.example;
  if (schema.enum) return chance.pick(schema.enum);
  const [one] = schema.oneOf ?? schema.allOf ?? [];
  if (one) return polite(document, one, name, known, chance);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([field]) => schema.required?.includes(field) || chance.below(2) > 0)
          .map(([field, of]) => [field, polite(document, of, field, known, chance)]),
      );
    case 'array':
      return Array.from({ length: 1 + chance.below(3) }, () =>
        polite(document, schema.items ?? {}, name.replace(/s$/, ''), known, chance),
      );
    case 'integer':
    case 'number':
      return (schema.minimum ?? 0) + chance.below(50);
    case 'boolean':
      return chance.below(2) > 0;
    default:
      return schema.format === 'date'
        ? chance.pick(['2025-11-20', '2026-01-31'])
        : chance.pick(['试', 'text', '1', '90.00']);
  }
}
