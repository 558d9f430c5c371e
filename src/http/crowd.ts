// How many requests are worked on at once. Whoever comes on top is refused at once, before anything is read or checked:
// a queue without bound would let everybody wait until nobody is answered in time.
import { finished } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isPublic } from '../access/matrix.js';
import { Rejection } from '../core/rejection.js';
import { sendProblem } from './problem.filter.js';

export class Crowd {
  private inside = 0;

  constructor(private readonly most: number) {}

  watch(server: FastifyInstance): void {
    server.addHook('onRequest', async (request, reply) => this.enter(request, reply));
  }

  /** Who asks whether the service is well is let in also while it is full. */
  private enter({ method, routeOptions }: FastifyRequest, reply: FastifyReply): FastifyReply | undefined {
    if (isPublic(`${method} ${routeOptions.url}`)) return undefined;
    if (this.inside >= this.most) {
      sendProblem(reply, new Rejection('overloaded'));
      return reply;
    }
    this.inside++;
    // Also where the client has gone away.
    finished(reply.raw, () => this.inside--);
    return undefined;
  }
}
