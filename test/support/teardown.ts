// After the last test: the PostgreSQL of the run is stopped and its folder removed.
import type { Cluster } from './postgres.js';

// oxlint-disable-next-line import/no-default-export -- jest asks for it
export default async function teardown(): Promise<void> {
  await (globalThis as { cluster?: Cluster }).cluster?.dispose();
}
