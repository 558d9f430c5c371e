// The one path into the log: load, replay a known command, else decide, seal, append; a lost race is decided again.
import { parse, v5 as uuidv5 } from 'uuid';
import { fold, type Decider } from '../core/decider.js';
import {
  readEvent,
  writePayload,
  type DomainEvent,
  type EventMeta,
  type LedgerEvent,
  type NewEvent,
} from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { StorageFull } from '../core/storage.js';
import { AppendConflict, EventStore, NO_STREAM } from './event-store.js';
import { foresee, type Foreseen } from './foresight.js';
import { decide, heldOf, recorded, type Asked, type Order, type Recorded } from './order.js';
import { Remembered } from './remembered.js';
import { after, atStart, type Standing } from './standing.js';
import { Turns } from './turns.js';

/** Turns personal fields into what may stand in the log. */
export abstract class Sealer {
  abstract seal(stream: string, eventId: string, event: DomainEvent): Promise<object>;
}

const EVENT_IDS = parse('b1ce9d0c-64b4-4f0e-9c43-0b1a5f7f2d3e');
const MOST_ATTEMPTS = 20;

/** Deterministic, so that a retry of the command repeats the ids of its events. */
export const eventId = (commandId: string, index: number): string => uuidv5(`${commandId}/${index}`, EVENT_IDS);

export class Ledger {
  private readonly turns = new Turns();
  private readonly remembered = new Remembered();

  constructor(
    private readonly store: EventStore,
    private readonly sealer: Sealer,
    /** Told of every acknowledged position, so that reads can wait for it. */
    private readonly appended: (position: number, stream: string) => void = () => {},
  ) {}

  /**
   * Commands on one stream take turns in this process, and so does a command that is given twice; only another process
   * can win a race against them.
   */
  execute<State, Event extends DomainEvent>(order: Order<State, Event>): Promise<Recorded<Event>> {
    return this.turns.take([order.stream, order.context.commandId], () => this.attempt(order));
  }

  /**
   * Many orders in one go: what they need is read at once, and what they mean is written together, in their order. Each
   * is taken or refused by itself.
   */
  executeAll<State, Event extends DomainEvent>(
    orders: readonly Order<State, Event>[],
  ): Promise<PromiseSettledResult<Recorded<Event>>[]> {
    const names = new Set(orders.flatMap(({ stream, context }) => [stream, context.commandId]));
    return this.turns.take([...names], () => this.attemptAll(orders));
  }

  /** What cannot be foreseen, or turns out otherwise, is done one by one. */
  private async attemptAll<State, Event extends DomainEvent>(
    orders: readonly Order<State, Event>[],
  ): Promise<PromiseSettledResult<Recorded<Event>>[]> {
    await this.recall(orders);
    const foreseen = foresee(orders, ({ stream, decider }) => this.remembered.of(stream, decider));
    const written = new Map((await Promise.all(foreseen.map((one) => this.writeForeseen(one)))).flat());
    const turns = new Turns();
    const alone = (order: Order<State, Event>): Promise<Recorded<Event>> =>
      turns.take([order.stream, order.context.commandId], () => this.attempt(order));
    return Promise.allSettled(orders.map(async (order) => written.get(order) ?? alone(order)));
  }

  /** The orders on one stream are one append: the log takes all of them, or none where one of them is not new to it. */
  private async writeForeseen<State, Event extends DomainEvent>({
    stream,
    decider,
    standing,
    steps,
  }: Foreseen<State, Event>): Promise<[Order<State, Event>, Recorded<Event>][]> {
    try {
      const parts = await Promise.all(
        steps.map(({ order, decided }) => this.writtenUnder(stream, decided, order.context)),
      );
      const stored = await this.store.append(stream, standing.revision, parts.flat());
      const events = stored.map((event) => readEvent<Event>(event));
      this.learn(stream, decider, standing, events);
      const answers = steps.map(({ order, decided }): [Order<State, Event>, Recorded<Event>] => [
        order,
        recorded(stream, events.splice(0, decided.length), false),
      ]);
      this.appended(stored.at(-1)?.position ?? 0, stream);
      return answers;
    } catch {
      // Each order meets by itself what is in its way, and is told of it.
      this.remembered.forget(stream);
      return [];
    }
  }

  /** Remembers the streams of orders, reading at once those that are not. */
  private async recall<State, Event extends DomainEvent>(orders: readonly Order<State, Event>[]): Promise<void> {
    const strange = orders.filter(({ stream, decider }) => !this.remembered.of(stream, decider));
    const deciders = new Map(strange.map(({ stream, decider }) => [stream, decider]));
    if (deciders.size === 0) return;
    const streams = await this.store.readStreams([...deciders.keys()]);
    for (const [stream, decider] of deciders) {
      const events = (streams.get(stream) ?? []).map((event) => readEvent<Event>(event));
      this.remembered.keep(stream, decider, after(atStart(decider), decider, events));
    }
  }

  private async attempt<State, Event extends DomainEvent>(order: Order<State, Event>): Promise<Recorded<Event>> {
    try {
      return (await this.decideAsRemembered(order)) ?? (await this.decideAsHeld(order));
    } catch (error) {
      if (error instanceof StorageFull) throw new Rejection('storage-full');
      throw error;
    }
  }

  private async decideAsHeld<State, Event extends DomainEvent>(order: Order<State, Event>): Promise<Recorded<Event>> {
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      try {
        return await this.decideAndAppend(order);
      } catch (error) {
        if (!(error instanceof AppendConflict)) throw error;
      }
    }
    throw new Rejection('concurrent-change');
  }

  /**
   * Undefined where the log itself has to be asked: others may have written meanwhile, so that of all that is decided
   * on a remembered state only an event that the log takes is an answer, and neither a refusal nor a replay. The log
   * takes no event of a command that it holds: its id is there already.
   */
  private async decideAsRemembered<State, Event extends DomainEvent>(
    order: Order<State, Event>,
  ): Promise<Recorded<Event> | undefined> {
    const { stream, decider, context } = order;
    const standing = this.remembered.of(stream, decider);
    if (!standing || standing.commands.has(context.commandId)) return undefined;
    try {
      const decided = decide(order, standing);
      return decided.length > 0 ? await this.write(order, standing, decided) : undefined;
    } catch (error) {
      this.remembered.forget(stream);
      if (error instanceof Rejection || error instanceof AppendConflict) return undefined;
      throw error;
    }
  }

  /**
   * Writes an event that needs no decision into a stream of its own. What must be on record before an answer leaves
   * may take the room that recording leaves to the views.
   */
  async note(stream: string, event: DomainEvent, meta: EventMeta): Promise<void> {
    const written = await this.writtenUnder(stream, [event], meta);
    const [stored] = await this.store.append(stream, NO_STREAM, written, { intoReserve: true });
    if (stored) this.appended(stored.position, stream);
  }

  /** The first answer of a command that the log already holds. */
  async replayOf<Event extends DomainEvent>({ commandId, fingerprint }: Asked): Promise<Recorded<Event> | undefined> {
    const first = await this.store.findEvent(eventId(commandId, 0));
    if (!first) return undefined;
    const stream = (await this.store.readStream(first.stream)).map((stored) => readEvent<Event>(stored));
    return heldOf(first.stream, stream, { commandId, fingerprint });
  }

  async load<State, Event extends DomainEvent>(stream: string, decider: Decider<State, Event>, upTo?: number) {
    const events = (await this.store.readStream(stream, upTo)).map((stored) => readEvent<Event>(stored));
    return { state: fold(decider, events), events, revision: events.length - 1 };
  }

  private async decideAndAppend<State, Event extends DomainEvent>(
    order: Order<State, Event>,
  ): Promise<Recorded<Event>> {
    const { stream, decider, context } = order;
    const stored = await this.store.readStream(stream);
    const events = stored.map((event) => readEvent<Event>(event));
    // The stream first: it shows an answer that is on its way to the index of ids; what comes later is a conflict.
    const replay = heldOf(stream, events, context) ?? (await this.replayOf<Event>(context));
    if (replay) return replay;
    const standing = after(atStart(decider), decider, events);
    const decided = decide(order, standing);
    if (decided.length > 0) return this.write(order, standing, decided);
    const { revision, position } = standing;
    return { events: [], stream, revision, position, replayed: false };
  }

  private async write<State, Event extends DomainEvent>(
    { stream, decider, context }: Order<State, Event>,
    standing: Standing<State>,
    decided: readonly Event[],
  ): Promise<Recorded<Event>> {
    const stored = await this.store.append(
      stream,
      standing.revision,
      await this.writtenUnder(stream, decided, context),
    );
    const events = stored.map((event) => readEvent<Event>(event));
    this.learn(stream, decider, standing, events);
    const answer = recorded(stream, events, false);
    this.appended(answer.position, stream);
    return answer;
  }

  /** Where the log already held these very events, the stream may have gone on since. */
  private learn<State, Event extends DomainEvent>(
    stream: string,
    decider: Decider<State, Event>,
    standing: Standing<State>,
    events: readonly LedgerEvent<Event>[],
  ): void {
    if (events[0]?.revision === standing.revision + 1)
      this.remembered.keep(stream, decider, after(standing, decider, events));
  }

  private writtenUnder(stream: string, events: readonly DomainEvent[], meta: EventMeta): Promise<NewEvent[]> {
    const { actor, commandId, fingerprint, requestId } = meta;
    return Promise.all(
      events.map(async (event, index) => {
        const id = eventId(commandId, index);
        const data = await this.sealer.seal(stream, id, event);
        return { id, type: event.type, payload: writePayload(data, { actor, commandId, fingerprint, requestId }) };
      }),
    );
  }
}
