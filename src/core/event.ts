// What an event is: a fact in the office's words, who recorded it, and the place the log gave it.

/** A fact as a decider states it. `type` is a noun and a participle from the glossary. */
export interface DomainEvent<Type extends string = string, Data extends object = object> {
  type: Type;
  data: Data;
}

/** Fields of one type of event that only ever stand sealed in the log; a dot goes into an object. */
export interface SealedFields {
  /** Under the key of the student whose event it is: gone with it. */
  student?: readonly string[];
  /** Under the office's own key: words that stay readable after a student is erased. */
  office?: readonly string[];
}

export type Declaration = Readonly<Partial<Record<string, SealedFields>>>;

/** Who acted, as known when the event was recorded. */
export interface Actor {
  id: string;
  role: string;
  name: string;
}

/** What stands beside the facts of every event. */
export interface EventMeta {
  actor: Actor;
  /** The command that caused it; event ids derive from it, so a retry repeats them. */
  commandId: string;
  /** Keyed digest of the request, by which a reused idempotency key is told from a retry. */
  fingerprint: string;
  requestId: string;
}

/** An event on its way to the log: `payload` is the exact text that will be stored and hashed. */
export interface NewEvent {
  id: string;
  type: string;
  payload: string;
}

/** An event in the log. `position` is dense over the whole ledger and starts at 1; `revision` starts at 0. */
export interface StoredEvent extends NewEvent {
  position: number;
  stream: string;
  revision: number;
  /** Instant, RFC 3339 UTC with milliseconds; never decreases along the log. */
  recordedAt: string;
  /** SHA-256 in hex over the header, the previous hash and the payload. */
  hash: string;
}

/** A stored event with its payload read. */
export type LedgerEvent<E extends DomainEvent = DomainEvent> = E & {
  meta: EventMeta;
  id: string;
  position: number;
  stream: string;
  revision: number;
  recordedAt: string;
  hash: string;
};

export function readEvent<E extends DomainEvent>(stored: StoredEvent): LedgerEvent<E> {
  const { data, meta } = JSON.parse(stored.payload) as { data: object; meta: EventMeta };
  const { id, type, position, stream, revision, recordedAt, hash } = stored;
  // The log holds only what our own deciders wrote, under the type that names its shape.
  return { type, data, meta, id, position, stream, revision, recordedAt, hash } as unknown as LedgerEvent<E>;
}

/** One key order in every payload, so that equal facts are equal bytes. */
export const writePayload = (data: object, meta: EventMeta): string => JSON.stringify({ data, meta });
