// R5: three services on one PostgreSQL database, one of them killed each second: every payment is there, and there once.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { pause } from '../../src/core/storage.js';
import { readAll } from '../../src/event-store/event-store.js';
import { verify } from '../../src/event-store/verification.js';
import { PROJECTIONS } from '../../src/installation.js';
import { openOffice } from '../crash/office.js';
import { get, start, type Running } from '../crash/process.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';
import { Chance, SEED } from './chance.js';
import { Clerks } from './clerks.js';
import { hashOfFold } from './fold.js';
import { AS_RECORDED, misrecorded, openLedger, type OpenLedger } from './ledger-on-postgres.js';
import { testWith } from '../support/missing.js';
import { printFigures, scratchDirectory } from './tools.js';

const KILLS = Number(process.env['AID_INSTANCE_KILLS'] ?? 10);
const [INSTANCES, CLERKS, STUDENTS] = [3, 12, 24];

const chance = new Chance(SEED);
const postgres = sharedPostgres();

class Instance {
  private readonly directory = scratchDirectory();
  private running: Running | undefined;
  private starting: Promise<void> | undefined;

  constructor(private readonly environment: NodeJS.ProcessEnv) {}

  get url(): string | undefined {
    return this.running?.url;
  }

  up(): Promise<void> {
    this.starting = this.start();
    return this.starting;
  }

  private async start(): Promise<void> {
    this.running = await start(this.directory, 'inherit', { ...this.environment, AID_DATA: this.directory });
  }

  async kill(): Promise<void> {
    await this.starting?.catch(() => {});
    const { running } = this;
    this.running = undefined;
    await running?.kill();
  }

  async stop(): Promise<number | null | undefined> {
    const { running } = this;
    this.running = undefined;
    return running?.stop();
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

testWith(postgres !== undefined, 'PostgreSQL')(
  `${KILLS} kills among ${INSTANCES} services lose no acknowledged payment and double none`,
  async () => {
    const url = await newDatabase(postgres ?? '');
    const masterKey = randomBytes(32).toString('hex');
    const instances = Array.from(
      { length: INSTANCES },
      () => new Instance({ AID_STORE: url, AID_MASTER_KEY: masterKey }),
    );
    try {
      // All at once on an empty database.
      await Promise.all(instances.map((instance) => instance.up()));
      const clerks = await workAndKill(instances);
      await holdServices(instances, clerks);
      const codes = await Promise.all(instances.map((instance) => instance.stop()));
      expect(codes).toEqual(instances.map(() => 0));
      await holdLedger(url, clerks);
    } finally {
      await Promise.all(instances.map((instance) => instance.dispose()));
    }
  },
  KILLS * 10_000 + 120_000,
);

async function workAndKill(instances: readonly Instance[]): Promise<Clerks> {
  const studentIds = await openOffice(instances[0]?.url ?? '', STUDENTS);
  await expectAllToKnow(instances);
  const running = (): Instance[] => instances.filter(({ url }) => url !== undefined);
  const clerks = new Clerks(studentIds, () => (running().length > 0 ? chance.pick(running()).url : undefined));
  const state = { over: false };
  const work = clerks.work(CLERKS);
  const killing = killOneEachSecond(running, () => state.over);
  try {
    await Promise.race([work, killing]);
  } finally {
    clerks.stop();
    state.over = true;
    await killing;
  }
  await work;
  return clerks;
}

/** Services hear of each other's events a moment later. */
async function expectAllToKnow(instances: readonly Instance[]): Promise<void> {
  const { body } = await get(instances[0]?.url ?? '', '/v1/ledger');
  for (const { url = '' } of instances) {
    const { status } = await get(url, '/v1/policies', { 'ledger-position': String(body['position']) });
    expect(status).toBe(200);
  }
}

/** A killed service starts again at once; the last one that is there is spared, as starting may take a while. */
async function killOneEachSecond(running: () => Instance[], isOver: () => boolean): Promise<void> {
  const starting: Promise<unknown>[] = [];
  for (let kills = 0; kills < KILLS && !isOver();) {
    await pause(1000);
    if (running().length < 2) continue;
    const victim = chance.pick(running());
    await victim.kill();
    starting.push(victim.up().catch((error: unknown) => error));
    kills++;
  }
  const failures = (await Promise.all(starting)).filter((outcome) => outcome !== undefined);
  expect(failures).toEqual([]);
}

/** Each service answers for all of it. */
async function holdServices(instances: readonly Instance[], { acknowledged }: Clerks): Promise<void> {
  const { position } = (await get(instances[0]?.url ?? '', '/v1/ledger')).body;
  for (const { url = '' } of instances) {
    const totals = await get(url, '/v1/totals?fiscalYear=2025', { 'ledger-position': String(position) });
    const figures = { disbursed: `${acknowledged.size}.00`, personTimes: STUDENTS };
    expect(totals).toMatchObject({ status: 200, body: { total: figures } });
    expect((await get(url, '/v1/ledger/verification')).body).toMatchObject({ ok: true, events: position });
  }
}

async function holdLedger(url: string, { acknowledged, unanswered, replayed }: Clerks): Promise<void> {
  const ledger = await openLedger(url);
  try {
    await ledger.projector.start();
    expect(await misrecorded(ledger, acknowledged)).toEqual(AS_RECORDED);
    expect(await paymentsIn(ledger)).toBe(acknowledged.size);
    const live = await ledger.projector.hash();
    expect(live).toBe(await hashOfFold(ledger.store, PROJECTIONS));
    const events = await ledger.projector.rebuild();
    expect(await ledger.projector.hash()).toBe(live);
    printFigures('R5 three services', {
      kills: KILLS,
      events,
      payments: acknowledged.size,
      unanswered,
      replayed,
      seed: SEED,
    });
    expect(unanswered).toBeGreaterThan(0);
    await expectLossNoticed(ledger, acknowledged, live);
  } finally {
    await ledger.close();
  }
}

async function paymentsIn({ store }: OpenLedger): Promise<number> {
  let payments = 0;
  for await (const batch of readAll(store)) payments += batch.filter(({ type }) => type === 'PaymentDisbursed').length;
  return payments;
}

/** Controls: a payment taken out of the register, one registered twice, an event taken out of the log. */
async function expectLossNoticed(
  ledger: OpenLedger,
  acknowledged: ReadonlyMap<string, string>,
  sound: string,
): Promise<void> {
  const { models, projector, store } = ledger;
  const [[key = '', paymentId = ''] = [], [, other = ''] = []] = acknowledged;
  const alter = (text: string, values: string[]) => models.transaction((rows) => rows.query(text, values));
  await alter('delete from payment where payment_id = $1', [paymentId]);
  expect(await misrecorded(ledger, acknowledged)).toEqual({ ...AS_RECORDED, missing: [key] });
  expect(await projector.hash()).not.toBe(sound);
  await projector.rebuild();
  expect(await projector.hash()).toBe(sound);
  await alter('update payment set reference = $1 where payment_id = $2', [key, other]);
  expect(await misrecorded(ledger, acknowledged)).toMatchObject({ doubled: [key], unasked: [] });
  await alter('delete from event where position = (select position from payment where payment_id = $1)', [other]);
  expect(await verify(store)).toMatchObject({ ok: false });
}
