// The policy decider: publish, amend, withdraw; and which version holds in a term.
import type { Decider } from '../core/decider.js';
import { yuan } from '../core/money.js';
import { Rejection } from '../core/rejection.js';
import { inForce, ordinal, termBefore, termsOverlap, type Term } from '../core/term.js';
import type { Kind } from '../core/vocabulary.js';
import type {
  BilingualName,
  PolicyAmended,
  PolicyEvent,
  PolicyPublished,
  PolicyTerms,
  PolicyVersion,
  PolicyWithdrawn,
} from './policy.events.js';

/** A published policy with all its versions, as plain data. */
export interface Policy {
  policyId: string;
  name: BilingualName;
  kind: Kind;
  exclusiveWith: readonly string[];
  onTopOf: readonly string[];
  versions: readonly PolicyVersion[];
  withdrawnFrom: Term | null;
}

/** Every policy of the ledger, by id: the law that a decision about a student relies on. */
export type PolicyBook = ReadonlyMap<string, Policy>;

export const policyDecider: Decider<Policy | null, PolicyEvent> = {
  initial: null,
  evolve(policy, { type, data }) {
    if (type === 'PolicyPublished') return { ...data, withdrawnFrom: null };
    if (!policy) throw new Error(`${type} before PolicyPublished`);
    switch (type) {
      case 'PolicyAmended':
        return {
          ...policy,
          versions: [...policy.versions.map((version) => closed(version, data.closes)), data.version],
        };
      case 'PolicyWithdrawn':
        return { ...policy, withdrawnFrom: data.from };
    }
  },
};

const closed = (version: PolicyVersion, closes: PolicyAmended['data']['closes']): PolicyVersion =>
  closes?.version === version.version ? { ...version, effectiveUntil: closes.effectiveUntil } : version;

/** The version in force in a term, if the policy has one and is not withdrawn by then. */
export function versionIn({ withdrawnFrom, versions }: Policy, term: Term): PolicyVersion | undefined {
  if (withdrawnFrom && ordinal(term) >= ordinal(withdrawnFrom)) return undefined;
  return versions.find((version) => inForce(version, term));
}

/** Either policy may name the other; exclusion holds both ways. */
export const excludes = (a: Policy, b: Policy): boolean =>
  a.exclusiveWith.includes(b.policyId) || b.exclusiveWith.includes(a.policyId);

export interface PolicyDraft extends Omit<Policy, 'versions' | 'withdrawnFrom'> {
  versions: readonly PolicyTerms[];
}

export function publish(policy: Policy | null, draft: PolicyDraft): PolicyPublished[] {
  if (policy) throw new Rejection('policy-exists', { policyId: draft.policyId });
  demandConsistentStacking(draft);
  const versions: PolicyVersion[] = [];
  for (const terms of draft.versions) {
    demandConsistentTerms(draft.kind, terms);
    demandNoOverlap(versions, terms);
    versions.push({ version: versions.length + 1, ...terms });
  }
  const { policyId, name, kind, exclusiveWith, onTopOf } = draft;
  return [{ type: 'PolicyPublished', data: { policyId, name, kind, exclusiveWith, onTopOf, versions } }];
}

export function amend(policy: Policy | null, policyId: string, terms: PolicyTerms): PolicyAmended[] {
  if (!policy) throw new Rejection('policy-unknown', { policyId });
  if (policy.withdrawnFrom) throw new Rejection('policy-withdrawn', { policyId });
  demandConsistentTerms(policy.kind, terms);
  const superseded = policy.versions.find((version) => isSupersededBy(version, terms));
  demandNoOverlap(
    policy.versions.filter((version) => version !== superseded),
    terms,
  );
  const closes = superseded && { version: superseded.version, effectiveUntil: termBefore(terms.effectiveFrom) };
  const version: PolicyVersion = { version: policy.versions.length + 1, ...terms };
  return [{ type: 'PolicyAmended', data: { policyId, version, closes: closes ?? null } }];
}

/** Withdrawn from a term on; what was paid for earlier terms stands. */
export function withdraw(policy: Policy | null, policyId: string, from: Term, reason: string): PolicyWithdrawn[] {
  if (!policy) throw new Rejection('policy-unknown', { policyId });
  if (policy.withdrawnFrom) throw new Rejection('policy-withdrawn', { policyId });
  return [{ type: 'PolicyWithdrawn', data: { policyId, from, reason } }];
}

/**
 * "Until further notice" ends where a later version begins: a new rate needs no separate repeal. What holds after a
 * later version that has an end of its own must be published.
 */
const isSupersededBy = (version: PolicyVersion, terms: PolicyTerms): boolean =>
  version.effectiveUntil === null && ordinal(version.effectiveFrom) < ordinal(terms.effectiveFrom);

function demandNoOverlap(versions: readonly PolicyVersion[], terms: PolicyTerms): void {
  const other = versions.find((version) => termsOverlap(version, terms));
  if (other) throw new Rejection('policy-version-overlaps', { version: other.version });
}

function demandConsistentStacking({ policyId, exclusiveWith, onTopOf }: PolicyDraft): void {
  const both = exclusiveWith.find((id) => onTopOf.includes(id));
  if (both) throw inconsistent(`exclusiveWith and onTopOf both name ${both}`);
  if (exclusiveWith.includes(policyId) || onTopOf.includes(policyId)) throw inconsistent('the policy names itself');
}

function demandConsistentTerms(kind: Kind, terms: PolicyTerms): void {
  const { effectiveFrom, effectiveUntil, eligibility, benefit, funding } = terms;
  const { hardship = [] } = eligibility;
  if (hardship.length > 1 && (hardship.includes('any') || hardship.includes('none')))
    throw inconsistent('hardship any or none stands alone');
  if (effectiveUntil && ordinal(effectiveUntil) < ordinal(effectiveFrom))
    throw inconsistent('effectiveUntil lies before effectiveFrom');
  const { basis, amounts, cap, daysPerTerm } = benefit;
  const inKind = kind === 'meals' && basis === 'per-day';
  if (kind === 'meals' && !inKind) throw inconsistent('meals are counted per-day');
  if (basis === 'per-day' && !inKind) throw inconsistent('only meals are counted per-day');
  if (basis === 'actual-cost' && amounts) throw inconsistent('actual-cost takes a cap, not amounts');
  if (basis !== 'actual-cost' && !inKind && !amounts) throw inconsistent(`${basis} needs amounts`);
  if (basis !== 'actual-cost' && cap !== undefined) throw inconsistent('only actual-cost takes a cap');
  if (basis !== 'per-day' && daysPerTerm !== undefined) throw inconsistent('only per-day takes daysPerTerm');
  const keys = (amounts ?? []).map(({ stage, level }) => `${stage}/${level}`);
  if (new Set(keys).size < keys.length) throw inconsistent('two amounts for the same stage and level');
  if (funding && !sharesOfOne(funding.map(({ share }) => share))) throw inconsistent('funding shares do not sum to 1');
  const sources = (funding ?? []).map(({ source }) => source);
  if (new Set(sources).size < sources.length) throw inconsistent('a funding source is named twice');
}

const sharesOfOne = (shares: string[]): boolean =>
  shares.reduce((total, share) => total.plus(share), yuan('0')).equals(1);

const inconsistent = (reason: string): Rejection => new Rejection('policy-inconsistent', { reason });
