// An opponent's service: Nest on Fastify as they come, the ledger's own DTO and pipe, and the store behind it.
import 'reflect-metadata';
import { Body, Controller, Get, Headers, Module, Post, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ProblemFilter } from '../../../src/http/problem.filter.js';
import { RequestPipe } from '../../../src/http/validation.pipe.js';
import { newLogger } from '../../../src/service.js';
import { RecordPaymentDto } from '../../../src/students/payment.dto.js';
import { Bare } from './bare.js';
import { Crud } from './crud.js';
import { Emmett } from './emmett.js';
import { Payments } from './payments.js';

@Controller('v1')
class PaymentApi {
  constructor(private readonly payments: Payments) {}

  @Post('payments')
  record(@Body() payment: RecordPaymentDto, @Headers('idempotency-key') key: string) {
    return this.payments.record(payment, key);
  }

  @Get('totals')
  totals() {
    return this.payments.totals();
  }
}

@Module({})
class OpponentModule {
  static of(payments: Payments): DynamicModule {
    return {
      module: OpponentModule,
      controllers: [PaymentApi],
      providers: [{ provide: Payments, useValue: payments }],
    };
  }
}

export const OPPONENTS = {
  bare: async () => new Bare(),
  crud: (postgres: string) => Crud.open(postgres),
  emmett: (postgres: string) => Emmett.open(postgres),
} satisfies Record<string, (postgres: string) => Promise<Payments>>;

export type OpponentName = keyof typeof OPPONENTS;

export interface RunningOpponent {
  port: number;
  stop: () => Promise<void>;
}

/** `postgres` is the address of an empty database, where the opponent has need of one. */
export async function serveOpponent(name: OpponentName, postgres = ''): Promise<RunningOpponent> {
  const payments = await OPPONENTS[name](postgres);
  const app = await NestFactory.create<NestFastifyApplication>(OpponentModule.of(payments), new FastifyAdapter(), {
    logger: ['error', 'warn'],
  });
  app.useGlobalPipes(new RequestPipe());
  app.useGlobalFilters(new ProblemFilter(newLogger('error')));
  await app.listen(0, '127.0.0.1');
  const stop = async (): Promise<void> => {
    app.getHttpServer().closeAllConnections();
    await app.close();
    await payments.close();
  };
  return { port: Number(new URL(await app.getUrl()).port), stop };
}
