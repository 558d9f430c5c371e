// What many orders come to if nobody else writes meanwhile: decided one after the other, each on what those before it
// will have written. Nothing here is an answer: that it becomes where the log takes it at exactly the revision foreseen.
import type { Decider } from '../core/decider.js';
import type { DomainEvent } from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { decide, type Order } from './order.js';
import type { Standing } from './standing.js';

/** The orders on one stream, with what each of them means. */
export interface Foreseen<State, Event extends DomainEvent> {
  stream: string;
  decider: Decider<State, Event>;
  /** Where the stream stands before them. */
  standing: Standing<State>;
  steps: Step<State, Event>[];
}

interface Step<State, Event extends DomainEvent> {
  order: Order<State, Event>;
  decided: Event[];
}

/** The position of an event that is not in the log yet. */
const NOWHERE = 0;

/**
 * The first orders on each stream that mean something new. From the first that does not, a refusal or a command that was
 * given before, the log has to be asked, and what follows it on its stream comes after it.
 */
export function foresee<State, Event extends DomainEvent>(
  orders: readonly Order<State, Event>[],
  standingOf: (order: Order<State, Event>) => Standing<State> | undefined,
): Foreseen<State, Event>[] {
  const chains = new Map<string, Chain<State, Event>>();
  const given = new Set<string>();
  for (const order of orders) {
    const { stream, context } = order;
    const chain = chains.get(stream) ?? new Chain(order, standingOf(order));
    chains.set(stream, chain);
    if (given.has(context.commandId)) chain.end();
    given.add(context.commandId);
    chain.take(order);
  }
  return [...chains.values()].flatMap((chain) => chain.foreseen());
}

class Chain<State, Event extends DomainEvent> {
  private readonly steps: Step<State, Event>[] = [];
  private ended = false;
  private state: State | undefined;
  private revision: number;

  constructor(
    private readonly first: Order<State, Event>,
    private readonly standing: Standing<State> | undefined,
  ) {
    this.state = standing?.state;
    this.revision = standing?.revision ?? 0;
  }

  end(): void {
    this.ended = true;
  }

  take(order: Order<State, Event>): void {
    if (this.ended || !this.standing || this.standing.commands.has(order.context.commandId)) return this.end();
    const decided = this.decidedBy(order);
    if (decided.length === 0) return this.end();
    this.steps.push({ order, decided });
    this.revision += decided.length;
    for (const event of decided) this.state = order.decider.evolve(this.state as State, event, NOWHERE);
  }

  /** Nothing for a refusal: only the log can confirm it. */
  private decidedBy(order: Order<State, Event>): Event[] {
    try {
      return decide(order, { state: this.state as State, revision: this.revision });
    } catch (error) {
      if (error instanceof Rejection) return [];
      throw error;
    }
  }

  foreseen(): Foreseen<State, Event>[] {
    const { first, standing, steps } = this;
    return standing && steps.length > 0 ? [{ stream: first.stream, decider: first.decider, standing, steps }] : [];
  }
}
