// The growing end of a log: gives positions, recording instants and hashes to events about to be stored.
import type { NewEvent, StoredEvent } from '../core/event.js';
import { NotTheSameLog, type Head } from './event-store.js';
import { chainHash, GENESIS_HASH } from './hash-chain.js';

export interface LogHead extends Head {
  recordedAt: string;
}

export const EMPTY_HEAD: LogHead = { position: 0, hash: GENESIS_HASH, recordedAt: '' };

/** Places events after a head. The clock may step back, the log does not: `recordedAt` never decreases. */
export function place(head: LogHead, stream: string, expected: number, events: readonly NewEvent[], now: Date) {
  const stored: StoredEvent[] = [];
  let last = head;
  const instant = now.toISOString();
  const recordedAt = instant > head.recordedAt ? instant : head.recordedAt;
  events.forEach(({ id, type, payload }, index) => {
    const position = last.position + 1;
    const placed = { id, type, payload, position, stream, revision: expected + 1 + index, recordedAt };
    const hash = chainHash(placed, last.hash);
    stored.push({ ...placed, hash });
    last = { position, hash, recordedAt };
  });
  return { stored, head: last };
}

/** A retry writes the same ids and bytes; then the first answer stands. */
export const isSameAppend = (
  held: readonly (StoredEvent | undefined)[],
  stream: string,
  events: readonly NewEvent[],
): boolean =>
  events.every((event, index) => {
    const stored = held[index];
    return (
      stored?.stream === stream &&
      stored.id === event.id &&
      stored.type === event.type &&
      stored.payload === event.payload
    );
  });

/** The head after events that are taken over as they are, each chained to the one before it. */
export function headAfter(head: LogHead, events: readonly StoredEvent[]): LogHead {
  let last = head;
  for (const event of events) {
    const { position, hash, recordedAt } = event;
    if (position !== last.position + 1 || recordedAt < last.recordedAt || chainHash(event, last.hash) !== hash)
      throw new NotTheSameLog(
        `the event at position ${position} does not follow position ${last.position} of this log`,
      );
    last = { position, hash, recordedAt };
  }
  return last;
}
