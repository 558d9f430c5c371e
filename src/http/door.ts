// Who knocks is let in before the work goes on. The runtime takes one new connection in each round of its loop (libuv
// 1.45 to 1.47), and a round works on every request that has arrived: with hundreds of them a client would stand at the
// door for seconds, where nobody can even refuse it.
import type { FastifyInstance } from 'fastify';

/** How long the work waits for the door at most; then it has its round, and the door the next one. */
const MOST_MS = 100;

export class Door {
  private waiting: (() => void)[] = [];
  private isOpen = false;
  private someoneCame = false;

  watch(server: FastifyInstance): void {
    server.server.on('connection', () => this.enter());
    server.addHook('onRequest', () => this.closed());
  }

  /** Resolves when nobody stands at the door. */
  private async closed(): Promise<void> {
    if (this.isOpen) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  private enter(): void {
    this.someoneCame = true;
    if (this.isOpen) return;
    this.isOpen = true;
    // The round in which the door was opened may be a long one: the time counts from its end.
    setImmediate(() => this.look(performance.now() + MOST_MS));
  }

  /** As long as each round brings somebody, there may be more of them. */
  private look(until: number): void {
    if (!this.someoneCame || performance.now() > until) return this.close();
    this.someoneCame = false;
    setImmediate(() => this.look(until));
  }

  private close(): void {
    this.isOpen = false;
    for (const goOn of this.waiting.splice(0)) goOn();
  }
}
