// R6: pg_dump of a ledger that is being written, restored on a new server: whole, its views equal, and it goes on.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pause } from '../../src/core/storage.js';
import { verify } from '../../src/event-store/verification.js';
import { PROJECTIONS } from '../../src/installation.js';
import { openOffice } from '../crash/office.js';
import { get, start, type Running } from '../crash/process.js';
import { Cluster, newDatabase, postgresBinaries, sharedPostgres } from '../support/postgres.js';
import { Clerks } from './clerks.js';
import { hashOfFold } from './fold.js';
import { misrecorded, openLedger, type OpenLedger } from './ledger-on-postgres.js';
import { testWith } from '../support/missing.js';
import { printFigures, scratchDirectory } from './tools.js';

const ROUNDS = Number(process.env['AID_DUMP_ROUNDS'] ?? 1);
const [CLERKS, STUDENTS] = [8, 12];
/** Payments that are sent once more to the restored ledger, and new ones. */
const [REPEATED, NEW] = [20, 5];
const PAID_BEFORE = 100;
/** Log and views, and the keys without which no name can be read: one dump sees both at one moment. */
const SCHEMAS = ['--schema=aid', '--schema=aid_keys'];

const postgres = sharedPostgres();
const figures = { rounds: 0, 'events in sources': 0, 'events in dumps': 0, 'paid during the dump': 0 };

/** Beside the load, which a program that blocks this process would hold up. */
const tool = (name: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) =>
  promisify(execFile)(join(postgresBinaries() ?? '', name), args, { env: { ...process.env, ...environment } });

/** The owner of the tables keeps to policies as everybody does: it says that it wants every row. */
const dump = (file: string, source: string) =>
  tool('pg_dump', [...SCHEMAS, '--enable-row-security', '--format=custom', `--file=${file}`, source], {
    PGOPTIONS: '-c aid.reach="everything"',
  });

testWith(postgres !== undefined, 'PostgreSQL')(
  `${ROUNDS} dumps of a ledger at work are restored whole on a new server`,
  async () => {
    while (figures.rounds < ROUNDS) {
      await dumpAndRestore();
      figures.rounds++;
    }
    printFigures('R6 dump and restore', figures);
  },
  ROUNDS * 60_000 + 60_000,
);

async function dumpAndRestore(): Promise<void> {
  const directory = scratchDirectory();
  const environment = { AID_DATA: directory, AID_MASTER_KEY: randomBytes(32).toString('hex') };
  const [source, cluster] = [await newDatabase(postgres ?? ''), await Cluster.start()];
  const target = await cluster.newDatabase();
  const startOn = (url: string): Promise<Running> => start(directory, 'inherit', { ...environment, AID_STORE: url });
  try {
    const books = await dumpAtWork(await startOn(source), source, join(directory, 'ledger.dump'));
    await tool('pg_restore', ['--exit-on-error', `--dbname=${target}`, join(directory, 'ledger.dump')]);
    const payments = await holdRestored(source, target, books);
    await goOn(await startOn(target), books, payments);
    await expectDamageNoticed(target);
  } finally {
    await cluster.dispose();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Books {
  studentIds: string[];
  /** Acknowledged when the dump began: must be in it. */
  before: ReadonlyMap<string, string>;
  /** Acknowledged in the end: nothing else may be in it. */
  acknowledged: ReadonlyMap<string, string>;
}

async function dumpAtWork(service: Running, source: string, file: string): Promise<Books> {
  try {
    const studentIds = await openOffice(service.url, STUDENTS);
    const clerks = new Clerks(studentIds, () => service.url);
    const work = clerks.work(CLERKS);
    while (clerks.acknowledged.size < PAID_BEFORE) await Promise.race([work, pause(50)]);
    const before = new Map(clerks.acknowledged);
    await dump(file, source);
    figures['paid during the dump'] += clerks.acknowledged.size - before.size;
    clerks.stop();
    await work;
    expect((await get(service.url, '/v1/ledger/verification')).body).toMatchObject({ ok: true });
    await expect(tool('pg_dump', [...SCHEMAS, source])).rejects.toThrow(/row-level security/);
    return { studentIds, before, acknowledged: clerks.acknowledged };
  } finally {
    expect(await service.stop()).toBe(0);
  }
}

/** Answers with the number of restored payments. */
async function holdRestored(source: string, target: string, { before, acknowledged }: Books): Promise<number> {
  const [original, restored] = [await openLedger(source), await openLedger(target)];
  try {
    await expectPrefix(original, restored);
    await restored.projector.start();
    const live = await restored.projector.hash();
    expect(live).toBe(await hashOfFold(restored.store, PROJECTIONS));
    await restored.projector.rebuild();
    expect(await restored.projector.hash()).toBe(live);
    expect(await misrecorded(restored, before)).toMatchObject({ missing: [], doubled: [] });
    expect(await misrecorded(restored, acknowledged)).toMatchObject({ unasked: [] });
    const [row] = await restored.models.query<{ payments: number }>('select count(*) as payments from payment');
    return row?.payments ?? 0;
  } finally {
    await original.close();
    await restored.close();
  }
}

/** The restored log is the source's, up to where it ends. */
async function expectPrefix(original: OpenLedger, restored: OpenLedger): Promise<void> {
  const { position, hash } = await restored.store.head();
  expect(await verify(restored.store)).toEqual({ ok: true, events: position, headHash: hash });
  const [same] = await original.store.readAfter(position - 1, 1);
  expect(same?.hash).toBe(hash);
  figures['events in dumps'] += position;
  figures['events in sources'] += (await original.store.head()).position;
}

/** A service on the restored ledger opens names, answers repeated requests as before, and records new ones. */
async function goOn(service: Running, { studentIds, before }: Books, payments: number): Promise<void> {
  const { url } = service;
  try {
    expect((await get(url, `/v1/students/${studentIds[0]}`)).body).toMatchObject({ name: '某*' });
    const repeated = [...before].slice(-REPEATED);
    const clerks = new Clerks(studentIds, () => url);
    for (const [key] of repeated) await clerks.pay(key);
    expect([...clerks.acknowledged]).toEqual(repeated);
    expect(clerks.replayed).toBe(repeated.length);
    for (let serial = 1; serial <= NEW; serial++) await clerks.pay(`new-${serial}`);
    expect(clerks.replayed).toBe(repeated.length);
    const { body } = await get(url, '/v1/totals?fiscalYear=2025');
    expect(body).toMatchObject({ total: { disbursed: `${payments + NEW}.00` } });
    expect((await get(url, '/v1/ledger/verification')).body).toMatchObject({ ok: true });
  } finally {
    expect(await service.stop()).toBe(0);
  }
}

/** Controls: a restored row that is lost shows in the views, in the register of payments, or in the chain. */
async function expectDamageNoticed(target: string): Promise<void> {
  const ledger = await openLedger(target);
  try {
    const { models, projector, store } = ledger;
    await models.transaction((rows) => rows.query("delete from payment where reference = 'key-1'"));
    const altered = await projector.hash();
    await projector.rebuild();
    expect(await projector.hash()).not.toBe(altered);
    expect((await misrecorded(ledger, new Map([['key-0', '']]))).missing).toEqual(['key-0']);
    await models.transaction((rows) => rows.query('delete from event where position = 2'));
    expect(await verify(store)).toMatchObject({ ok: false });
  } finally {
    await ledger.close();
  }
}
