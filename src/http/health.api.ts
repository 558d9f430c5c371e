// HTTP: health and metrics, for the people who run the service. No key is needed and nothing personal is shown.
import { Controller, Get, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Rejection } from '../core/rejection.js';
import { Projector } from '../read-models/projector.js';
import { AliveAnswer, ReadyAnswer } from './health.answer.dto.js';
import { Metrics } from './metrics.js';
import { asText } from './openapi.js';

@ApiTags('Service 运行')
@Controller()
export class HealthApi {
  constructor(
    private readonly projector: Projector,
    private readonly metrics: Metrics,
  ) {}

  /** The process answers. */
  @Get('health/live')
  @ApiOkResponse({ description: 'Alive', type: AliveAnswer })
  live(): AliveAnswer {
    return { status: 'ok' };
  }

  /** The store answers and the views follow the log; 503 while they do not. */
  @Get('health/ready')
  @ApiOkResponse({ description: 'Ready', type: ReadyAnswer })
  ready(): ReadyAnswer {
    if (this.projector.failure || this.projector.trouble) throw new Rejection('ledger-unavailable');
    return { status: 'ok', position: this.projector.reached };
  }

  /** Prometheus text. */
  @Get('metrics')
  @ApiOkResponse({ description: 'Metrics', content: asText('text/plain', 'Prometheus text exposition format') })
  async text(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    void reply.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
