// What the double does instead of its duty: for the next n calls of a kind, or until it is cleared.
import { Metadata, status } from '@grpc/grpc-js';

/** A gRPC status that ends a call. */
export interface Refusal {
  code: status;
  details: string;
  metadata: Metadata;
}

export interface Endpoint {
  address: string;
  port: number;
}

/**
 * drop: the connection is destroyed. stall: the call is accepted and not answered. not-leader: another node is named.
 * The others are the gRPC status of that name, as a proxy, the client's deadline or an exception in the server give it.
 */
type CallFailure = 'drop' | 'stall' | 'unavailable' | 'not-leader' | 'deadline-exceeded' | 'unknown';

export interface Failures {
  /** not-ready, timeout: the server's own answers, within the stream where appends are batched; wrong-revision: a lie. */
  append: CallFailure | 'not-ready' | 'timeout' | 'wrong-revision';
  /** end: as if all had been sent. */
  read: CallFailure | 'end';
  subscribe: CallFailure | Cut;
  features: CallFailure;
  gossip: CallFailure;
}

/** How a live subscription ends: too-slow is what EventStoreDB says when it drops one, end says nothing. */
export type Cut = 'too-slow' | 'end' | 'drop';

export type CallKind = keyof Failures;

export interface FaultOptions {
  /** How many calls; Infinity: until cleared. */
  times?: number;
  /** Appends: the events are in the log when it happens, so that the client cannot know. */
  afterCommit?: boolean;
  /** Reads and subscriptions: how many events are sent first. */
  afterEvents?: number;
  /** not-leader: who is; otherwise the leader of the gossip. */
  leader?: Endpoint;
}

export interface Fault<K extends CallKind> extends FaultOptions {
  failure: Failures[K];
}

const refusal = (code: status, details: string, trailers: Record<string, string> = {}): Refusal => {
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(trailers)) metadata.set(name, value);
  return { code, details, metadata };
};

export const exceptionThrown = (): Refusal => refusal(status.UNKNOWN, 'Exception was thrown by handler.');
export const unexpectedResult = (kind: string): Refusal => refusal(status.UNKNOWN, `Unexpected ${kind}: Error`);

export const notLeader = ({ address, port }: Endpoint): Refusal =>
  refusal(status.NOT_FOUND, 'Leader info available', {
    exception: 'not-leader',
    'leader-endpoint-host': address,
    'leader-endpoint-port': String(port),
  });

export const appendTooLarge = (limit: number): Refusal =>
  refusal(status.INVALID_ARGUMENT, `Maximum Append Size of ${limit} Exceeded.`, {
    exception: 'maximum-append-size-exceeded',
    'maximum-append-size': String(limit),
  });

const TOO_SLOW = 'Consumer too slow to handle event while live. Client resubscription required.';

/** The status a failure ends a call with; the failures that are none have been played before. */
export function refusalOf(failure: Failures[CallKind], leader: Endpoint): Refusal {
  switch (failure) {
    case 'not-leader':
      return notLeader(leader);
    case 'deadline-exceeded':
      return refusal(status.DEADLINE_EXCEEDED, 'Deadline Exceeded');
    case 'timeout':
      return refusal(status.ABORTED, 'Operation timed out: Commit phase timeout.');
    case 'too-slow':
      return refusal(status.ABORTED, `Operation timed out: ${TOO_SLOW}`);
    case 'unavailable':
    case 'not-ready':
      return refusal(status.UNAVAILABLE, 'Server Is Not Ready');
    default:
      return exceptionThrown();
  }
}

interface Cuttable {
  cut(how: Cut): void;
}

export class Faults {
  /** Live events reach subscriptions this much later. */
  deliveryDelay = 0;
  readonly #plans: { [K in CallKind]?: Fault<K>[] } = {};
  readonly #held = new Set<() => void>();
  readonly #live = new Set<Cuttable>();

  /** The next call of a kind fails, or the next n; plans of one kind are played in the order they were made. */
  next<K extends CallKind>(kind: K, failure: Failures[K], options: FaultOptions = {}): void {
    const plans: Fault<K>[] = (this.#plans[kind] ??= []);
    const { times = 1 } = options;
    if (times > 0) plans.push({ ...options, failure, times });
  }

  /** No call fails any more; what stalls goes on stalling. */
  clear(): void {
    for (const plans of Object.values(this.#plans)) plans.length = 0;
    this.deliveryDelay = 0;
  }

  /** What stalls goes on: events that were not yet written are written now, whether the client still waits or not. */
  release(): void {
    for (const goOn of this.#held) goOn();
    this.#held.clear();
  }

  /** Ends the subscriptions there are and says how many they were. */
  cutSubscriptions(how: Cut): number {
    const cut = [...this.#live];
    for (const subscription of cut) subscription.cut(how);
    return cut.length;
  }

  /** Calls that stall now. */
  get stalled(): number {
    return this.#held.size;
  }

  /** Subscriptions that are served now. */
  get subscriptions(): number {
    return this.#live.size;
  }

  /** The fault of this call, if there is one. */
  take<K extends CallKind>(kind: K): Fault<K> | undefined {
    const plans: Fault<K>[] = this.#plans[kind] ?? [];
    const [fault] = plans;
    if (!fault?.times) return undefined;
    fault.times -= 1;
    if (fault.times === 0) plans.shift();
    return fault;
  }

  /** Until it is released; for ever when the server stops first. */
  hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.add(resolve);
    });
  }

  watch(subscription: Cuttable): () => void {
    this.#live.add(subscription);
    return () => this.#live.delete(subscription);
  }

  /** The calls of a server that stopped are gone. */
  forgetCalls(): void {
    this.#held.clear();
    this.#live.clear();
  }
}
