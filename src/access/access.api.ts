// HTTP: keys, grants, and who saw what.
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { dayAfter, startOfDay } from '../core/civil-date.js';
import { EVERYTHING, type Reach } from '../core/reach.js';
import type { CommandContext, Recorded } from '../event-store/order.js';
import { Within } from '../http/access.guard.js';
import { Answer } from '../http/answer.js';
import { Context } from '../http/command-context.js';
import { LastUse } from '../http/last-use.js';
import { Answers, Writes } from '../http/openapi.js';
import { PageQuery, pageOf } from '../http/page.dto.js';
import { Freshness } from '../office/freshness.js';
import { newApiKey } from '../keys/api-key.js';
import {
  GrantGivenAnswer,
  GrantPage,
  GrantRevokedAnswer,
  KeyIssuedAnswer,
  KeyPage,
  KeyRevokedAnswer,
  LookPage,
  type GrantAnswer,
  type KeyAnswer,
} from './access.answer.dto.js';
import type { GrantGiven, KeyIssued } from './access.events.js';
import { AccessLogQuery, GiveGrantDto, IssueKeyDto, RevokeDto } from './access.dto.js';
import { GiveGrant, IssueKey, RevokeGrant, RevokeKey } from './access.handler.js';
import { AccessView } from './access.view.js';
import { Credentials } from './credential.view.js';

@ApiTags('Access 权限')
@ApiBearerAuth()
@Controller('v1')
export class AccessApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly view: AccessView,
    private readonly credentials: Credentials,
    private readonly lastUse: LastUse,
    private readonly freshness: Freshness,
  ) {}

  /** Issues a key; it is shown this once, and only its digest is kept. */
  @Post('keys')
  @Writes(KeyIssuedAnswer, 'created', ['scope-exceeded', 'period-invalid'])
  async issue(@Body() body: IssueKeyDto, @Context() context: CommandContext) {
    const { key, ...made } = newApiKey();
    const recorded = await this.bus.execute(new IssueKey({ ...body, ...made }, context));
    const { digest: _, within: __, ...shown } = dataOf(recorded) as KeyIssued['data'];
    const answer = {
      ...shown,
      expiresOn: shown.expiresOn ?? null,
      key: recorded.replayed ? null : key,
      position: recorded.position,
    };
    return Answer.created('/v1/keys', answer, recorded);
  }

  /** Keys within the caller's scope: never the keys themselves. */
  @Get('keys')
  @Answers(KeyPage, 'A page of keys')
  async keys(@Query() query: PageQuery, @Within() reach: Reach) {
    const { items, nextCursor } = await this.view.keys(pageOf(query), reach);
    const listed = (query.cursor === undefined && reach === EVERYTHING ? [await this.ownerKey()] : []).concat(
      items as KeyAnswer[],
    );
    const used = await this.lastUse.of(listed.map(({ keyId }) => keyId));
    return {
      items: listed.map((key) => ({
        ...key,
        expiresOn: key.expiresOn ?? null,
        lastUsedAt: used.get(key.keyId) ?? null,
      })),
      nextCursor,
    };
  }

  private async ownerKey(): Promise<KeyAnswer> {
    const { keyId, name, prefix, role, scope, revoked } = await this.credentials.ownerState();
    return { keyId, name, prefix, role, scope, expiresOn: null, given: null, revoked, lastUsedAt: null };
  }

  /** Revokes a key: from the next request on it opens nothing. */
  @Post('keys/:keyId/revocation')
  @HttpCode(200)
  @Writes(KeyRevokedAnswer, 'done', ['key-unknown', 'already-revoked-access'])
  async revoke(@Param('keyId') keyId: string, @Body() { reason }: RevokeDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new RevokeKey({ keyId, reason }, context));
    return Answer.done('/v1/keys', { keyId, revoked: true, position: recorded.position }, recorded);
  }

  /** Gives a role in a scope to the holders of a token's claim. */
  @Post('grants')
  @Writes(GrantGivenAnswer, 'created', ['scope-exceeded', 'period-invalid'])
  async give(@Body() body: GiveGrantDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new GiveGrant(body, context));
    const { within: _, ...shown } = dataOf(recorded) as GrantGiven['data'];
    return Answer.created('/v1/grants', { expiresOn: null, ...shown, position: recorded.position }, recorded);
  }

  /** Grants within the caller's scope. */
  @Get('grants')
  @Answers(GrantPage, 'A page of grants')
  async grants(@Query() query: PageQuery, @Within() reach: Reach) {
    const { items, nextCursor } = await this.view.grants(pageOf(query), reach);
    return {
      items: (items as GrantAnswer[]).map((grant) => ({ ...grant, expiresOn: grant.expiresOn ?? null })),
      nextCursor,
    };
  }

  /** Revokes a grant: from the next request on it allows nothing. */
  @Post('grants/:grantId/revocation')
  @HttpCode(200)
  @Writes(GrantRevokedAnswer, 'done', ['grant-unknown', 'already-revoked-access'])
  async withdraw(@Param('grantId') grantId: string, @Body() { reason }: RevokeDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new RevokeGrant({ grantId, reason }, context));
    return Answer.done('/v1/grants', { grantId, revoked: true, position: recorded.position }, recorded);
  }

  /** Who saw whose record, which fields and for what; newest first. */
  @Get('access-log')
  @Answers(LookPage, 'A page of looks')
  async looks(@Query() { studentId, principal, from, to, ...page }: AccessLogQuery, @Within() reach: Reach) {
    await this.freshness.looksCurrent();
    const filter = {
      ...(studentId && { studentId }),
      ...(principal && { principal }),
      ...(from && { since: startOfDay(from) }),
      ...(to && { before: startOfDay(dayAfter(to)) }),
    };
    return this.view.looks(pageOf(page), filter, reach);
  }
}

function dataOf({ events: [event] }: Recorded): object {
  if (!event) throw new Error('a command without its event');
  return event.data;
}
