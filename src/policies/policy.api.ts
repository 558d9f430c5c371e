// HTTP: policies.
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Clock } from '../core/clock.js';
import { Rejection } from '../core/rejection.js';
import { termOf } from '../core/term.js';
import type { CommandContext } from '../event-store/order.js';
import { Answer } from '../http/answer.js';
import { Context } from '../http/command-context.js';
import { Answers, Writes } from '../http/openapi.js';
import { PageQuery, pageOf } from '../http/page.dto.js';
import {
  PolicyAmendedAnswer,
  PolicyAnswer,
  PolicyPage,
  PolicyPublishedAnswer,
  PolicyWithdrawnAnswer,
} from './policy.answer.dto.js';
import { draftOfDto, PolicyVersionDto, PublishPolicyDto, termsOfDto, WithdrawPolicyDto } from './policy.dto.js';
import { AmendPolicy, PublishPolicy, WithdrawPolicy } from './policy.handler.js';
import { PolicyView } from './policy.view.js';

@ApiTags('Policies 政策')
@ApiBearerAuth()
@Controller('v1/policies')
export class PolicyApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly view: PolicyView,
    private readonly clock: Clock,
  ) {}

  /** Lists policies in the order of their ids. */
  @Get()
  @Answers(PolicyPage, 'A page of policies with all their versions')
  list(@Query() query: PageQuery) {
    return this.view.page(pageOf(query));
  }

  /** One policy with all its versions. */
  @Get(':policyId')
  @Answers(PolicyAnswer, 'The policy', ['policy-unknown'])
  async one(@Param('policyId') policyId: string) {
    const policy = await this.view.one(policyId);
    if (!policy) throw new Rejection('policy-unknown', { policyId });
    return policy;
  }

  /** Publishes a policy with its first versions. */
  @Post()
  @Writes(PolicyPublishedAnswer, 'created', ['policy-exists', 'policy-version-overlaps', 'policy-inconsistent'])
  async publish(@Body() body: PublishPolicyDto, @Context() context: CommandContext): Promise<Answer> {
    const recorded = await this.bus.execute(new PublishPolicy(draftOfDto(body), context));
    return Answer.created(
      `/v1/policies/${body.policyId}`,
      { ...recorded.events[0]?.data, revision: recorded.revision },
      recorded,
    );
  }

  /** Adds a version, also one that starts in the past; an open-ended version before it ends with the term before. */
  @Post(':policyId/versions')
  @Writes(PolicyAmendedAnswer, 'created', [
    'policy-unknown',
    'policy-withdrawn',
    'policy-version-overlaps',
    'policy-inconsistent',
  ])
  async amend(@Param('policyId') policyId: string, @Body() body: PolicyVersionDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new AmendPolicy({ policyId, terms: termsOfDto(body) }, context));
    return Answer.created(
      `/v1/policies/${policyId}`,
      { ...recorded.events[0]?.data, revision: recorded.revision },
      recorded,
    );
  }

  /** Withdraws the policy from a term on; what was paid for earlier terms stands. */
  @Post(':policyId/withdrawal')
  @HttpCode(200)
  @Writes(PolicyWithdrawnAnswer, 'done', ['policy-unknown', 'policy-withdrawn'])
  async withdraw(
    @Param('policyId') policyId: string,
    @Body() body: WithdrawPolicyDto,
    @Context() context: CommandContext,
  ) {
    const { reason, from = termOf(this.clock.today()) } = body;
    const recorded = await this.bus.execute(new WithdrawPolicy({ policyId, from, reason }, context));
    return Answer.done(
      `/v1/policies/${policyId}`,
      { ...recorded.events[0]?.data, revision: recorded.revision },
      recorded,
    );
  }
}
