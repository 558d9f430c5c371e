// One process per data directory: an exclusive SQLite lock, which the system releases however the process ends.
import { openDatabase, type Database } from './database.js';

export class AlreadyLocked extends Error {
  constructor(file: string) {
    super(`Another process is using this ledger (${file} is held). 另一进程正在使用此台账。`);
  }
}

/** Holds the lock until `release` is called or the process dies. */
export function lockFile(file: string): { release: () => void } {
  const database = openLock(file);
  try {
    database.exec('begin exclusive');
  } catch {
    database.close();
    throw new AlreadyLocked(file);
  }
  return { release: () => database.close() };
}

function openLock(file: string): Database {
  try {
    const database = openDatabase(file);
    // A rollback journal: in WAL mode readers would pass an exclusive transaction.
    database.exec('pragma journal_mode = delete; pragma busy_timeout = 0');
    return database;
  } catch {
    throw new AlreadyLocked(file);
  }
}
