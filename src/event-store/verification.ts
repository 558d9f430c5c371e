// Verification: the whole log is read again and held against its own hashes, numbers and order.
import { EventStore, readAll } from './event-store.js';
import { ChainVerifier, type Problem } from './hash-chain.js';

export interface Verification {
  ok: boolean;
  /** Events that are as they were recorded. */
  events: number;
  headHash: string;
  firstBad?: Problem;
}

/** `viewed`: a position that the views have contained; a log that ends before it has lost its tail. */
export async function verify(
  store: EventStore,
  viewed = 0,
  progress?: (done: number, total: number) => void,
): Promise<Verification> {
  const { position: total } = await store.head();
  const verifier = new ChainVerifier();
  for await (const batch of readAll(store)) {
    verifier.check(batch);
    if (verifier.firstBad) break;
    progress?.(verifier.events, Math.max(total, verifier.events));
    // What is recorded meanwhile is for the next verification; and on an embedded log others have their turn.
    if (verifier.events >= total) break;
    await new Promise(setImmediate);
  }
  const { events, headHash } = verifier;
  const cutOff = events < viewed && {
    position: events + 1,
    problem: `the log ends at ${events}, the views have seen ${viewed}`,
  };
  const firstBad = verifier.firstBad ?? (cutOff || undefined);
  return { ok: !firstBad, events, headHash, ...(firstBad && { firstBad }) };
}
