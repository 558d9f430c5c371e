// A whole ledger on PostgreSQL, opened beside its services: what its log, its payment register and its views say.
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { PROJECTIONS } from '../../src/installation.js';
import { Postgres } from '../../src/postgres/database.js';
import { Projector } from '../../src/read-models/projector.js';
import { PostgresTables } from '../../src/tables/postgres/postgres-tables.js';

const SCHEMA = 'aid';

export async function openLedger(url: string) {
  const store = await PostgresEventStore.open(new Postgres(url, { schema: SCHEMA }));
  const models = new PostgresTables(new Postgres(url, { schema: SCHEMA }));
  const projector = new Projector(store, models, PROJECTIONS);
  const close = async (): Promise<void> => {
    await projector.stop();
    await models.close();
    await store.close();
  };
  return { store, models, projector, close };
}

export type OpenLedger = Awaited<ReturnType<typeof openLedger>>;

interface Registered {
  [column: string]: string | number;
  reference: string;
  times: number;
  payment_id: string;
}

/** Acknowledged payments that are not registered once under their key; and payments that nobody was told of. */
export async function misrecorded({ models }: OpenLedger, acknowledged: ReadonlyMap<string, string>) {
  const rows = await models.query<Registered>(
    'select reference, count(*) as times, max(payment_id) as payment_id from payment group by reference',
  );
  const registered = new Map(rows.map((row) => [row.reference, row]));
  const missing = [...acknowledged].filter(([key, paymentId]) => registered.get(key)?.payment_id !== paymentId);
  return {
    missing: missing.map(([key]) => key),
    doubled: rows.filter(({ times }) => times > 1).map(({ reference }) => reference),
    unasked: rows.filter(({ reference }) => !acknowledged.has(reference)).map(({ reference }) => reference),
  };
}

export const AS_RECORDED = { missing: [], doubled: [], unasked: [] };
