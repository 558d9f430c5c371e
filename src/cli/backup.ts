// `aid-ledger backup`: a copy of an embedded ledger as it stands, made while the service goes on recording, and verified.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, TablesPlace } from '../config.js';
import { SqliteEventStore } from '../event-store/sqlite/sqlite-event-store.js';
import { verify } from '../event-store/verification.js';
import { copyDatabase } from '../sqlite/database.js';
import { CommandFailure } from './failure.js';
import { findLedger } from './ledger.js';

export interface BackupOptions {
  store: string;
  keys?: string;
}

/** Names inside a backup, whatever the files are called at home. */
export const [LEDGER_COPY, KEYS_COPY] = ['ledger.db', 'keys.db'] as const;

/** The ledger first: whoever is registered meanwhile has a key in the later copy, never a record without one. */
export async function backup(directory: string, { store, keys }: BackupOptions): Promise<void> {
  const config = findLedger(store);
  const ledger = join(directory, LEDGER_COPY);
  copyInto(directory, ledgerFileOf(config), ledger);
  console.log(await verified(ledger));
  if (keys === undefined)
    return console.log(
      '密钥库未备份:没有密钥,姓名与证件号无法读出。用 --keys 备到别处。 The key store is not in it: without keys nobody can read names and numbers. Copy it elsewhere with --keys.',
    );
  if (keys === directory)
    throw new CommandFailure('密钥库须备到另一目录。 The keys must go to a folder of their own.', 2);
  copyInto(keys, fileOf(config.keys), join(keys, KEYS_COPY));
  console.log(`密钥库 key store: ${join(keys, KEYS_COPY)};主密钥须另行保管 the master key is not in it: keep it apart`);
}

function copyInto(directory: string, file: string, target: string): void {
  if (existsSync(target))
    throw new CommandFailure(`${target} 已存在,不覆盖。 It is there already and is not overwritten.`);
  copyDatabase(file, target);
}

/** One line about a log that verifies; a failure about one that does not. */
export async function verified(ledger: string): Promise<string> {
  const store = new SqliteEventStore(ledger, { readOnly: true });
  try {
    const { ok, events, headHash, firstBad } = await verify(store);
    if (!ok) throw new CommandFailure(`不符 NOT OK · ${ledger}: ${firstBad?.position} ${firstBad?.problem}`);
    return `完好 ok · ${ledger} · ${events} 条记录 events · headHash ${headHash}`;
  } finally {
    await store.close();
  }
}

const OTHERWISE =
  '此命令只用于单机文件;数据库请用其自身的备份工具,见 docs/operating/backup.md。 This command is for embedded files; a server has its own tools: docs/operating/backup.md.';

export function ledgerFileOf({ store }: Pick<Config, 'store'>): string {
  if (store.kind !== 'sqlite') throw new CommandFailure(OTHERWISE);
  return store.file;
}

export function fileOf(place: TablesPlace): string {
  if (place.kind !== 'sqlite') throw new CommandFailure(OTHERWISE);
  return place.file;
}
