// Policies as they stand, one row each.
import { fold } from '../core/decider.js';
import type { LedgerEvent } from '../core/event.js';
import { groupBy } from '../core/group.js';
import type { Projection } from '../read-models/projection.js';
import type { Table } from '../tables/tables.js';
import type { PolicyEvent } from './policy.events.js';
import { policyDecider, type Policy } from './policy.js';

export const POLICY: Table = {
  name: 'policy',
  columns: { policy_id: 'text', revision: 'integer', position: 'integer', body: 'text' },
  key: ['policy_id'],
  indexes: [['position']],
};

const isPolicyEvent = (event: LedgerEvent): event is LedgerEvent<PolicyEvent> => event.type.startsWith('Policy');

export const policyProjection: Projection = {
  name: 'policies',
  tables: [POLICY],
  async apply(events, rows) {
    const byPolicy = groupBy(events.filter(isPolicyEvent), ({ data }) => data.policyId);
    const known = await rows.load<{ policy_id: string; body: string }>(POLICY, 'policy_id', [...byPolicy.keys()]);
    const states = new Map(known.map((row) => [row.policy_id, JSON.parse(row.body) as Policy]));
    const changed = [...byPolicy].map(([policyId, ofPolicy]) => {
      const initial = states.get(policyId) ?? null;
      const policy = fold({ ...policyDecider, initial }, ofPolicy);
      const { revision = 0, position = 0 } = ofPolicy.at(-1) ?? {};
      return { policy_id: policyId, revision, position, body: JSON.stringify(policy) };
    });
    await rows.put(POLICY, changed);
  },
};
