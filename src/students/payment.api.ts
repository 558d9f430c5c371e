// HTTP: payments (waivers, subsidies, grants, meals), their reversal and return.
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext, Recorded } from '../event-store/order.js';
import { Answer } from '../http/answer.js';
import { Within } from '../http/access.guard.js';
import { Context, MoneyContext } from '../http/command-context.js';
import { Answers, Writes, type Described } from '../http/openapi.js';
import { positionPageOf } from '../http/page.dto.js';
import {
  ApprovedAnswer,
  PaymentAnswer,
  PaymentPage,
  PaymentRecordedAnswer,
  ReturnedAnswer,
  ReversedAnswer,
} from './payment.answer.dto.js';
import { PaymentRecorder } from './payment-recorder.js';
import {
  ApproveExceptionDto,
  PaymentQuery,
  RecordPaymentDto,
  ReturnPaymentDto,
  ReversePaymentDto,
} from './payment.dto.js';
import { ApproveException, ReturnPayment, ReversePayment } from './payment.handler.js';
import { Freshness } from '../office/freshness.js';
import { PaymentView } from './payment.view.js';

@ApiTags('Payments 发放')
@ApiBearerAuth()
@Controller('v1/payments')
export class PaymentApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly recorder: PaymentRecorder,
    private readonly view: PaymentView,
    private readonly freshness: Freshness,
  ) {}

  /** Records a waiver, subsidy, grant or meals, by the kind of the policy. */
  @Post()
  @Writes(
    PaymentRecordedAnswer,
    'created',
    [
      'student-unknown',
      'policy-unknown',
      'policy-not-in-force',
      'not-eligible',
      'exclusive-policy',
      'already-granted',
      'entitlement-exceeded',
      'method-not-allowed',
      'amount-invalid',
      'date-in-future',
      'outside-scope',
      'student-restricted',
      'student-erased',
    ],
    true,
  )
  async record(
    @Body() body: RecordPaymentDto,
    @MoneyContext() context: CommandContext,
    @Req() { principal }: FastifyRequest,
  ): Promise<Answer> {
    const { payment, recorded } = await this.recorder.record(body, context, principal);
    const answer: Described<PaymentRecordedAnswer> = payment;
    return Answer.created(`/v1/payments/${payment.paymentId}`, answer, recorded);
  }

  /** The payment register, newest first. */
  @Get()
  @Answers(PaymentPage, 'A page of payments')
  list(@Query() { limit, cursor, ...filter }: PaymentQuery, @Within() reach: Reach) {
    const page = positionPageOf({ ...(limit !== undefined && { limit }), ...(cursor !== undefined && { cursor }) });
    return this.view.page(page, filter, reach);
  }

  /** One payment as it stands. */
  @Get(':paymentId')
  @Answers(PaymentAnswer, 'The payment', ['payment-unknown'])
  async one(@Param('paymentId') paymentId: string, @Within() reach: Reach) {
    const payment = await this.view.one(paymentId, reach);
    if (!payment) throw new Rejection('payment-unknown', { paymentId });
    this.freshness.demandWholeStudent(payment.studentId);
    return payment;
  }

  /** 冲正: the entry was wrong and is taken back whole, once. */
  @Post(':paymentId/reversal')
  @Writes(
    ReversedAnswer,
    'created',
    ['payment-unknown', 'already-reversed', 'already-returned', 'student-erased'],
    true,
  )
  async reverse(
    @Param('paymentId') paymentId: string,
    @Body() { reason }: ReversePaymentDto,
    @MoneyContext() context: CommandContext,
  ) {
    return moved(paymentId, await this.bus.execute(new ReversePayment({ paymentId, reason }, context)));
  }

  /** 审批例外: somebody else than the one who recorded it stands for a payment that the rules refuse. */
  @Post(':paymentId/approval')
  @HttpCode(200)
  @Writes(ApprovedAnswer, 'done', [
    'payment-unknown',
    'not-an-exception',
    'same-person',
    'already-approved',
    'student-restricted',
    'student-erased',
  ])
  async approve(
    @Param('paymentId') paymentId: string,
    @Body() { document }: ApproveExceptionDto,
    @Context() context: CommandContext,
  ) {
    const recorded = await this.bus.execute(new ApproveException({ paymentId, document }, context));
    const body = { paymentId, exceptionState: 'approved', position: recorded.position };
    return Answer.done(`/v1/payments/${paymentId}`, body, recorded);
  }

  /** 退回: money came back, part or whole. */
  @Post(':paymentId/return')
  @Writes(
    ReturnedAnswer,
    'created',
    [
      'payment-unknown',
      'already-reversed',
      'return-exceeds-payment',
      'amount-invalid',
      'return-before-payment',
      'date-in-future',
    ],
    true,
  )
  async return(
    @Param('paymentId') paymentId: string,
    @Body() body: ReturnPaymentDto,
    @MoneyContext() context: CommandContext,
  ) {
    return moved(paymentId, await this.bus.execute(new ReturnPayment({ paymentId, ...body }, context)));
  }
}

/** What was recorded, without the sealed reason. */
function moved(paymentId: string, recorded: Recorded): Answer {
  const [event] = recorded.events;
  const { reason: _, ...data } = { reason: undefined, ...event?.data };
  const state = event?.type === 'PaymentReversed' ? { state: 'reversed' } : {};
  return Answer.created(`/v1/payments/${paymentId}`, { ...data, ...state, position: recorded.position }, recorded);
}
