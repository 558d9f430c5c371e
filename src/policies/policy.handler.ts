// The book of policies: its commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import { covers, EVERYTHING } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Term } from '../core/term.js';
import { Ledger, type CommandContext } from '../event-store/ledger.js';
import { handle, OfficeCommand } from '../office/command.js';
import type { PolicyTerms } from './policy.events.js';
import { amend, policyDecider, publish, withdraw, type Policy, type PolicyDraft } from './policy.js';

/** 发布政策 */
export class PublishPolicy extends OfficeCommand<PolicyDraft> {}
/** 修订政策 */
export class AmendPolicy extends OfficeCommand<{ policyId: string; terms: PolicyTerms }> {}
/** 废止政策 */
export class WithdrawPolicy extends OfficeCommand<{ policyId: string; from: Term; reason: string }> {}

const decider = policyDecider;
const streamOf = (policyId: string): string => `policy-${policyId}`;

/** A version that names no district holds in all of them, and is a matter for whoever reaches all. */
function demandWithin(versions: readonly PolicyTerms[], { reach }: CommandContext): void {
  const within = ({ eligibility: { districts } }: PolicyTerms): boolean =>
    districts?.every((districtId) => covers(reach, { districtId })) ?? reach === EVERYTHING;
  if (!versions.every(within)) throw new Rejection('scope-exceeded');
}

@Injectable()
export class Policies {
  constructor(private readonly ledger: Ledger) {}

  publish({ order, context }: PublishPolicy) {
    const stream = streamOf(order.policyId);
    const decide = (policy: Policy | null) => {
      demandWithin(order.versions, context);
      return publish(policy, order);
    };
    return this.ledger.execute({ stream, decider, context, decide });
  }

  amend({ order: { policyId, terms }, context }: AmendPolicy) {
    const stream = streamOf(policyId);
    const decide = (policy: Policy | null) => {
      demandWithin([...(policy?.versions ?? []), terms], context);
      return amend(policy, policyId, terms);
    };
    return this.ledger.execute({ stream, decider, context, decide });
  }

  withdraw({ order: { policyId, from, reason }, context }: WithdrawPolicy) {
    const stream = streamOf(policyId);
    const decide = (policy: Policy | null) => {
      demandWithin(policy?.versions ?? [], context);
      return withdraw(policy, policyId, from, reason);
    };
    return this.ledger.execute({ stream, decider, context, decide });
  }
}

export const policyHandlers = [
  handle(PublishPolicy, Policies, (policies, command) => policies.publish(command)),
  handle(AmendPolicy, Policies, (policies, command) => policies.amend(command)),
  handle(WithdrawPolicy, Policies, (policies, command) => policies.withdraw(command)),
];
