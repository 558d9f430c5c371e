// `aid-ledger restore`: puts a backup in place where no ledger is, after it has been verified.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../config.js';
import { copyDatabase } from '../sqlite/database.js';
import { fileOf, KEYS_COPY, LEDGER_COPY, ledgerFileOf, verified, type BackupOptions } from './backup.js';
import { CommandFailure } from './failure.js';

export async function restore(directory: string, { store, keys }: BackupOptions): Promise<void> {
  const config = readConfig({ ...process.env, AID_STORE: store });
  const pieces = [
    { copy: join(directory, LEDGER_COPY), target: ledgerFileOf(config) },
    ...(keys === undefined ? [] : [{ copy: join(keys, KEYS_COPY), target: fileOf(config.keys) }]),
  ];
  for (const { copy, target } of pieces) {
    if (!existsSync(copy)) throw new CommandFailure(`没有备份 ${copy}。 There is no backup ${copy}.`);
    if (existsSync(target))
      throw new CommandFailure(`${target} 已存在,不覆盖。 It is there already and is not overwritten.`);
  }
  await verified(join(directory, LEDGER_COPY));
  for (const { copy, target } of pieces) copyDatabase(copy, target);
  console.log(await verified(ledgerFileOf(config)));
}
