// What controllers return: a write with its place and revision, or a plain body; headers follow from it.
import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { map, type Observable } from 'rxjs';
import { Rejection } from '../core/rejection.js';
import type { Recorded } from '../event-store/order.js';
import { Freshness } from '../office/freshness.js';

export class Answer {
  private constructor(
    readonly status: number,
    readonly location: string | undefined,
    readonly body: object,
    readonly recorded: Recorded,
  ) {}

  /** Something new has an address. */
  static created = (location: string, body: object, recorded: Recorded): Answer =>
    new Answer(201, location, body, recorded);

  /** The command changed something that is there already. */
  static done = (location: string, body: object, recorded: Recorded): Answer =>
    new Answer(200, location, body, recorded);
}

/** A body that has a revision of its own to be matched against. */
const revisionOf = (body: unknown): number | undefined =>
  typeof body === 'object' && body !== null && 'revision' in body && typeof body.revision === 'number'
    ? body.revision
    : undefined;

const askedPosition = (request: FastifyRequest): number => {
  const value = request.headers['ledger-position'];
  if (value === undefined) return 0;
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  throw new Rejection('malformed', {
    errors: [{ path: 'Ledger-Position', code: 'position', message: '须为台账位置 · must be a ledger position' }],
  });
};

const READS = 'reads';

/** A POST that only reads: its body says what to look for. */
export const Reads = () => SetMetadata(READS, true);

/** Waits until a read may be answered, and puts position, revision and replay into the headers. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(
    private readonly freshness: Freshness,
    private readonly reflector: Reflector,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (!request.principal) return next.handle();
    demandKnownParameters(context, request);
    const reads = request.method === 'GET' || this.reflector.get<boolean | undefined>(READS, context.getHandler());
    const position = reads ? await this.freshness.current(askedPosition(request)) : undefined;
    return next
      .handle()
      .pipe(
        map((result: unknown) => (result instanceof Answer ? written(reply, result) : read(reply, result, position))),
      );
  }
}

function written(reply: FastifyReply, { status, location, body, recorded }: Answer): object {
  void reply.status(status).header('Ledger-Position', recorded.position).header('ETag', `"${recorded.revision}"`);
  if (location) void reply.header('Location', location);
  if (recorded.replayed) void reply.header('Idempotent-Replayed', 'true');
  return body;
}

function read(reply: FastifyReply, body: unknown, position: number | undefined): unknown {
  if (position !== undefined) void reply.header('Ledger-Position', position);
  const revision = revisionOf(body);
  if (revision !== undefined) void reply.header('ETag', `"${revision}"`);
  return body;
}

/** A route that takes no query refuses every parameter; the others refuse theirs by their DTO. */
function demandKnownParameters(context: ExecutionContext, request: FastifyRequest): void {
  const [parameter] = Object.keys(request.query as object);
  if (parameter === undefined) return;
  const taken = (Reflect.getMetadata(ROUTE_ARGS_METADATA, context.getClass(), context.getHandler().name) ??
    {}) as object;
  const takesQuery = Object.keys(taken).some((key) => key.startsWith(`${RouteParamtypes.QUERY}:`));
  if (!takesQuery) throw new Rejection('unknown-parameter', { parameter });
}
