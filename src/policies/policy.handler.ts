// The book of policies: its commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import type { Term } from '../core/term.js';
import { Ledger } from '../event-store/ledger.js';
import { handle, OfficeCommand } from '../office/command.js';
import type { PolicyTerms } from './policy.events.js';
import { amend, policyDecider, publish, withdraw, type PolicyDraft } from './policy.js';

/** 发布政策 */
export class PublishPolicy extends OfficeCommand<PolicyDraft> {}
/** 修订政策 */
export class AmendPolicy extends OfficeCommand<{ policyId: string; terms: PolicyTerms }> {}
/** 废止政策 */
export class WithdrawPolicy extends OfficeCommand<{ policyId: string; from: Term; reason: string }> {}

const decider = policyDecider;
const streamOf = (policyId: string): string => `policy-${policyId}`;

@Injectable()
export class Policies {
  constructor(private readonly ledger: Ledger) {}

  publish({ order, context }: PublishPolicy) {
    const stream = streamOf(order.policyId);
    return this.ledger.execute({ stream, decider, context, decide: (policy) => publish(policy, order) });
  }

  amend({ order: { policyId, terms }, context }: AmendPolicy) {
    const stream = streamOf(policyId);
    return this.ledger.execute({ stream, decider, context, decide: (policy) => amend(policy, policyId, terms) });
  }

  withdraw({ order: { policyId, from, reason }, context }: WithdrawPolicy) {
    const stream = streamOf(policyId);
    return this.ledger.execute({
      stream,
      decider,
      context,
      decide: (policy) => withdraw(policy, policyId, from, reason),
    });
  }
}

export const policyHandlers = [
  handle(PublishPolicy, Policies, (policies, command) => policies.publish(command)),
  handle(AmendPolicy, Policies, (policies, command) => policies.amend(command)),
  handle(WithdrawPolicy, Policies, (policies, command) => policies.withdraw(command)),
];
