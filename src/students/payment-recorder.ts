// From a payment request to its answer: picks the command by the policy's kind; single and bulk recording share it.
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Permits } from '../access/permits.view.js';
import { actorOf, type Principal } from '../access/principal.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext, Recorded } from '../event-store/order.js';
import { Freshness } from '../office/freshness.js';
import { PolicyView } from '../policies/policy.view.js';
import {
  recordingOf,
  RecordPayments,
  RecordSubsidy,
  type PaymentRequest,
  type RecordPayment,
} from './payment.handler.js';
import type { StudentEvent } from './student.events.js';

@Injectable()
export class PaymentRecorder {
  constructor(
    private readonly bus: CommandBus,
    private readonly policies: PolicyView,
    private readonly freshness: Freshness,
    private readonly permits: Permits,
  ) {}

  async record(request: PaymentRequest, context: CommandContext, principal: Principal | undefined) {
    const recorded = await this.bus.execute(await this.commandOf(request, context, principal));
    return { payment: answerOf(recorded), recorded };
  }

  /** Many at once: each is recorded or refused by itself. What stops all before any is tried is the answer to each. */
  async recordAll(commands: readonly RecordPayment[]) {
    return (await this.resultsOf(commands)).map((result) =>
      result.status === 'fulfilled' ? { payment: answerOf(result.value), recorded: result.value } : result,
    );
  }

  private async resultsOf(commands: readonly RecordPayment[]): Promise<PromiseSettledResult<Recorded>[]> {
    try {
      await this.freshness.nearlyCurrent();
      return await this.bus.execute(new RecordPayments(commands));
    } catch (reason: unknown) {
      return commands.map(() => ({ status: 'rejected', reason }));
    }
  }

  /** The command by the policy's kind. What the rules refuse is a duty of its own. */
  async commandOf(
    request: PaymentRequest,
    given: CommandContext,
    principal: Principal | undefined,
  ): Promise<RecordPayment> {
    const context = request.exception ? await this.exceptional(given, principal) : given;
    const policies = await this.policies.book(await this.freshness.registersCurrent());
    const kind = policies.get(request.policyId)?.kind;
    // An unknown policy is refused by the handler, after the student has been looked for.
    const command = kind ? recordingOf[kind] : RecordSubsidy;
    return new command(request, context);
  }

  private async exceptional(context: CommandContext, principal: Principal | undefined): Promise<CommandContext> {
    if (!principal) throw new Rejection('unauthenticated');
    const { role, reach } = await this.permits.permit(principal, 'record-exceptions');
    return { ...context, actor: actorOf(principal, role), reach };
  }
}

/** A function of the event alone, so that a replay gives the first answer again. */
function answerOf({ events }: Recorded) {
  const [event] = events as unknown as (StudentEvent & { position: number })[];
  if (event?.type !== 'PaymentDisbursed') throw new Error('a payment without its event');
  const { method: _, reference: __, place: ___, exception, ...payment } = event.data;
  return { ...payment, ...(exception && { exception: exception.overrides }), position: event.position };
}
