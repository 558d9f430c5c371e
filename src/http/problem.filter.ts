// Every error leaves as application/problem+json (RFC 9457); what we did not foresee leaves as 500 without its text.
import { Catch, HttpException, Inject, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { Rejection } from '../core/rejection.js';
import { StorageFull, StorageUnavailable } from '../core/storage.js';
import type { RejectionCode } from '../core/rejections.js';

export const LOGGER = Symbol('logger');

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  [member: string]: unknown;
}

/** Status of an error of the framework → our code. */
const CODES: Partial<Record<number, RejectionCode>> = {
  400: 'malformed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  405: 'not-found',
  413: 'body-too-large',
  415: 'media-type-unsupported',
  429: 'too-many-requests',
};

const words = (code: string): string => code.charAt(0).toUpperCase() + code.slice(1).replaceAll('-', ' ');

export const problemOf = (rejection: Rejection): Problem => ({
  type: `urn:student-aid-ledger:rejection:${rejection.code}`,
  title: words(rejection.code),
  status: rejection.status,
  detail: rejection.sentence,
  code: rejection.code,
  ...rejection.details,
});

const statusOf = (error: unknown): number | undefined => {
  if (error instanceof HttpException) return error.getStatus();
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return undefined;
};

export function asRejection(error: unknown): Rejection {
  if (error instanceof Rejection) return error;
  if (error instanceof StorageFull) return new Rejection('storage-full');
  if (error instanceof StorageUnavailable) return new Rejection('ledger-unavailable');
  const status = statusOf(error);
  const code = status === undefined ? undefined : CODES[status];
  return new Rejection(code ?? (status && status < 500 ? 'malformed' : 'internal'));
}

@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(@Inject(LOGGER) private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const rejection = asRejection(error);
    if (rejection.code === 'internal') this.logger.error({ err: error, requestId: request.id }, 'unforeseen error');
    if (rejection === error && rejection.status >= 500 && rejection.cause !== undefined)
      this.logger.warn({ err: rejection.cause, requestId: request.id, code: rejection.code }, 'cannot answer now');
    if (error instanceof StorageUnavailable) this.logger.warn({ err: error, requestId: request.id }, 'storage is away');
    sendProblem(reply, rejection);
  }
}

/** For the filter, and for what the framework refuses before any route is found. */
export function sendProblem(reply: FastifyReply, rejection: Rejection): void {
  if (rejection.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  const { retryAfter } = rejection.details;
  if (rejection.status === 429) void reply.header('Retry-After', String(Number(retryAfter ?? 1)));
  if (rejection.status === 503) void reply.header('Retry-After', '1');
  void reply
    .status(rejection.status)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(rejection)));
}
