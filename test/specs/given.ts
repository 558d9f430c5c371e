// Given what happened, when a decision is asked for, then these events or this refusal: the form of every decider spec.
import { fold, type Decider } from '../../src/core/decider.js';
import type { DomainEvent } from '../../src/core/event.js';
import { Rejection, type RejectionDetails } from '../../src/core/rejection.js';
import type { RejectionCode } from '../../src/core/rejections.js';

/** The state after events at positions 1, 2, 3 …; frozen, so that a decision that writes into it fails. */
export const stateAfter = <State, Event extends DomainEvent>(decider: Decider<State, Event>, past: Event[]): State =>
  frozen(
    fold(
      decider,
      past.map((event, index) => ({ ...event, position: index + 1 })),
    ),
  );

export const specOf =
  <State, Event extends DomainEvent>(decider: Decider<State, Event>) =>
  (...past: Event[]) => ({
    when(decide: (state: State) => Event[]) {
      const state = stateAfter(decider, past);
      return {
        /** Decides exactly these events, and the same ones when it is asked again. */
        // oxlint-disable-next-line unicorn/no-thenable -- given/when/then is how specs are spoken; nothing awaits one
        then(...expected: Event[]): void {
          const decided = decide(state);
          expect(decided).toEqual(expected);
          expect(decide(state)).toStrictEqual(decided);
        },
        thenNothing(): void {
          expect(decide(state)).toEqual([]);
        },
        rejects(code: RejectionCode, details: RejectionDetails = {}): void {
          expect(refusalOf(() => decide(state))).toMatchObject({ code, details });
        },
      };
    },
  });

/** The refusal that a decision ends in; an accepted decision is an error here. */
export function refusalOf(decide: () => unknown): Rejection {
  let decided: unknown;
  try {
    decided = decide();
  } catch (error) {
    if (error instanceof Rejection) return error;
    throw error;
  }
  throw new Error(`accepted, not refused: ${JSON.stringify(decided)}`);
}

function frozen<T>(value: T): T {
  if (value !== null && typeof value === 'object') for (const part of Object.values(Object.freeze(value))) frozen(part);
  return value;
}
