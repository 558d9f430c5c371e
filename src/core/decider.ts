// A decider: the state of one stream, and how an event changes it. Decisions are plain functions (state, order) → events.
import type { DomainEvent } from './event.js';

export interface Decider<State, Event extends DomainEvent> {
  initial: State;
  /** Pure; `position` is where the ledger holds the event, so that a fact can name its source. */
  evolve(state: State, event: Event, position: number): State;
}

export const fold = <State, Event extends DomainEvent>(
  decider: Decider<State, Event>,
  events: Iterable<Event & { position: number }>,
): State => {
  let state = decider.initial;
  for (const event of events) state = decider.evolve(state, event, event.position);
  return state;
};
