// HTTP: many payments in one request, a line each, answered in order as they are decided.
import { Readable } from 'node:stream';
import { Controller, HttpCode, Post, Req, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from '../access/principal.js';
import { canonical } from '../core/canonical.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext } from '../event-store/ledger.js';
import { Turns } from '../event-store/turns.js';
import { parseJson } from '../http/json-body.js';
import { linesOfStream, TOO_LONG } from '../http/ndjson.js';
import { WritesLines } from '../http/openapi.js';
import { asRejection } from '../http/problem.filter.js';
import { RequestPipe } from '../http/validation.pipe.js';
import { KeyStore } from '../keys/key-store.js';
import { BulkLineAnswer } from './payment.answer.dto.js';
import { PaymentRecorder } from './payment-recorder.js';
import { BulkPaymentDto } from './payment.dto.js';

/** Lines decided at the same time: enough to share commits, few enough to bound memory. */
const AT_ONCE = 256;

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
    const deciding: Promise<object>[] = [];
    const turns = new Turns();
    let line = 0;
    for await (const text of linesOfStream(request.body)) {
      deciding.push(this.answerTo(request, turns, ++line, text));
      if (deciding.length >= AT_ONCE) yield* settled(deciding.splice(0, AT_ONCE / 2));
    }
    yield* settled(deciding);
  }

  /** Lines of one student are decided in the order of the input, whatever each has to wait for. */
  private async answerTo(
    request: FastifyRequest,
    turns: Turns,
    line: number,
    text: Buffer | typeof TOO_LONG,
  ): Promise<object> {
    try {
      if (text === TOO_LONG) throw new Rejection('body-too-large');
      const body = parseJson(text);
      return { line, ...(await turns.take(studentOf(body), () => this.decide(request, body))) };
    } catch (error) {
      return { line, ...refusalOf(asRejection(error)) };
    }
  }

  private async decide(request: FastifyRequest, body: unknown): Promise<object> {
    const { idempotencyKey, ...payment } = (await this.pipe.transform(body, {
      type: 'body',
      metatype: BulkPaymentDto,
    })) as BulkPaymentDto;
    const { payment: answer, recorded } = await this.recorder.record(
      payment,
      this.contextOf(request, idempotencyKey, payment),
      request.principal,
    );
    const { paymentId, position } = answer;
    return { status: 201, ...(recorded.replayed && { replayed: true }), paymentId, position };
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

/** Whose line it is; what names no student has nobody to wait for. */
const studentOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'studentId' in body ? String(body.studentId) : '';

async function* settled(results: Promise<object>[]): AsyncGenerator<string> {
  for (const result of results) yield `${JSON.stringify(await result)}\n`;
}

const refusalOf = ({ status, code, sentence, details }: Rejection) => ({
  status,
  code,
  title: sentence,
  ...(details.errors && { errors: details.errors }),
});
