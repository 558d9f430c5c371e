// Default deny: who is calling, by which route, with which duty. A route that the matrix does not name stops the start.
import { createParamDecorator, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Credentials } from '../access/credential.view.js';
import { dutyOf, dutyOfRoute, DUTY_NAMES, isPublic } from '../access/matrix.js';
import { Permits } from '../access/permits.view.js';
import type { Permit, Principal } from '../access/principal.js';
import { Rejection } from '../core/rejection.js';
import { LastUse } from './last-use.js';
import { RateLimit } from './rate-limit.js';

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
    permit?: Permit;
  }
}

/** A HEAD is the GET that it stands for. */
const routeOf = (method: string, path: string): string => `${method === 'HEAD' ? 'GET' : method} ${path}`;

const routeOfRequest = ({ method, routeOptions }: FastifyRequest): string => routeOf(method, routeOptions.url ?? '');

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly credentials: Credentials,
    private readonly permits: Permits,
    private readonly limit: RateLimit,
    private readonly lastUse: LastUse,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const route = routeOfRequest(request);
    if (isPublic(route)) return true;
    const principal = await this.callerOf(request);
    const duty = dutyOfRoute(route);
    if (duty === undefined) throw new Rejection('forbidden');
    request.principal = principal;
    request.permit = await this.permits.permit(principal, duty);
    return true;
  }

  private async callerOf({ headers, ip }: FastifyRequest): Promise<Principal> {
    const [, bearer] = /^Bearer ([\x21-\x7e]{1,8192})$/.exec(headers.authorization ?? '') ?? [];
    const known = bearer === undefined ? undefined : await this.credentials.knownBy(bearer);
    await this.limit.demandRoom(known ? known.principal.id : `address:${ip}`);
    if (!known) throw new Rejection('unauthenticated');
    if (known.keyId !== undefined) this.lastUse.used(known.keyId);
    return known.principal;
  }
}

/** Collects every route that the server is given, the documentation's included. */
export function watchRoutes(server: FastifyInstance): ReadonlySet<string> {
  const routes = new Set<string>();
  server.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.add(routeOf(one, url));
  });
  return routes;
}

/** Routes and matrix name each other; what only one of them knows is a mistake that must not run. */
export function demandMatrixOf(routes: ReadonlySet<string>): void {
  const named = new Set(DUTY_NAMES.flatMap((name) => dutyOf(name).routes));
  const unnamed = [...routes].filter((route) => !named.has(route) && !isPublic(route));
  const missing = [...named].filter((route) => !routes.has(route));
  if (unnamed.length > 0) throw new Error(`no duty in src/access/matrix.ts names ${unnamed.join(', ')}`);
  if (missing.length > 0)
    throw new Error(`src/access/matrix.ts names routes that are not there: ${missing.join(', ')}`);
}

const permitOf = (context: ExecutionContext): Permit => {
  const { permit } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!permit) throw new Rejection('forbidden');
  return permit;
};

/** What the caller may do here. */
export const Permitted = createParamDecorator((_: unknown, context: ExecutionContext): Permit => permitOf(context));

/** How far the caller reaches with the duty of this route. */
export const Within = createParamDecorator((_: unknown, context: ExecutionContext) => permitOf(context).reach);
