// An order of the office to the ledger: on which stream, who gives it under which key, and what it means there.
import type { Decider } from '../core/decider.js';
import type { DomainEvent, EventMeta, LedgerEvent } from '../core/event.js';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Standing } from './standing.js';

/** Who asks for what, under which key; the same for every command of the office. */
export interface CommandContext extends EventMeta {
  /** How far the caller reaches with this duty: beyond it nothing is known. */
  reach: Reach;
  /** From If-Match: the revision that the caller has read. */
  expectedRevision?: number;
}

export interface Order<State, Event extends DomainEvent> {
  stream: string;
  decider: Decider<State, Event>;
  context: CommandContext;
  /** Throws where the caller may not know of this stream; asked before a stale revision could tell of it. */
  demandKnown?: (state: State) => void;
  /** Pure: the events that the command means in this state, or a thrown Rejection. */
  decide: (state: State) => Event[];
}

export interface Recorded<Event extends DomainEvent = DomainEvent> {
  /** What the command wrote; empty where it changed nothing. */
  events: LedgerEvent<Event>[];
  stream: string;
  /** Revision of the stream after the command. */
  revision: number;
  /** Ledger position that a read must reach to see it. */
  position: number;
  /** The same command was answered before; this is that answer. */
  replayed: boolean;
}

/** What an order means where its stream stands so; a refusal is thrown. */
export function decide<State, Event extends DomainEvent>(
  { context, demandKnown, decide: decideIn }: Order<State, Event>,
  { state, revision }: Pick<Standing<State>, 'state' | 'revision'>,
): Event[] {
  demandKnown?.(state);
  if (context.expectedRevision !== undefined && context.expectedRevision !== revision)
    throw new Rejection('stale-revision', { revision });
  return decideIn(state);
}

export type Asked = Pick<CommandContext, 'commandId' | 'fingerprint'>;

/** What a stream holds of a command; another request under the same key is refused. */
export function heldOf<Event extends DomainEvent>(
  stream: string,
  held: readonly LedgerEvent<Event>[],
  { commandId, fingerprint }: Asked,
): Recorded<Event> | undefined {
  const events = held.filter(({ meta }) => meta.commandId === commandId);
  const [first] = events;
  if (!first) return undefined;
  if (first.meta.fingerprint !== fingerprint) throw new Rejection('idempotency-key-reused');
  return recorded(stream, events, true);
}

export function recorded<Event extends DomainEvent>(
  stream: string,
  events: LedgerEvent<Event>[],
  replayed: boolean,
): Recorded<Event> {
  const last = events.at(-1);
  return { events, stream, revision: last?.revision ?? -1, position: last?.position ?? 0, replayed };
}
