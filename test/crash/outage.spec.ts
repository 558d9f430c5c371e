// A database that goes away and comes back under a running service: refusals meanwhile, no restart, one effect each.
import { rmSync } from 'node:fs';
import { readConfig } from '../../src/config.js';
import { NewerSchema } from '../../src/event-store/postgres/schema.js';
import { PostgresEventStore } from '../../src/event-store/postgres/postgres-event-store.js';
import { demandDurable, Postgres, UnsafeDatabase } from '../../src/postgres/database.js';
import { startService, type Service } from '../../src/service.js';
import { AT_ONCE } from '../../src/students/payment-bulk.api.js';
import { describeWith } from '../support/missing.js';
import { Cluster, postgresBinaries } from '../support/postgres.js';
import { newDirectory } from '../support/service.js';
import { missingOf, openOffice, paymentOf } from './office.js';
import { get, post, postLines } from './process.js';

const describeOnPostgres = describeWith(postgresBinaries() !== undefined, 'PostgreSQL');

describeOnPostgres('PostgreSQL that goes away', () => {
  const directory = newDirectory();
  let cluster: Cluster;
  let service: Service;
  let studentIds: string[];
  beforeAll(async () => {
    cluster = await Cluster.start();
    const config = readConfig({
      PORT: '0',
      AID_STORE: await cluster.newDatabase(),
      AID_DATA: directory,
      AID_CATALOGUE: 'none',
      AID_BOOTSTRAP_KEY: 'crash-key',
      LOG_LEVEL: 'silent',
    });
    service = await startService(config);
    studentIds = await openOffice(service.url);
  });
  afterAll(async () => {
    await service.stop();
    await cluster.dispose();
    rmSync(directory, { recursive: true, force: true });
  });

  const pay = (key: string) => post(service.url, '/v1/payments', paymentOf(studentIds, key), key);

  test('connections that are cut are replaced, and nobody notices', async () => {
    await cluster.admin(`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'ledger'`);
    expect((await pay('key-1')).status).toBe(201);
    expect((await get(service.url, '/v1/totals?fiscalYear=2025')).status).toBe(200);
  });

  test('an outage is refused with 503, shows in readiness, and ends by itself', async () => {
    await cluster.down('SIGQUIT');
    const waiting = pay('key-2');
    const reading = await get(service.url, `/v1/students/${studentIds[0]}`);
    expect([reading.status, reading.body['code']]).toEqual([503, 'ledger-unavailable']);
    const refused = await waiting;
    expect([refused.status, refused.body['code']]).toEqual([503, 'ledger-unavailable']);
    await readiness(503);
    expect((await get(service.url, '/health/live')).status).toBe(200);
    await cluster.up();
    const paid = await pay('key-2');
    expect(paid.status).toBe(201);
    await get(service.url, '/v1/ledger');
    await readiness(200);
    expect(await missingOf(service.url, [{ key: 'key-2', paymentId: paid.body['paymentId'] ?? '' }])).toEqual([]);
    const totals = await get(service.url, '/v1/totals?fiscalYear=2025');
    expect(totals.body['total']).toMatchObject({ disbursed: '2.00' });
  }, 60_000);

  test('a short outage is waited for', async () => {
    // Stopped in order, so that it is up again soon, however slow the disk is; and on its way when the payment comes.
    await cluster.down();
    const up = cluster.up();
    expect((await pay('key-3')).status).toBe(201);
    await up;
  }, 60_000);

  test('a file that meets an outage is answered to its end, and sent again it is complete', async () => {
    const payments = Array.from({ length: AT_ONCE + 3 }, (_, index) => `file-${index}`).map((key) => ({
      ...paymentOf(studentIds, key),
      idempotencyKey: key,
    }));
    const parts = [payments.slice(0, AT_ONCE), payments.slice(AT_ONCE)] as const;
    const met = await postLines(service.url, parts, () => cluster.down('SIGQUIT'));
    expect(met.map(({ status }) => status)).toEqual(parts.flatMap((part, index) => part.map(() => [201, 503][index])));
    await cluster.up();
    const again = await postLines(service.url, parts);
    expect(again.map(({ status }) => status)).toEqual(payments.map(() => 201));
    expect(again.filter(({ replayed }) => replayed)).toHaveLength(AT_ONCE);
  }, 60_000);

  async function readiness(wanted: number): Promise<void> {
    for (let attempt = 0; attempt < 100; attempt++) {
      if ((await get(service.url, '/health/ready')).status === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`readiness did not become ${wanted}`);
  }

  test('a schema of a newer version is left alone', async () => {
    const url = await cluster.newDatabase();
    const first = new Postgres(url, { schema: 'aid' });
    await (await PostgresEventStore.open(first)).close();
    const second = new Postgres(url, { schema: 'aid' });
    await second.query('update schema_version set version = 99');
    await expect(PostgresEventStore.open(second)).rejects.toBeInstanceOf(NewerSchema);
  });

  test('a reader makes no ledger where there is none', async () => {
    const url = await cluster.newDatabase();
    const database = new Postgres(url, { schema: 'aid' });
    await expect(PostgresEventStore.open(database, { readOnly: true })).rejects.toThrow(/There is no ledger/);
  });
});

describeOnPostgres('PostgreSQL that could lose what it acknowledged', () => {
  test.each(['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'])('%s is refused', async (setting) => {
    const cluster = await Cluster.start([setting]);
    const database = new Postgres(cluster.url('postgres'), { schema: 'aid' });
    await expect(demandDurable(database)).rejects.toBeInstanceOf(UnsafeDatabase);
    await database.close();
    await cluster.dispose();
  });
});
