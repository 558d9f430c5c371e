// The hash chain: every event's hash covers its header, its stored bytes and the hash before it.
import { hash } from 'node:crypto';
import type { StoredEvent } from '../core/event.js';

/** What the first event's hash builds on. */
export const GENESIS_HASH = '0'.repeat(64);

type Hashed = Omit<StoredEvent, 'hash'>;

export function chainHash(event: Hashed, previous: string): string {
  const { position, stream, revision, id, type, recordedAt, payload } = event;
  const header = JSON.stringify([position, stream, revision, id, type, recordedAt, previous]);
  return hash('sha256', `${header}\n${payload}`, 'hex');
}

export interface Problem {
  position: number;
  problem: string;
}

/** Re-reads events one after another and names the first that is not what was recorded. */
export class ChainVerifier {
  events = 0;
  headHash = GENESIS_HASH;
  firstBad: Problem | undefined;
  private readonly revisions = new Map<string, number>();
  private recordedAt = '';

  check(batch: readonly StoredEvent[]): void {
    for (const event of batch) {
      if (this.firstBad) return;
      const problem = this.problemOf(event);
      if (problem) {
        this.firstBad = { position: this.events + 1, problem };
        return;
      }
      this.events = event.position;
      this.headHash = event.hash;
      this.recordedAt = event.recordedAt;
      this.revisions.set(event.stream, event.revision);
    }
  }

  private problemOf(event: StoredEvent): string | undefined {
    if (event.position !== this.events + 1) return `position ${this.events + 1} is missing; found ${event.position}`;
    const revision = (this.revisions.get(event.stream) ?? -1) + 1;
    if (event.revision !== revision) return `${event.stream} continues at revision ${event.revision}, not ${revision}`;
    if (event.recordedAt < this.recordedAt) return `recorded at ${event.recordedAt}, before the event ahead of it`;
    if (chainHash(event, this.headHash) !== event.hash) return 'the hash does not match what is stored';
    return undefined;
  }
}
