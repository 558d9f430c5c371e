// Keys and grants: their commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import { Clock, Ids } from '../core/clock.js';
import type { CivilDate } from '../core/civil-date.js';
import { Ledger } from '../event-store/ledger.js';
import { digestOf, type NewApiKey } from '../keys/api-key.js';
import { handle, OfficeCommand } from '../office/command.js';
import type { GrantEvent, KeyEvent } from './access.events.js';
import { Credentials } from './credential.view.js';
import type { Role } from './matrix.js';
import {
  giveGrant,
  grantsDecider,
  issueKey,
  keyDecider,
  revokeGrant,
  revokeKey,
  type Grant,
  type Key,
} from './permission.js';
import { Permits } from './permits.view.js';
import type { Scope } from './scope.js';
import { grantIdOf, grantsStream, grantsStreamOf, keyStream } from './streams.js';

interface Allowing {
  role: Role;
  scope: Scope;
  expiresOn?: CivilDate;
}

/** 签发密钥 */
export class IssueKey extends OfficeCommand<Allowing & Omit<NewApiKey, 'key'> & { name: string }> {}
/** 吊销密钥 */
export class RevokeKey extends OfficeCommand<{ keyId: string; reason: string }> {}
/** 授权 */
export class GiveGrant extends OfficeCommand<Allowing & { holder: string; from?: CivilDate }> {}
/** 撤销授权 */
export class RevokeGrant extends OfficeCommand<{ grantId: string; reason: string }> {}

@Injectable()
export class AccessBook {
  constructor(
    private readonly ledger: Ledger,
    private readonly permits: Permits,
    private readonly credentials: Credentials,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async issue({ order, context }: IssueKey) {
    const replay = await this.ledger.replayOf<KeyEvent>(context);
    if (replay) return replay;
    const data = { ...order, within: await this.permits.whereaboutsOf(order.scope) };
    return this.ledger.execute<Key | null, KeyEvent>({
      stream: keyStream(order.keyId),
      decider: keyDecider,
      context,
      decide: (key) => issueKey(key, data, context.reach, this.clock.today()),
    });
  }

  revoke({ order, context }: RevokeKey) {
    return this.ledger.execute<Key | null, KeyEvent>({
      stream: keyStream(order.keyId),
      decider: { ...keyDecider, initial: this.credentials.ownerKey(order.keyId) },
      context,
      decide: (key) => revokeKey(key, order, context.reach),
    });
  }

  async give({ order: { from = this.clock.today(), ...order }, context }: GiveGrant) {
    const digest = digestOf(order.holder);
    const within = await this.permits.whereaboutsOf(order.scope);
    const data = { grantId: grantIdOf(digest, this.ids.next()), ...order, from, within };
    return this.ledger.execute<readonly Grant[], GrantEvent>({
      stream: grantsStream(digest),
      decider: grantsDecider,
      context,
      decide: (grants) => giveGrant(grants, data, context.reach, this.clock.today()),
    });
  }

  withdraw({ order, context }: RevokeGrant) {
    return this.ledger.execute<readonly Grant[], GrantEvent>({
      stream: grantsStreamOf(order.grantId),
      decider: grantsDecider,
      context,
      decide: (grants) => revokeGrant(grants, order, context.reach),
    });
  }
}

export const accessHandlers = [
  handle(IssueKey, AccessBook, (book, command) => book.issue(command)),
  handle(RevokeKey, AccessBook, (book, command) => book.revoke(command)),
  handle(GiveGrant, AccessBook, (book, command) => book.give(command)),
  handle(RevokeGrant, AccessBook, (book, command) => book.withdraw(command)),
];
