// A ledger as a command finds it: beside a running service, at rest, or on a disk that cannot be written.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openEventStore, openReadModels } from '../adapters.js';
import { embeddedFiles, readConfig, type Config, type StorePlace } from '../config.js';
import type { EventStore } from '../event-store/event-store.js';
import { PROJECTIONS } from '../installation.js';
import { Rejection } from '../core/rejection.js';
import { PARKED, parkedIn } from '../read-models/parked.js';
import { Projector } from '../read-models/projector.js';
import type { Tables } from '../tables/tables.js';
import { AlreadyLocked, lockFile } from '../sqlite/lock.js';
import { CommandFailure } from './failure.js';

/** A command never creates a ledger. */
export function findLedger(store: string, environment = process.env): Config {
  const config = readConfig({ ...environment, AID_STORE: store });
  for (const file of embeddedFiles(config))
    if (!existsSync(file))
      throw new CommandFailure(
        `${file} 处没有台账;请用 --store 指明,或用 aid-ledger serve 新建。 There is no ledger at ${file}; name one with --store, or make one with aid-ledger serve.`,
      );
  return config;
}

const COPY_IT =
  ' 请把整个目录复制到可写处再读。 Copy the whole folder to a place that can be written, and read it there.';

export interface OpenLedger {
  store: EventStore;
  models: Tables;
  close: () => Promise<void>;
}

/** Opens log and views for reading; a service may run at the same time. */
export async function openForReading(config: Config): Promise<OpenLedger> {
  const [ledger] = embeddedFiles(config);
  const { store, readModels } = config;
  try {
    return await openBoth({ ...config, store: readable(store), readModels: readable(readModels) }, true);
  } catch (error) {
    throw new CommandFailure(
      `${ledger ?? '数据库'} 不能作为台账读取。 It cannot be read as a ledger: ${messageOf(error)}${ledger === undefined || isWritable(dirname(ledger)) ? '' : COPY_IT}`,
    );
  }
}

/** Opens log and views for writing. Embedded files are opened alone, and refused while a service runs. */
export async function openForWriting(config: Config): Promise<OpenLedger> {
  const locks = embeddedFiles(config).map((file) => lockFile(`${file}.lock`));
  const release = (): void => locks.forEach((lock) => lock.release());
  try {
    const opened = await openBoth(config, false);
    return { ...opened, close: () => opened.close().finally(release) };
  } catch (error) {
    release();
    throw new CommandFailure(`不能打开台账。 The ledger cannot be opened: ${messageOf(error)}`);
  }
}

async function openBoth(config: Config, readOnly: boolean): Promise<OpenLedger> {
  const models = await openReadModels(config, { readOnly });
  try {
    const store = await openEventStore(config, models, { readOnly });
    const close = async (): Promise<void> => {
      await store.close();
      await models.close();
    };
    return { store, models, close };
  } catch (error) {
    await models.close();
    throw error;
  }
}

/**
 * In WAL mode a reader needs the files beside the log and makes them where they are absent. Where it may not, and
 * nothing waits in a WAL, the file itself is all there is.
 */
function readable<Place extends StorePlace>(place: Place): Place {
  if (place.kind !== 'sqlite') return place;
  const { file } = place;
  const atRest = !existsSync(`${file}-shm`) && !(existsSync(`${file}-wal`) && statSync(`${file}-wal`).size > 0);
  return atRest && !isWritable(dirname(file)) ? { ...place, file: `${pathToFileURL(file).href}?immutable=1` } : place;
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export const projectorOf = ({ store, models }: OpenLedger): Projector => new Projector(store, models, PROJECTIONS);

/**
 * Opens for reading with views that contain the whole log. A running service keeps them so; while none runs, views
 * that lag, or are of another version, are brought up to date first.
 */
export async function openCurrent(config: Config): Promise<OpenLedger> {
  const reading = await openForReading(config);
  if (await isCurrent(reading)) return reading;
  await reading.close();
  await catchUp(config);
  return openForReading(config);
}

async function catchUp(config: Config): Promise<void> {
  try {
    const writing = await openForWriting(config);
    try {
      await projectorOf(writing).start();
    } finally {
      await writing.close();
    }
  } catch (error) {
    if (error instanceof AlreadyLocked) return;
    throw new CommandFailure(
      `统计视图落后于日志,且无法更新。 The views lag behind the log and cannot be brought up to date: ${messageOf(error)}${COPY_IT}`,
    );
  }
}

/** Whether every view is at the head of the log and has the columns that this version reads. */
async function isCurrent({ store, models }: OpenLedger): Promise<boolean> {
  try {
    const tables = [...PROJECTIONS.flatMap((projection) => projection.tables), PARKED];
    for (const { name, columns } of tables)
      await models.query(`select ${Object.keys(columns).join(', ')} from ${name} limit 0`);
  } catch {
    return false;
  }
  const { position } = await store.head();
  return (await viewedTo(models)) >= position;
}

/** Figures are given only while no event is held back from the views. */
export async function demandWhole({ models }: OpenLedger): Promise<void> {
  const parked = await parkedIn(models);
  if (parked.size > 0) throw new Rejection('totals-withheld', { count: parked.size });
}

/** The position that every view contains; 0 where there are none. */
export async function viewedTo(models: Tables): Promise<number> {
  const [row] = await models.query<{ position: number | null }>('select min(position) as position from checkpoint');
  return row?.position ?? 0;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
