// What stands around every controller: who is calling, what they sent, how answers and refusals leave.
import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { AccessModule } from '../access/access.module.js';
import { AccessGuard } from './access.guard.js';
import { AnswerInterceptor } from './answer.js';
import { CommandContextGuard } from './command-context.js';
import { HealthApi } from './health.api.js';
import { LookRecorder } from './looks.js';
import { LedgerApi } from './ledger.api.js';
import { ProblemFilter } from './problem.filter.js';
import { RequestPipe } from './validation.pipe.js';

@Module({
  imports: [AccessModule],
  controllers: [HealthApi, LedgerApi],
  providers: [
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: CommandContextGuard },
    { provide: APP_PIPE, useClass: RequestPipe },
    { provide: APP_INTERCEPTOR, useClass: AnswerInterceptor },
    { provide: APP_INTERCEPTOR, useClass: LookRecorder },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ],
})
export class HttpModule {}
