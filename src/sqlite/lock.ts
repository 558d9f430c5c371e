// One process per data directory: an exclusive SQLite lock, which the system releases however the process ends.
import { isBusy, openDatabase, type Database } from './database.js';

export class AlreadyLocked extends Error {
  constructor(file: string) {
    super(`Another process is using this ledger (${file} is held). 另一进程正在使用此台账。`);
  }
}

/** Holds the lock until `release` is called or the process dies. In WAL mode readers would pass an exclusive lock. */
export function lockFile(file: string): { release: () => void } {
  let database: Database | undefined;
  try {
    database = openDatabase(file, { journal: 'delete', patienceMs: 0 });
    database.exec('begin exclusive');
  } catch (error) {
    database?.close();
    throw isBusy(error) ? new AlreadyLocked(file) : error;
  }
  const held = database;
  const release = (): void => {
    // Closing alone would wait for the last prepared statement to be collected.
    held.exec('rollback');
    held.close();
  };
  return { release };
}
