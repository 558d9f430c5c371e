// What the calls need of the node that serves them.
import type {
  Metadata,
  ServerDuplexStream,
  ServerReadableStream,
  ServerUnaryCall,
  ServerWritableStream,
} from '@grpc/grpc-js';
import type { EventLog } from './event-log.js';
import type { CallKind, Endpoint, Faults, Refusal } from './faults.js';

export type Call =
  | ServerUnaryCall<unknown, unknown>
  | ServerReadableStream<unknown, unknown>
  | ServerWritableStream<unknown, unknown>
  | ServerDuplexStream<unknown, unknown>;

export interface Node {
  readonly log: EventLog;
  readonly faults: Faults;
  /** How many calls of each kind came in; batched appends count one by one. */
  readonly calls: Record<CallKind, number>;
  readonly leader: Endpoint;
  /** A follower refuses what asks for the leader. */
  refusalFor(metadata: Metadata): Refusal | undefined;
  /** Destroys the connection a call came by, with all that runs on it. */
  drop(call: Pick<Call, 'getPeer'>): void;
}
