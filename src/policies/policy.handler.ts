// The book of policies: its commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import { covers, EVERYTHING } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Term } from '../core/term.js';
import { Ledger } from '../event-store/ledger.js';
import type { CommandContext } from '../event-store/order.js';
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

/** What the officer of one district publishes without naming a district is meant for that one. */
function confined(terms: PolicyTerms, { reach }: CommandContext): PolicyTerms {
  if (reach === EVERYTHING || terms.eligibility.districts !== undefined) return terms;
  const own = reach.districts.length === 1 && reach.areas.length === 0;
  return own ? { ...terms, eligibility: { ...terms.eligibility, districts: reach.districts } } : terms;
}

@Injectable()
export class Policies {
  constructor(private readonly ledger: Ledger) {}

  publish({ order, context }: PublishPolicy) {
    const stream = streamOf(order.policyId);
    const draft = { ...order, versions: order.versions.map((terms) => confined(terms, context)) };
    const decide = (policy: Policy | null) => {
      demandWithin(draft.versions, context);
      return publish(policy, draft);
    };
    return this.ledger.execute({ stream, decider, context, decide });
  }

  amend({ order, context }: AmendPolicy) {
    const { policyId } = order;
    const terms = confined(order.terms, context);
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
