// One way to open a SQLite file: the runtime's own driver or its prebuilt twin, WAL, and every commit synced.
import { closeSync, fsyncSync, mkdirSync, openSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import * as prebuilt from '@photostructure/sqlite';

export type Database = prebuilt.DatabaseSyncInstance;
export type SqlValue = string | number | null | Uint8Array;
export type SqlRow = Record<string, SqlValue>;

/** node:sqlite where the runtime has it without a flag (22.13 and later), else the same API from npm. */
const driver = (process.getBuiltinModule?.('node:sqlite') as typeof prebuilt | undefined) ?? prebuilt;

export interface OpenOptions {
  readOnly?: boolean;
  journal?: 'wal' | 'delete';
  /** How long to wait for another process that holds the file. */
  patienceMs?: number;
  /** Commits that nobody is told of: after a power cut the last of them may be gone, in order, and the file is whole. */
  untold?: boolean;
  /** Pages that are kept in memory, at most. */
  cacheMiB?: number;
}

const SYNC = { full: 2, normal: 1 } as const;

/** Pages of 4 KiB that the write-ahead log takes before it is begun anew: 16 MiB, so that each goes into the file seldom. */
export const CHECKPOINT_PAGES = 4096;
/** Where nobody else has done it, a commit brings the log into the file, and whoever waits for the commit waits for that. */
const CHECKPOINT_BY_COMMIT_PAGES = 2 * CHECKPOINT_PAGES;

/**
 * Opens with `synchronous=FULL`, read back: with NORMAL a power cut loses commits that were acknowledged. NORMAL is for
 * commits that are not.
 */
export function openDatabase(file: string, options: OpenOptions = {}): Database {
  const { readOnly = false, journal = 'wal', patienceMs = 5000, untold = false, cacheMiB = 16 } = options;
  if (!readOnly) createPrivate(file);
  const database = new driver.DatabaseSync(file, { readOnly, timeout: patienceMs });
  try {
    if (!readOnly) demandPragma(database, 'journal_mode', journal);
    demandPragma(database, 'synchronous', untold ? SYNC.normal : SYNC.full);
    demandPragma(database, 'cache_size', -1024 * cacheMiB);
    demandPragma(database, 'wal_autocheckpoint', CHECKPOINT_BY_COMMIT_PAGES);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** For this user alone, as the folder if it is made; SQLite gives its side files the same mode. */
function createPrivate(file: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  closeSync(openSync(file, 'a', 0o600));
}

/** Brings what is committed into the file, as far as no reader still needs what stands there; the log keeps the rest. */
export const checkpoint = (database: Database): void => database.exec('pragma wal_checkpoint(passive)');

/** Brings what is in the write-ahead log into the file, so that the file alone is whole; on a full disk it stays there. */
export function closeDatabase(database: Database): void {
  try {
    database.exec('pragma wal_checkpoint(truncate)');
  } catch (error) {
    if (!isDiskFull(error)) throw error;
  } finally {
    database.close();
  }
}

/** A copy of a database as it stands at this moment, while others go on writing to it; on disk when this returns. */
export function copyDatabase(file: string, target: string): void {
  const database = openDatabase(file, { readOnly: true });
  try {
    createPrivate(target);
    database.prepare('vacuum into ?').run(target);
  } finally {
    database.close();
  }
  syncPath(target);
  syncPath(dirname(target));
}

/** Whether the disk of a file has room left, in bytes, beyond what is kept back for finishing what was begun. */
export function hasRoom(file: string, reserve: number): boolean {
  if (reserve === 0) return true;
  const { bavail, bsize } = statfsSync(dirname(file));
  return bavail * bsize > reserve;
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}

function demandPragma(database: Database, name: string, value: string | number): void {
  database.exec(`pragma ${name} = ${value}`);
  const answer = (database.prepare(`pragma ${name}`).get() as SqlRow | undefined)?.[name];
  if (answer !== value) throw new Error(`SQLite did not accept ${name}=${value}: it says ${String(answer)}`);
}

/** Runs work in one write transaction; on any error nothing of it is kept. */
export function transact<T>(database: Database, work: () => T): T {
  database.exec('begin immediate');
  try {
    const result = work();
    database.exec('commit');
    return result;
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

/** Ends a failed transaction; a full disk may have ended it already. */
export function rollBack(database: Database): void {
  try {
    database.exec('rollback');
  } catch {
    // No transaction was left: nothing of it is kept either way, and the first error is the one to tell.
  }
}

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;
/** Refusals of a statement or a value: the statement is at fault, not the file. */
const SQLITE_OF_THE_STATEMENT = new Set([1, 18, 19, 20, 21, 25]);

const codeOf = (error: unknown): number | undefined =>
  typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;

export const isBusy = (error: unknown): boolean => codeOf(error) === SQLITE_BUSY;

export const isDiskFull = (error: unknown): boolean => codeOf(error) === SQLITE_FULL;

/** Whether the engine speaks of the file, its disk or its locks. */
export function saidByEngine(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && !SQLITE_OF_THE_STATEMENT.has(code);
}

/** Prepares each text once; `spelled` puts it into the engine's words. */
export function statements(
  database: Database,
  spelled: (text: string) => string = (text) => text,
): (text: string) => prebuilt.StatementSyncInstance {
  const prepared = new Map<string, prebuilt.StatementSyncInstance>();
  return (text) => {
    let statement = prepared.get(text);
    if (!statement) prepared.set(text, (statement = database.prepare(spelled(text))));
    return statement;
  };
}
