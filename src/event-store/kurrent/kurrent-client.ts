// The client of KurrentDB and EventStoreDB in the ledger's words: our own codec, our own time limits, our own errors.
import {
  binaryEvent,
  BACKWARDS,
  END,
  FORWARDS,
  KurrentDBClient,
  NO_STREAM as NONE,
  START,
  streamNameFilter,
  StreamNotFoundError,
  WrongExpectedVersionError,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type RecordedEvent,
} from '@kurrent/kurrentdb-client';
import type { NewEvent } from '../../core/event.js';
import { StorageUnavailable, withinTime } from '../../core/storage.js';
import { AppendConflict, NO_STREAM } from '../event-store.js';

/** Where an event stands in `$all`: not dense, and needed in both parts to go on from it. */
export interface ServerPosition {
  commit: bigint;
  prepare: bigint;
}

/** An event as the server holds it, before it has a place in the ledger. */
export interface ServerEvent extends NewEvent {
  stream: string;
  revision: number;
  /** As the writer's clock had it; the server's own time is cut to seconds by the client. */
  recordedAt: string;
  at: ServerPosition;
}

/** The client may wait for ever on a stalled connection; no call of ours does. */
const PATIENCE_MS = 4000;

const RENEW_MS = 500;

export class KurrentClient {
  private readonly url: string;
  private client: KurrentDBClient;
  private renewedAt = 0;

  /** `prefix` is what the streams of this ledger begin with on the server. */
  constructor(
    url: string,
    private readonly prefix: string,
  ) {
    this.url = preferringLeader(url);
    this.client = KurrentDBClient.connectionString(this.url);
  }

  /** Writes at an exact revision. The same ids at the same place again succeed; who can not tell, asks again. */
  async append(stream: string, expected: number, events: readonly NewEvent[], recordedAt: string): Promise<void> {
    const written = events.map(({ id, type, payload }) =>
      binaryEvent({ id, type, data: Buffer.from(payload), metadata: { recordedAt } }),
    );
    const streamState = expected === NO_STREAM ? NONE : BigInt(expected);
    try {
      await this.call((client) =>
        client.appendToStream(this.prefix + stream, written, { streamState, requiresLeader: true }),
      );
    } catch (error) {
      if (!(error instanceof WrongExpectedVersionError)) throw error;
      const { actualState } = error;
      throw new AppendConflict(stream, typeof actualState === 'bigint' ? Number(actualState) : NO_STREAM);
    }
  }

  /** The events of a stream from a revision on, as the leader has them. */
  async readStream(stream: string, from = 0, limit = Number.MAX_SAFE_INTEGER): Promise<ServerEvent[]> {
    try {
      return await this.collect((client) =>
        client.readStream(this.prefix + stream, { fromRevision: BigInt(from), maxCount: limit, requiresLeader: true }),
      );
    } catch (error) {
      if (error instanceof StreamNotFoundError) return [];
      throw error;
    }
  }

  /** Events of this ledger from a position of `$all` on, that one included. */
  readAll(from: ServerPosition, limit: number): Promise<ServerEvent[]> {
    const filter = streamNameFilter({ prefixes: [this.prefix] });
    return this.collect((client) =>
      client.readAll({ fromPosition: from, direction: FORWARDS, maxCount: limit, filter }),
    );
  }

  /** The last event of this ledger on the server. */
  async last(): Promise<ServerEvent | undefined> {
    const filter = streamNameFilter({ prefixes: [this.prefix] });
    const [event] = await this.collect((client) =>
      client.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1, filter }),
    );
    return event;
  }

  /** Follows this ledger's events after a position, or from the first; ends with an error or without a word. */
  subscribe(after: ServerPosition | undefined): AllStreamSubscription {
    const filter = streamNameFilter({ prefixes: [this.prefix] });
    return this.client.subscribeToAll({ fromPosition: after ?? START, filter });
  }

  eventOf(resolved: AllStreamResolvedEvent): ServerEvent | undefined {
    return resolved.event && this.read(resolved.event, resolved.event.position);
  }

  async dispose(): Promise<void> {
    await this.client.dispose();
  }

  private collect(read: (client: KurrentDBClient) => AsyncIterable<Resolved>): Promise<ServerEvent[]> {
    return this.call(async (client) => {
      const collected: ServerEvent[] = [];
      for await (const { event, commitPosition = 0n } of read(client))
        if (event)
          collected.push(this.read(event, event.position ?? { commit: commitPosition, prepare: commitPosition }));
      return collected;
    });
  }

  /** One call within its time. What failed because the server was away is asked of a new connection the next time. */
  private async call<T>(work: (client: KurrentDBClient) => Promise<T>): Promise<T> {
    const { client } = this;
    try {
      return await inTime(work(client));
    } catch (error) {
      if (error instanceof StorageUnavailable) this.renew(client);
      throw error;
    }
  }

  /** After the loss of a leader, reads of a client keep to the lost node, and a failed first call is remembered. */
  private renew(failed: KurrentDBClient): void {
    if (failed !== this.client || performance.now() - this.renewedAt < RENEW_MS) return;
    this.renewedAt = performance.now();
    this.client = KurrentDBClient.connectionString(this.url);
    setTimeout(() => void failed.dispose().catch(() => {}), PATIENCE_MS).unref();
  }

  private read({ streamId, id, type, revision, data, metadata }: RecordedEvent, at: ServerPosition): ServerEvent {
    return {
      stream: streamId.slice(this.prefix.length),
      id,
      type,
      revision: Number(revision),
      payload: Buffer.from(data as Uint8Array).toString(),
      recordedAt: recordedAtOf(metadata),
      at,
    };
  }
}

/** Whoever wrote to our streams without this field was not this ledger; the chain then says so. */
const recordedAtOf = (metadata: unknown): string =>
  typeof metadata === 'object' && metadata !== null && 'recordedAt' in metadata ? String(metadata.recordedAt) : '';

type Resolved = { event?: RecordedEvent & { position?: ServerPosition }; commitPosition?: bigint };

/** Reads are the leader's to answer; the client would begin with any node. */
const preferringLeader = (url: string): string =>
  /[?&]nodePreference=/i.test(url) ? url : `${url}${url.includes('?') ? '&' : '?'}nodePreference=leader`;

async function inTime<T>(work: Promise<T>): Promise<T> {
  try {
    return await withinTime(work, PATIENCE_MS, 'the event store took too long');
  } catch (error) {
    throw asStorageError(error);
  }
}

/** gRPC: cancelled, unknown, deadline exceeded, aborted, internal, unavailable. None says that nothing was written. */
const PASSING_CODES = new Set<unknown>([1, 2, 4, 10, 13, 14]);
const PASSING_TYPES = new Set<unknown>([
  'unavailable',
  'deadline-exceeded',
  'timeout',
  'cancelled',
  'unknown',
  'not-leader',
]);

/** What the client says, without code or type, when no node of a cluster answers. */
const NO_NODE = /^Failed to discover/;

/** A server that is away is reported as a typed error or as a raw gRPC error, as the client happens to meet it. */
export function asStorageError(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return error;
  const { code, type, message } = error as { code?: unknown; type?: unknown; message?: unknown };
  const passes = PASSING_CODES.has(code) || PASSING_TYPES.has(type) || NO_NODE.test(String(message));
  return passes
    ? new StorageUnavailable(`the event store does not answer: ${String(message)}`, { cause: error })
    : error;
}
