// Recording aid, reversal and return: the commands that move money, and how they are carried out.
import { Injectable } from '@nestjs/common';
import { Command, CommandHandler } from '@nestjs/cqrs';
import { Clock, Ids } from '../core/clock.js';
import { EVERYTHING } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Kind } from '../core/vocabulary.js';
import { Ledger } from '../event-store/ledger.js';
import type { CommandContext, Order, Recorded } from '../event-store/order.js';
import { handle, OfficeCommand } from '../office/command.js';
import { Freshness } from '../office/freshness.js';
import type { PolicyBook } from '../policies/policy.js';
import { PolicyView } from '../policies/policy.view.js';
import { approve, giveBack, reverse, type ReturnOrder } from './account.js';
import { record, type PaymentOrder } from './payment.js';
import { PaymentView } from './payment.view.js';
import { demandNotErased, demandOpen } from './privacy.js';
import type { StudentEvent } from './student.events.js';
import { demandKnown, studentDecider, studentStream, type Student } from './student.js';

export type PaymentRequest = Omit<PaymentOrder, 'paymentId'> & { studentId: string };

export abstract class RecordPayment extends OfficeCommand<PaymentRequest> {}
/** 记录减免 */
export class RecordWaiver extends RecordPayment {}
/** 记录补助 */
export class RecordSubsidy extends RecordPayment {}
/** 记录助学金 */
export class RecordGrant extends RecordPayment {}
/** 记录供餐 */
export class RecordMeals extends RecordPayment {}
/** 冲正 */
export class ReversePayment extends OfficeCommand<{ paymentId: string; reason: string }> {}
/** 退回 */
export class ReturnPayment extends OfficeCommand<ReturnOrder> {}
/** 批量发放: payments that are recorded together, each for itself; answered in their order. */
export class RecordPayments extends Command<PromiseSettledResult<Recorded>[]> {
  constructor(readonly payments: readonly RecordPayment[]) {
    super();
  }
}
/** 审批例外 */
export class ApproveException extends OfficeCommand<{ paymentId: string; document: string }> {}

/** The command that records aid of a kind. */
export const recordingOf = {
  waiver: RecordWaiver,
  subsidy: RecordSubsidy,
  grant: RecordGrant,
  meals: RecordMeals,
} as const satisfies Record<Kind, typeof RecordWaiver>;

@Injectable()
export class AidAccounts {
  constructor(
    private readonly ledger: Ledger,
    private readonly policies: PolicyView,
    private readonly payments: PaymentView,
    private readonly freshness: Freshness,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async record(command: RecordPayment) {
    return this.ledger.execute(this.paymentOrder(command, await this.currentPolicies()));
  }

  /** Students are read, and payments are written, for all of them at once. */
  async recordAll(commands: readonly RecordPayment[]) {
    const policies = await this.currentPolicies();
    return this.ledger.executeAll(commands.map((command) => this.paymentOrder(command, policies)));
  }

  private async currentPolicies(): Promise<PolicyBook> {
    return this.policies.book(await this.freshness.registersCurrent());
  }

  private paymentOrder({ order: { studentId, ...order }, context }: RecordPayment, policies: PolicyBook) {
    const paymentId = this.ids.next();
    return this.orderOn(studentId, context, (student) =>
      record(student, { paymentId, ...order }, policies, this.clock.today(), {
        id: context.actor.id,
        reach: context.reach,
      }),
    );
  }

  reverse({ order, context }: ReversePayment) {
    return this.correct(order.paymentId, context, ({ account, privacy }) => {
      demandNotErased(privacy);
      return reverse(account, order, this.clock.today());
    });
  }

  return({ order, context }: ReturnPayment) {
    return this.correct(order.paymentId, context, ({ account }) => giveBack(account, order, this.clock.today()));
  }

  approve({ order, context }: ApproveException) {
    return this.correct(order.paymentId, context, ({ account, privacy }) => {
      demandOpen(privacy);
      return approve(account, { ...order, approvedBy: context.actor.id });
    });
  }

  /** Money that has moved is booked also where the record is otherwise only kept. */
  private async correct(paymentId: string, context: CommandContext, decide: (student: Student) => StudentEvent[]) {
    await this.freshness.current();
    const payment = await this.payments.row(paymentId, context.reach);
    if (!payment) throw new Rejection('payment-unknown', { paymentId });
    return this.ledger.execute({
      stream: studentStream(payment.student_id),
      decider: studentDecider,
      context,
      decide: (student) => decide(demandKnown(student, payment.student_id, EVERYTHING)),
    });
  }

  private orderOn(
    studentId: string,
    context: CommandContext,
    decide: (student: Student) => StudentEvent[],
  ): Order<Student | null, StudentEvent> {
    return {
      stream: studentStream(studentId),
      decider: studentDecider,
      context,
      demandKnown: (student) => void demandKnown(student, studentId, context.reach),
      decide: (student) => {
        const known = demandKnown(student, studentId, context.reach);
        demandOpen(known.privacy);
        return decide(known);
      },
    };
  }
}

@CommandHandler(RecordPayments)
class BatchHandler {
  constructor(private readonly accounts: AidAccounts) {}

  execute({ payments }: RecordPayments) {
    return this.accounts.recordAll(payments);
  }
}

export const paymentHandlers = [
  handle(RecordWaiver, AidAccounts, (accounts, command) => accounts.record(command)),
  handle(RecordSubsidy, AidAccounts, (accounts, command) => accounts.record(command)),
  handle(RecordGrant, AidAccounts, (accounts, command) => accounts.record(command)),
  handle(RecordMeals, AidAccounts, (accounts, command) => accounts.record(command)),
  BatchHandler,
  handle(ReversePayment, AidAccounts, (accounts, command) => accounts.reverse(command)),
  handle(ApproveException, AidAccounts, (accounts, command) => accounts.approve(command)),
  handle(ReturnPayment, AidAccounts, (accounts, command) => accounts.return(command)),
];
