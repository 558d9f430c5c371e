// R4: a small file system fills up: appends are refused, reads go on, and once there is room so do the appends.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StorageFull } from '../../src/core/storage.js';
import { NO_STREAM } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { verify } from '../../src/event-store/verification.js';
import { get, post, start, type Running } from '../crash/process.js';
import { newDirectory } from '../support/service.js';
import { Chance, SEED } from './chance.js';
import { inspect } from './inspection.js';
import { testWith } from '../support/missing.js';
import { canMount, mountTmpfs, printFigures, resize, unmount } from './tools.js';
import type { Acknowledged } from './writing.js';

const ROUNDS = Number(process.env['AID_DISK_FULL_ROUNDS'] ?? 1);
const HOURS = 14_400_000;
const chance = new Chance(SEED);
const testWithTmpfs = testWith(canMount(), 'the right to mount a tmpfs');

/** A disk of some kilobytes, in part taken by something else, that can be given room in two ways. */
interface Disk {
  directory: string;
  makeRoom: () => void;
}

async function withDisk(kilobytes: number, work: (disk: Disk) => Promise<void>): Promise<void> {
  const directory = newDirectory();
  const somethingElse = join(directory, 'something-else');
  expect(mountTmpfs(directory, `${kilobytes}k`)).toBe(true);
  try {
    writeFileSync(somethingElse, Buffer.alloc(kilobytes * 600));
    const makeRoom = (): void => {
      if (chance.happens(0.5)) rmSync(somethingElse);
      else expect(resize(directory, `${kilobytes * 2}k`)).toBe(true);
    };
    await work({ directory, makeRoom });
  } finally {
    unmount(directory);
    rmSync(directory, { recursive: true, force: true });
  }
}

const figures = { disks: 0, acknowledged: 0, refused: 0, lost: 0, 'refused yet there': 0, broken: 0 };

testWithTmpfs(
  `${ROUNDS} full disks: the log refuses, is read, loses nothing, and goes on once there is room`,
  async () => {
    for (; figures.disks < ROUNDS; figures.disks++) await withDisk(1024 + chance.below(8 * 1024), fillUp);
    printFigures('R4 disk full, log', { ...figures, seed: SEED });
    expect(figures).toMatchObject({ lost: 0, 'refused yet there': 0, broken: 0 });
    expect(figures.refused).toBeGreaterThanOrEqual(ROUNDS);
  },
  HOURS,
);

const newEvent = (largest: number) => ({
  id: `e-${figures.acknowledged + figures.refused}-${figures.disks}`,
  type: 'Tested',
  payload: JSON.stringify({ data: { text: 'x'.repeat(chance.below(largest)) }, meta: {} }),
});

/** How often a full disk is tried again, with events of any size: a small one may still fit. */
const ATTEMPTS = 30;

async function fillUp({ directory, makeRoom }: Disk): Promise<void> {
  const file = join(directory, 'ledger.db');
  const failures: unknown[] = [];
  const store = new SqliteEventStore(file, { onFailure: (error) => failures.push(error) });
  const acknowledged: Acknowledged[] = [];
  const refused: string[] = [];
  while (refused.length < ATTEMPTS) await appendOrBeRefused(store, acknowledged, refused);
  await expectReadable(store, acknowledged);
  makeRoom();
  const before = refused.length;
  for (let more = 0; more < ATTEMPTS; more++) await appendOrBeRefused(store, acknowledged, refused);
  expect(refused).toHaveLength(before);
  expect(failures).toEqual([]);
  await store.close();
  const { broken, lost, refusedYetThere } = await inspect(file, acknowledged, refused);
  figures.lost += lost.length;
  figures['refused yet there'] += refusedYetThere.length;
  if (broken !== undefined) figures.broken++;
}

async function appendOrBeRefused(store: SqliteEventStore, acknowledged: Acknowledged[], refused: string[]) {
  const event = newEvent(5000);
  try {
    acknowledged.push(...(await store.append(`s-${event.id}`, NO_STREAM, [event])));
    figures.acknowledged++;
  } catch (error) {
    expect(error).toBeInstanceOf(StorageFull);
    refused.push(event.id);
    figures.refused++;
  }
}

async function expectReadable(store: SqliteEventStore, acknowledged: readonly Acknowledged[]): Promise<void> {
  const last = acknowledged.at(-1);
  expect(await verify(store)).toMatchObject({ ok: true, events: acknowledged.length, headHash: last?.hash });
  expect(await store.head()).toEqual({ position: last?.position, hash: last?.hash });
  expect(await store.readStream(`s-${last?.id}`)).toMatchObject([{ id: last?.id }]);
}

testWithTmpfs(
  `${ROUNDS} full disks under the service: commands are answered 507, nothing is lost, and so it goes on`,
  async () => {
    const served: Served = { disks: 0, recorded: 0, refused: 0, read: 0, 'reads refused': 0, missing: 0 };
    for (; served.disks < ROUNDS; served.disks++)
      await withDisk(16 * 1024 + chance.below(8 * 1024), (disk) => fillUpService(disk, served));
    printFigures('R4 disk full, service', { ...served, seed: SEED });
    expect(served).toMatchObject({ missing: 0, 'reads refused': 0 });
    expect(served.refused).toBeGreaterThanOrEqual(ROUNDS);
  },
  HOURS,
);

interface Served {
  disks: number;
  /** Answered 201. */
  recorded: number;
  /** Answered 507. */
  refused: number;
  /** Reads while the disk was full. */
  read: number;
  /** Of these, not answered. */
  'reads refused': number;
  /** Recorded, and not there once there was room. */
  missing: number;
}

async function fillUpService({ directory, makeRoom }: Disk, served: Served): Promise<void> {
  const students = await withService(directory, async (service) => {
    const registered: string[] = [];
    const full = served.refused + ATTEMPTS;
    while (served.refused < full) await register(service, registered, served);
    await readWhileFull(service, registered, served);
    makeRoom();
    for (let more = 0; more < ATTEMPTS; more++) await register(service, registered, served);
    expect(served.refused).toBe(full);
    await expectWhole(service, registered, served);
    return registered;
  });
  await withService(directory, (again) => expectWhole(again, students, served));
}

async function withService<T>(directory: string, work: (service: Running) => Promise<T>): Promise<T> {
  const service = await start(directory, 'inherit', { AID_DISK_RESERVE_MIB: '4' });
  try {
    const result = await work(service);
    expect(await service.stop()).toBe(0);
    return result;
  } catch (error) {
    service.kill().catch(() => {});
    throw error;
  }
}

async function register({ url }: Running, students: string[], served: Served): Promise<void> {
  const { status, body } = await post(url, '/v1/students', { name: '某'.repeat(1 + chance.below(40)) });
  expect([201, 507]).toContain(status);
  if (status === 201) students.push(body['studentId'] ?? '');
  if (status === 201) served.recorded++;
  else served.refused++;
}

/** What the log leaves free is room enough for the views: every read is answered. */
async function readWhileFull({ url }: Running, students: readonly string[], served: Served): Promise<void> {
  const paths = [`/v1/students/${students.at(-1)}`, '/v1/ledger/verification', '/v1/totals?fiscalYear=2025'];
  for (const path of paths) {
    const { status } = await get(url, path);
    served.read++;
    if (status !== 200) served['reads refused']++;
  }
}

async function expectWhole({ url }: Running, students: readonly string[], served: Served): Promise<void> {
  const verification = await get(url, '/v1/ledger/verification');
  expect(verification).toMatchObject({ status: 200, body: { ok: true } });
  for (const student of students) if ((await get(url, `/v1/students/${student}`)).status !== 200) served.missing++;
}
