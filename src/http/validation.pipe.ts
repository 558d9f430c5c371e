// Validates bodies and queries against their DTOs and says what is wrong with each field.
import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Rejection, type RejectionItem } from '../core/rejection.js';
import { readerOf, type Reader } from './well-formed.js';

const kebab = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase();

const UNKNOWN_FIELD = 'whitelistValidation';

function itemsOf(errors: readonly ValidationError[], path = ''): RejectionItem[] {
  return errors.flatMap(({ property, constraints = {}, children = [] }) => {
    const at = path ? `${path}.${property}` : property;
    const own = Object.entries(constraints).map(([name, message]) =>
      name === UNKNOWN_FIELD
        ? { path: at, code: 'unknown-field', message: '没有此字段 · there is no such field' }
        : { path: at, code: kebab(name), message },
    );
    return [...own, ...itemsOf(children, at)];
  });
}

@Injectable()
export class RequestPipe extends ValidationPipe {
  private readonly readers = new Map<unknown, Reader>();

  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      exceptionFactory: (errors) => new Rejection('malformed', { errors: itemsOf(errors) }),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'body' && (typeof value !== 'object' || value === null || Array.isArray(value)))
      throw new Rejection('malformed', {
        errors: [{ path: '', code: 'object', message: '须为 JSON 对象 · must be a JSON object' }],
      });
    try {
      return this.wellFormed(value, metadata) ?? ((await super.transform(value, metadata)) as unknown);
    } catch (error) {
      throw metadata.type === 'query' ? asQueryError(error) : error;
    }
  }

  /** What is made of other values, as a grade of a number, is what it should be when it keeps the rules; a query is all text. */
  private wellFormed(value: unknown, { type, metatype }: ArgumentMetadata): object | undefined {
    if (type !== 'body' || !metatype || typeof value !== 'object' || value === null) return undefined;
    let reader = this.readers.get(metatype);
    if (!reader) this.readers.set(metatype, (reader = readerOf(metatype)));
    return reader(value);
  }
}

/** A filter that does not exist is named, never ignored. */
function asQueryError(error: unknown): unknown {
  if (!(error instanceof Rejection)) return error;
  const unknown = error.details.errors?.find(({ code }) => code === 'unknown-field');
  return unknown ? new Rejection('unknown-parameter', { parameter: unknown.path }) : error;
}
