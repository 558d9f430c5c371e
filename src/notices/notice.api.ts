// HTTP: public notices 公示.
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Reach } from '../core/reach.js';
import type { CommandContext } from '../event-store/order.js';
import { Within } from '../http/access.guard.js';
import { Answer } from '../http/answer.js';
import { Context } from '../http/command-context.js';
import { showing } from '../http/looks.js';
import { Answers, Writes } from '../http/openapi.js';
import { positionPageOf } from '../http/page.dto.js';
import { NoticeAnswer, NoticePage, NoticePublishedAnswer, NoticeWithdrawnAnswer } from './notice.answer.dto.js';
import { NoticeQuery, PublishNoticeDto, WithdrawNoticeDto } from './notice.dto.js';
import type { NoticePublished } from './notice.events.js';
import { PublishNotice, WithdrawNotice } from './notice.handler.js';
import { NoticeView } from './notice.view.js';

@ApiTags('Notices 公示')
@ApiBearerAuth()
@Controller('v1/notices')
export class NoticeApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly view: NoticeView,
  ) {}

  /** Publishes who is to receive aid under a policy: name, school and grade, for a bounded time. */
  @Post()
  @Writes(NoticePublishedAnswer, 'created', [
    'school-unknown',
    'policy-unknown',
    'notice-too-short',
    'notice-too-long',
    'not-of-school',
  ])
  async publish(@Body() body: PublishNoticeDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new PublishNotice(body, context));
    const { studentIds, ...notice } = (recorded.events[0] as NoticePublished | undefined)?.data ?? fail();
    const answer = { ...notice, persons: studentIds.length, position: recorded.position };
    return Answer.created(`/v1/notices/${notice.noticeId}`, answer, recorded);
  }

  /** Lists notices, newest first, without names. */
  @Get()
  @Answers(NoticePage, 'A page of notices')
  list(@Query() { schoolId, ...page }: NoticeQuery, @Within() reach: Reach) {
    return this.view.page(positionPageOf(page), schoolId, reach);
  }

  /** One notice with its names, while it stands; 410 afterwards. */
  @Get(':noticeId')
  @Answers(NoticeAnswer, 'The notice', ['notice-unknown', 'notice-expired', 'notice-withdrawn'])
  async one(@Param('noticeId') noticeId: string, @Within() reach: Reach) {
    const { body, studentIds } = await this.view.one(noticeId, reach);
    return showing(body, studentIds);
  }

  /** Takes a notice down before its time. */
  @Post(':noticeId/withdrawal')
  @HttpCode(200)
  @Writes(NoticeWithdrawnAnswer, 'done', ['notice-unknown', 'notice-withdrawn'])
  async withdraw(
    @Param('noticeId') noticeId: string,
    @Body() { reason }: WithdrawNoticeDto,
    @Context() context: CommandContext,
  ) {
    const recorded = await this.bus.execute(new WithdrawNotice({ noticeId, reason }, context));
    return Answer.done('/v1/notices', { noticeId, withdrawn: true, position: recorded.position }, recorded);
  }
}

function fail(): never {
  throw new Error('a publication without its event');
}
