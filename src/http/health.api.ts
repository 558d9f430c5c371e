// HTTP: health and metrics, for the people who run the service. No key is needed and nothing personal is shown.
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Rejection } from '../core/rejection.js';
import { Projector } from '../read-models/projector.js';
import { Public } from './access.guard.js';
import { Metrics } from './metrics.js';

@ApiTags('Service 运行')
@Public()
@Controller()
export class HealthApi {
  constructor(
    private readonly projector: Projector,
    private readonly metrics: Metrics,
  ) {}

  /** The process answers. */
  @Get('health/live')
  @ApiOkResponse({ description: 'Alive' })
  live() {
    return { status: 'ok' };
  }

  /** The views follow the log; 503 while they do not. */
  @Get('health/ready')
  @ApiOkResponse({ description: 'Ready' })
  ready() {
    if (this.projector.failure) throw new Rejection('ledger-unavailable');
    return { status: 'ok', position: this.projector.reached };
  }

  /** Prometheus text. */
  @Get('metrics')
  @ApiOkResponse({ description: 'Metrics' })
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
