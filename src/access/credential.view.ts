// From a credential to a caller: the owner's key, a key of the ledger, or a token whose holder has grants in the ledger.
import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import { Ledger } from '../event-store/ledger.js';
import { digestOf, isSameDigest, keyIdIn, ownerKeyId } from '../keys/api-key.js';
import type { KeyEvent } from './access.events.js';
import { grantsDecider, holds, keyDecider, type Grant, type Key } from './permission.js';
import { ownerOf, type Principal } from './principal.js';
import { grantsStream, keyStream } from './streams.js';
import type { TokenVerifier } from './tokens.js';

/** What opens the service besides the keys of the ledger. */
export class Doors {
  private constructor(
    readonly ownerDigest: string,
    readonly tokens: TokenVerifier | undefined,
  ) {}

  static of = (ownerKey: string, tokens?: TokenVerifier): Doors => new Doors(digestOf(ownerKey), tokens);
}

export interface Known {
  principal: Principal;
  /** The key that was used; tokens have none. */
  keyId?: string;
}

/** In lists it stands as an administrator's; it has every role. */
const ownersOwn = (digest: string): Key => ({
  keyId: ownerKeyId(digest),
  name: ownerOf().name,
  prefix: 'AID_BOOTSTRAP_KEY',
  digest,
  role: 'administrator',
  scope: { all: true },
  within: {},
  revoked: false,
});

@Injectable()
export class Credentials {
  constructor(
    private readonly ledger: Ledger,
    private readonly clock: Clock,
    private readonly doors: Doors,
  ) {}

  /** Read from the log itself, not from a view: what was revoked a moment ago, by any service, opens nothing. */
  async knownBy(bearer: string): Promise<Known | undefined> {
    const digest = digestOf(bearer);
    if (isSameDigest(digest, this.doors.ownerDigest)) return this.owner();
    const keyId = keyIdIn(bearer);
    return keyId === undefined ? this.token(bearer) : this.key(keyId, digest);
  }

  /** The owner's key as a key like any other; undefined where another one is meant. */
  ownerKey(keyId: string): Key | null {
    return keyId === this.ownerKeyId ? ownersOwn(this.doors.ownerDigest) : null;
  }

  get ownerKeyId(): string {
    return ownerKeyId(this.doors.ownerDigest);
  }

  /** The owner's key as lists show it; revoked by whom and when, where it is. */
  async ownerState() {
    const { state, events } = await this.ledger.load<Key | null, KeyEvent>(keyStream(this.ownerKeyId), keyDecider);
    const revocation = state === null ? events.at(0) : undefined;
    const revoked = revocation
      ? { by: revocation.meta.actor, recordedAt: revocation.recordedAt, position: revocation.position }
      : null;
    return { ...ownersOwn(this.doors.ownerDigest), revoked };
  }

  async stateOf(keyId: string): Promise<Key | null> {
    const decider = { ...keyDecider, initial: this.ownerKey(keyId) };
    return (await this.ledger.load<Key | null, KeyEvent>(keyStream(keyId), decider)).state;
  }

  private async owner(): Promise<Known | undefined> {
    const keyId = this.ownerKeyId;
    return (await this.stateOf(keyId))?.revoked ? undefined : { principal: ownerOf(), keyId };
  }

  private async key(keyId: string, digest: string): Promise<Known | undefined> {
    const key = await this.stateOf(keyId);
    if (!key || !isSameDigest(digest, key.digest) || !holds(key, this.clock.today())) return undefined;
    const { name, role, scope } = key;
    return { principal: { id: `key:${keyId}`, name, grants: [{ role, scope }] }, keyId };
  }

  /** A token says who somebody is; what they may do is in the ledger. */
  private async token(text: string): Promise<Known | undefined> {
    const bearer = await this.doors.tokens?.bearerOf(text);
    if (!bearer) return undefined;
    const held = await Promise.all(bearer.holders.map((holder) => this.grantsOf(holder)));
    const today = this.clock.today();
    const grants = held.flat().filter((grant) => holds(grant, today));
    return { principal: { id: `token:${bearer.subject}`, name: bearer.name, grants } };
  }

  private async grantsOf(holder: string): Promise<readonly Grant[]> {
    const { state } = await this.ledger.load(grantsStream(digestOf(holder)), grantsDecider);
    return state.filter((grant) => grant.holder === holder);
  }
}
