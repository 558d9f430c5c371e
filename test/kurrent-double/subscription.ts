// One subscription of the double: what the log holds first, then what is committed, with the server's checkpoints.
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { ReadReq, ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Recorded } from './event-log.js';
import { refusalOf, type Cut, type Fault } from './faults.js';
import { caughtUp, checkpoint, confirmation, eventRead } from './messages.js';
import type { Node } from './node.js';

export interface Source {
  /** The place in $all it begins at. */
  from: number;
  wanted: (event: Recorded) => boolean;
  /** A stream that must exist before the subscription can have caught up. */
  awaits?: string;
  /** A filter's window of search: a checkpoint is due after so many events considered. */
  window?: { size: number; interval: number } | undefined;
  idsAsText: boolean;
}

/** The most events of one page of catching up. */
const PAGE = 32;

export class Subscription {
  #cursor: number;
  #sent = 0;
  #considered = 0;
  #page: { start: bigint; considered: number; sent: number } | undefined;
  #flows = true;
  #isLive = false;
  #caughtUp = false;
  #fault: Fault<'subscribe'> | undefined;
  #leave: (() => void)[] = [];

  constructor(
    private readonly node: Node,
    private readonly call: ServerWritableStream<ReadReq, ReadResp>,
    private readonly source: Source,
  ) {
    this.#cursor = source.from;
  }

  start(): void {
    this.#fault = this.node.faults.take('subscribe');
    if (this.#fault && !this.#fault.afterEvents) return void this.#play(this.#fault, () => this.#begin());
    this.#begin();
  }

  cut(how: Cut): void {
    this.#close();
    if (how === 'drop') this.node.drop(this.call);
    else if (how === 'end') this.call.end();
    else this.call.emit('error', refusalOf(how, this.node.leader));
  }

  #begin(): void {
    const { log, faults } = this.node;
    this.#leave = [log.onCommit(() => this.#committed()), faults.watch(this)];
    this.call.on('cancelled', () => this.#close());
    this.call.write(confirmation());
    this.#goOn();
  }

  /** What the log holds now, at the start and where delivery had stalled. */
  #goOn(): void {
    this.#deliver(this.node.log.events.length);
    if (!this.#flows) return;
    this.#isLive = true;
    this.#considered += this.#page?.considered ?? 0;
    this.#page = undefined;
    this.#sayCaughtUp();
  }

  #committed(): void {
    const upTo = this.node.log.events.length;
    const deliver = (): void => {
      if (!this.#isLive) return;
      this.#deliver(upTo);
      this.#sayCaughtUp();
    };
    const { deliveryDelay } = this.node.faults;
    if (deliveryDelay > 0) setTimeout(deliver, deliveryDelay).unref();
    else setImmediate(deliver);
  }

  #sayCaughtUp(): void {
    const { awaits } = this.source;
    if (this.#caughtUp || !this.#flows || (awaits && this.node.log.stream(awaits).length === 0)) return;
    this.#caughtUp = true;
    this.call.write(caughtUp());
  }

  #deliver(upTo: number): void {
    while (this.#flows && this.#cursor < upTo) {
      const event = this.node.log.events[this.#cursor++];
      if (!event) return;
      const isWanted = this.source.wanted(event);
      if (isWanted) this.#send(event);
      if (this.source.window && this.#flows) this.#consider(event, isWanted, this.source.window);
    }
  }

  #send(event: Recorded): void {
    this.call.write(eventRead(event, this.source.idsAsText));
    this.#sent += 1;
    if (this.#fault?.afterEvents === this.#sent) void this.#play(this.#fault, () => this.#goOn());
  }

  /** Live a checkpoint follows the event that fills the interval; catching up it is looked at page by page. */
  #consider(event: Recorded, isWanted: boolean, { size, interval }: { size: number; interval: number }): void {
    if (this.#isLive) {
      this.#considered += 1;
      if (this.#considered < interval) return;
      this.#considered = 0;
      this.call.write(checkpoint(event.position));
      return;
    }
    const page = (this.#page ??= { start: event.position, considered: 0, sent: 0 });
    page.considered += 1;
    if (isWanted) Object.assign(page, { start: event.position, sent: page.sent + 1 });
    if (page.considered < size && page.sent < PAGE) return;
    this.#page = undefined;
    this.#considered += page.considered;
    if (this.#considered < interval) return;
    this.#considered %= interval;
    this.call.write(checkpoint(page.start));
  }

  async #play({ failure, leader }: Fault<'subscribe'>, goOn: () => void): Promise<void> {
    this.#flows = false;
    if (failure === 'stall') {
      await this.node.faults.hold();
      if (this.call.cancelled) return;
      this.#flows = true;
      return goOn();
    }
    this.#close();
    if (failure === 'drop') this.node.drop(this.call);
    else if (failure === 'end') this.call.end();
    else this.call.emit('error', refusalOf(failure, leader ?? this.node.leader));
  }

  #close(): void {
    this.#flows = false;
    for (const leave of this.#leave) leave();
  }
}
