// HTTP: many payments in one request, a line each, answered in order as they are decided.
import { Readable } from 'node:stream';
import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/principal.js';
import { canonical } from '../core/canonical.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext } from '../event-store/order.js';
import { parseJson } from '../http/json-body.js';
import { inBatches, linesOfStream, TOO_LONG, type Line } from '../http/ndjson.js';
import { WritesLines } from '../http/openapi.js';
import { asRejection } from '../http/problem.filter.js';
import { RequestPipe } from '../http/validation.pipe.js';
import { KeyStore } from '../keys/key-store.js';
import { BulkLineAnswer } from './payment.answer.dto.js';
import { PaymentRecorder } from './payment-recorder.js';
import { BulkPaymentDto } from './payment.dto.js';
import type { RecordPayment } from './payment.handler.js';

/** Lines decided together: enough to share reads and commits, few enough that others are not kept waiting. */
export const AT_ONCE = 500;

@ApiTags('Payments 发放')
@ApiBearerAuth()
@Controller('v1/payments')
export class PaymentBulkApi {
  private readonly pipe = new RequestPipe();

  constructor(
    private readonly recorder: PaymentRecorder,
    private readonly keys: KeyStore,
  ) {}

  /** NDJSON in, NDJSON out: one result a line, in order; a refused line changes nothing and stops nothing. */
  @Post('bulk')
  @HttpCode(200)
  @WritesLines(BulkPaymentDto, BulkLineAnswer, 'One result a line, in the order of the input')
  bulk(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Readable {
    void reply.type('application/x-ndjson; charset=utf-8');
    return Readable.from(this.results(request), { objectMode: false });
  }

  private async *results(request: FastifyRequest): AsyncGenerator<string> {
    let line = 0;
    for await (const texts of inBatches(linesOfStream(request.body), AT_ONCE)) {
      const answers = await this.answersTo(request, texts);
      yield answers.map((answer) => `${JSON.stringify({ line: ++line, ...answer })}\n`).join('');
    }
  }

  /** One answer a line, in the order of the lines. */
  private async answersTo(request: FastifyRequest, texts: readonly Line[]): Promise<object[]> {
    const read = await Promise.allSettled(texts.map((text) => this.commandIn(request, text)));
    const commands = read.flatMap((line) => (line.status === 'fulfilled' ? [line.value] : []));
    const results = (await this.recorder.recordAll(commands)).values();
    return read.map((line) => answerTo(line.status === 'fulfilled' ? results.next().value : line));
  }

  private async commandIn(request: FastifyRequest, text: Line): Promise<RecordPayment> {
    if (text === TOO_LONG) throw new Rejection('body-too-large');
    const { idempotencyKey, ...payment } = (await this.pipe.transform(parseJson(text), {
      type: 'body',
      metatype: BulkPaymentDto,
    })) as BulkPaymentDto;
    return this.recorder.commandOf(payment, this.contextOf(request, idempotencyKey, payment), request.principal);
  }

  /** The same command as the one that POST /v1/payments makes of this key and body. */
  private contextOf(request: FastifyRequest, key: string, payment: object): CommandContext {
    const { principal, permit, id } = request;
    if (!principal || !permit) throw new Rejection('unauthenticated');
    return {
      actor: actorOf(principal, permit.role),
      reach: permit.reach,
      commandId: this.keys.commandIdFor(principal.id, key),
      fingerprint: this.keys.fingerprint(`/v1/payments\n${canonical(payment)}`),
      requestId: id,
    };
  }
}

type Result = Awaited<ReturnType<PaymentRecorder['recordAll']>>[number] | PromiseRejectedResult;

function answerTo(result: Result | undefined): object {
  if (!result) throw new Error('a line without its result');
  if ('reason' in result) return refusalOf(asRejection(result.reason));
  const { payment, recorded } = result;
  const { paymentId, position } = payment;
  return { status: 201, ...(recorded.replayed && { replayed: true }), paymentId, position };
}

const refusalOf = ({ status, code, sentence, details }: Rejection) => ({
  status,
  code,
  title: sentence,
  ...(details.errors && { errors: details.errors }),
});
