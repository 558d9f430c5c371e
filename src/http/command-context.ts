// From request to command context: who, under which idempotency key, against which revision.
import { Readable } from 'node:stream';
import { createParamDecorator, Injectable, type ExecutionContext, type CanActivate } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../access/principal.js';
import { canonical } from '../core/canonical.js';
import { Ids } from '../core/clock.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext } from '../event-store/order.js';
import { KeyStore } from '../keys/key-store.js';

declare module 'fastify' {
  interface FastifyRequest {
    commandContext?: CommandContext;
  }
}

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

export function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = header(request, 'idempotency-key');
  if (key !== undefined && !/^[\x21-\x7e]{1,64}$/.test(key)) throw new Rejection('idempotency-key-invalid');
  return key;
}

function expectedRevisionOf(request: FastifyRequest): number | undefined {
  const tag = header(request, 'if-match');
  if (tag === undefined || tag === '*') return undefined;
  const [, revision] = /^"(\d{1,12})"$/.exec(tag) ?? [];
  if (revision === undefined)
    throw new Rejection('malformed', {
      errors: [{ path: 'If-Match', code: 'etag', message: '须为读取时的 ETag · must be the ETag that was read' }],
    });
  return Number(revision);
}

/**
 * Runs after the access guard: every POST gets its command context, derived the same way on a retry. A streamed
 * body has none as a whole: its lines are commands of their own.
 */
@Injectable()
export class CommandContextGuard implements CanActivate {
  constructor(
    private readonly ids: Ids,
    private readonly keys: KeyStore,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { principal, permit } = request;
    if (request.method !== 'POST' || !principal || !permit || request.body instanceof Readable) return true;
    const key = idempotencyKeyOf(request);
    const expectedRevision = expectedRevisionOf(request);
    request.commandContext = {
      actor: actorOf(principal, permit.role),
      reach: permit.reach,
      commandId: key === undefined ? this.ids.next() : this.keys.commandIdFor(principal.id, key),
      fingerprint: this.keys.fingerprint(`${request.url}\n${canonical(request.body)}`),
      requestId: request.id,
      ...(expectedRevision !== undefined && { expectedRevision }),
    };
    return true;
  }
}

const contextOf = (context: ExecutionContext): { request: FastifyRequest; command: CommandContext } => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  if (!request.commandContext) throw new Rejection('unauthenticated');
  return { request, command: request.commandContext };
};

/** The command context of a POST. */
export const Context = createParamDecorator((_: unknown, context: ExecutionContext) => contextOf(context).command);

/** The same where money moves: without an idempotency key nothing is recorded. */
export const MoneyContext = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const { request, command } = contextOf(context);
  if (idempotencyKeyOf(request) === undefined) throw new Rejection('idempotency-key-required');
  return command;
});
