// Before the first test: one PostgreSQL for the whole run, where the system has one; stopped after the last test.
// Jest loads this file without the mapping of `.js` to `.ts` that the tests have.
import { Cluster, postgresBinaries } from './postgres.ts';

// oxlint-disable-next-line import/no-default-export -- jest asks for it
export default async function setup(): Promise<void> {
  if (!postgresBinaries()) return;
  const cluster = await Cluster.start(['max_connections=400']);
  process.env['AID_TEST_POSTGRES'] = cluster.url('postgres');
  (globalThis as { cluster?: Cluster }).cluster = cluster;
}
