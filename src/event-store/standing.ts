// Where a stream stands: its state, how far it has come, and the commands that brought it there.
import type { Decider } from '../core/decider.js';
import type { DomainEvent, LedgerEvent } from '../core/event.js';
import { NO_STREAM } from './event-store.js';

export interface Standing<State> {
  state: State;
  /** Of its last event; -1 where there is none. */
  revision: number;
  /** Ledger position of its last event; 0 where there is none. */
  position: number;
  /** The commands that wrote it; it grows with the stream. */
  commands: Set<string>;
}

export const atStart = <State, Event extends DomainEvent>({ initial }: Decider<State, Event>): Standing<State> => ({
  state: initial,
  revision: NO_STREAM,
  position: 0,
  commands: new Set(),
});

/** Where the stream stands after more events. The standing before them is given up: the commands are the same set. */
export function after<State, Event extends DomainEvent>(
  { state, revision, position, commands }: Standing<State>,
  decider: Decider<State, Event>,
  events: readonly LedgerEvent<Event>[],
): Standing<State> {
  const standing = { state, revision, position, commands };
  for (const event of events) {
    standing.state = decider.evolve(standing.state, event, event.position);
    commands.add(event.meta.commandId);
    ({ revision: standing.revision, position: standing.position } = event);
  }
  return standing;
}
