// The files of a ledger as a command finds them: beside a running service, at rest, or on a disk that cannot be written.
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pathToFileURL } from 'node:url';
import { dataFiles, readConfig, type Config } from '../config.js';
import type { EventStore } from '../event-store/event-store.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { PROJECTIONS } from '../installation.js';
import { Projector } from '../read-models/projector.js';
import type { ReadModels } from '../read-models/read-models.js';
import { SqliteReadModels } from '../read-models/sqlite/sqlite-read-models.js';
import { AlreadyLocked, lockFile } from '../sqlite/lock.js';
import { CommandFailure } from './failure.js';

export interface LedgerFiles extends ReturnType<typeof dataFiles> {
  config: Config;
}

/** A command never creates a ledger. */
export function findLedger(store: string): LedgerFiles {
  const config = readConfig({ ...process.env, AID_STORE: store });
  const { file } = config.store;
  if (!existsSync(file))
    throw new CommandFailure(
      `${file} 处没有台账;请用 --store 指明,或用 aid-ledger serve 新建。 There is no ledger at ${file}; name one with --store, or make one with aid-ledger serve.`,
    );
  return { ...dataFiles(file), config };
}

const COPY_IT =
  ' 请把整个目录复制到可写处再读。 Copy the whole folder to a place that can be written, and read it there.';

export interface OpenLedger {
  store: EventStore;
  models: ReadModels;
  close: () => Promise<void>;
}

/** Opens log and views for reading; a service may run at the same time. */
export function openForReading({ ledger }: LedgerFiles): OpenLedger {
  const file = readable(ledger);
  try {
    return together(
      new SqliteEventStore(file, { readOnly: true }),
      () => new SqliteReadModels(file, { readOnly: true }),
    );
  } catch (error) {
    throw new CommandFailure(
      `${ledger} 不能作为台账读取。 It cannot be read as a ledger: ${messageOf(error)}${isWritable(dirname(ledger)) ? '' : COPY_IT}`,
    );
  }
}

/** Opens log and views for writing, alone; refused while a service runs. */
export function openAlone({ ledger, lock }: LedgerFiles): OpenLedger {
  const held = lockFile(lock);
  try {
    const opened = together(new SqliteEventStore(ledger), () => new SqliteReadModels(ledger));
    return { ...opened, close: () => opened.close().finally(held.release) };
  } catch (error) {
    held.release();
    throw new CommandFailure(`${ledger} 不能作为台账打开。 It cannot be opened as a ledger: ${messageOf(error)}`);
  }
}

function together(store: EventStore, openModels: () => ReadModels): OpenLedger {
  const models = openModels();
  const close = async (): Promise<void> => {
    await models.close();
    await store.close();
  };
  return { store, models, close };
}

/**
 * In WAL mode a reader needs the files beside the log and makes them where they are absent. Where it may not, and
 * nothing waits in a WAL, the file itself is all there is.
 */
function readable(ledger: string): string {
  const atRest = !existsSync(`${ledger}-shm`) && !(existsSync(`${ledger}-wal`) && statSync(`${ledger}-wal`).size > 0);
  return atRest && !isWritable(dirname(ledger)) ? `${pathToFileURL(ledger).href}?immutable=1` : ledger;
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
export async function openCurrent(files: LedgerFiles): Promise<OpenLedger> {
  const reading = openForReading(files);
  if (await isCurrent(reading)) return reading;
  await reading.close();
  await catchUp(files);
  return openForReading(files);
}

async function catchUp(files: LedgerFiles): Promise<void> {
  try {
    const alone = openAlone(files);
    try {
      await projectorOf(alone).start();
    } finally {
      await alone.close();
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
    const tables = PROJECTIONS.flatMap((projection) => projection.tables);
    for (const { name, columns } of tables)
      await models.query(`select ${Object.keys(columns).join(', ')} from ${name} limit 0`);
  } catch {
    return false;
  }
  const { position } = await store.head();
  return (await viewedTo(models)) >= position;
}

/** The position that every view contains; 0 where there are none. */
export async function viewedTo(models: ReadModels): Promise<number> {
  const [row] = await models.query<{ position: number | null }>('select min(position) as position from checkpoint');
  return row?.position ?? 0;
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
