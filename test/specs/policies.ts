// Small policies for specs: each says only what it is about.
import type { PolicyEvent, PolicyTerms, PolicyWithdrawn } from '../../src/policies/policy.events.js';
import { policyDecider, publish, type Policy, type PolicyBook, type PolicyDraft } from '../../src/policies/policy.js';
import { stateAfter } from './given.js';

/** 1250.00 a year from spring 2024 on, for everybody. */
export const terms = (changes: Partial<PolicyTerms> = {}): PolicyTerms => ({
  effectiveFrom: '2024-spring',
  effectiveUntil: null,
  eligibility: {},
  benefit: { basis: 'per-year', amounts: [{ amount: '1250.00' }] },
  legal: { document: '测试文件' },
  ...changes,
});

export const draft = (changes: Partial<PolicyDraft> = {}): PolicyDraft => ({
  policyId: 'living-subsidy',
  name: { zh: '寄宿生生活费补助', en: 'Boarding living subsidy' },
  kind: 'subsidy',
  exclusiveWith: [],
  onTopOf: [],
  versions: [terms()],
  ...changes,
});

/** A policy as it stands once it is published, and after what else happened to it. */
export function policy(changes: Partial<PolicyDraft> = {}, ...later: PolicyEvent[]): Policy {
  const state = stateAfter(policyDecider, [...publish(null, draft(changes)), ...later]);
  if (!state) throw new Error('a published policy is there');
  return state;
}

export const withdrawnFrom = (from: PolicyWithdrawn['data']['from'], policyId = 'living-subsidy'): PolicyWithdrawn => ({
  type: 'PolicyWithdrawn',
  data: { policyId, from, reason: '国家政策调整' },
});

export const bookOf = (...policies: Policy[]): PolicyBook => new Map(policies.map((each) => [each.policyId, each]));
