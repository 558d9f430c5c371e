// What the service counts about itself, for Prometheus.
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import type { Projector } from '../read-models/projector.js';

export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'aid_http_request_seconds',
    help: 'Time to answer, by route and status',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [this.registry],
  });

  constructor(projector: Projector) {
    collectDefaultMetrics({ register: this.registry });
    const gauge = (name: string, help: string, read: () => number): Gauge =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect: function () {
          this.set(read());
        },
      });
    gauge(
      'aid_acknowledged_position',
      'Last ledger position that this process acknowledged',
      () => projector.acknowledged,
    );
    gauge(
      'aid_parked_streams',
      'Streams that the views hold back because of an event that cannot be applied',
      () => projector.parked.size,
    );
    gauge('aid_projected_position', 'Last ledger position that the views contain', () => projector.reached);
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  /** Times every request under the pattern of its route, never under the path with its ids. */
  watch(server: FastifyInstance): void {
    server.addHook('onResponse', async (request, reply) => {
      const route = request.routeOptions.url ?? 'unknown';
      this.requests.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    });
  }
}
