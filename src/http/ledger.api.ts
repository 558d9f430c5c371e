// HTTP: the ledger itself: where it stands, whether it is what was recorded, and the events as stored.
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { rolesOf, scopeOf } from '../access/principal.js';
import type { EventMeta } from '../core/event.js';
import { Rejection } from '../core/rejection.js';
import { EventStore } from '../event-store/event-store.js';
import { verify } from '../event-store/verification.js';
import { Projector } from '../read-models/projector.js';
import { Tables } from '../tables/tables.js';
import { EventPage, LedgerAnswer, PrincipalAnswer, VerificationAnswer } from './ledger.answer.dto.js';
import { EventsQuery } from './ledger.dto.js';
import { Answers } from './openapi.js';

@ApiTags('Ledger 台账')
@ApiBearerAuth()
@Controller('v1')
export class LedgerApi {
  constructor(
    private readonly store: EventStore,
    private readonly models: Tables,
    private readonly projector: Projector,
  ) {}

  /** Position and hash of the last event, and how far the views are. */
  @Get('ledger')
  @Answers(LedgerAnswer, 'Where the ledger stands')
  async ledger() {
    const { position, hash: headHash } = await this.store.head();
    const projections = await this.projector.positions();
    const parked = [...this.projector.parked.values()];
    return { position, headHash, store: this.store.kind, readModels: this.models.kind, projections, parked };
  }

  /** Re-reads the whole log and checks numbering, order and hash of every event. */
  @Get('ledger/verification')
  @Answers(VerificationAnswer, 'Whether the log is what was recorded, and the first event that is not')
  verification() {
    return verify(this.store, this.projector.reached);
  }

  /** The stored events in order, personal fields sealed as stored. */
  @Get('ledger/events')
  @Answers(EventPage, 'Events')
  async events(@Query() { from = 1, limit = 50 }: EventsQuery) {
    const events = await this.store.readAfter(from - 1, limit);
    const last = events.at(-1);
    return {
      items: events.map(({ payload, ...event }) => ({
        ...event,
        ...(JSON.parse(payload) as { data: object; meta: EventMeta }),
        payload,
      })),
      next: last && events.length === limit ? last.position + 1 : null,
    };
  }

  /** Who the caller is, and what the key allows. */
  @Get('me')
  @Answers(PrincipalAnswer, 'The principal')
  me(@Req() { principal }: FastifyRequest) {
    if (!principal) throw new Rejection('unauthenticated');
    const { id, name, grants } = principal;
    return { principal: id, name, roles: rolesOf(principal), scope: scopeOf(principal), grants };
  }
}
