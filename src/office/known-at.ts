// "As the ledger knew it then": an instant or a position, as a ledger position.
import { Injectable } from '@nestjs/common';
import { EventStore } from '../event-store/event-store.js';

@Injectable()
export class Knowledge {
  constructor(private readonly store: EventStore) {}

  /** Undefined asks for the present. */
  async positionOf(knownAt: string | undefined): Promise<number | undefined> {
    if (knownAt === undefined) return undefined;
    if (/^\d+$/.test(knownAt)) return Math.min(Number(knownAt), (await this.store.head()).position);
    return this.store.positionAt(new Date(knownAt).toISOString());
  }
}
