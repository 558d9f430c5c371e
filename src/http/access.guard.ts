// Who is calling: the owner's bootstrap key for now; grants by role and scope take their place here.
import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import type { Actor } from '../core/event.js';
import { Rejection } from '../core/rejection.js';

export const ROLES = [
  'school-clerk',
  'district-officer',
  'finance',
  'auditor',
  'administrator',
  'key-custodian',
] as const;
export type Role = (typeof ROLES)[number];

export interface Principal {
  id: string;
  name: string;
  roles: readonly Role[];
  scope: { all: true };
}

declare module 'fastify' {
  interface FastifyRequest {
    principal?: Principal;
  }
}

const PUBLIC = 'public-route';

/** The few routes that need no key. */
export const Public = () => SetMetadata(PUBLIC, true);

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Keys that open the service; only their digests are held. */
export class Keyring {
  private readonly bootstrap: Buffer;

  constructor(bootstrapKey: string) {
    this.bootstrap = digest(bootstrapKey);
  }

  principalOf(key: string): Principal | undefined {
    if (!timingSafeEqual(digest(key), this.bootstrap)) return undefined;
    return { id: 'owner', name: 'Owner', roles: ROLES, scope: { all: true } };
  }
}

@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keyring: Keyring,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const [, key] = /^Bearer ([\x21-\x7e]{1,512})$/.exec(request.headers.authorization ?? '') ?? [];
    const principal = key === undefined ? undefined : this.keyring.principalOf(key);
    if (!principal) throw new Rejection('unauthenticated');
    request.principal = principal;
    return true;
  }
}

/** As whom an event is recorded. */
export const actorOf = ({ id, name, roles }: Principal): Actor => ({
  id,
  name,
  role: roles.length === ROLES.length ? 'owner' : (roles[0] ?? ''),
});
