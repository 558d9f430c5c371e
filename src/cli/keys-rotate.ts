// `aid-ledger keys rotate`: a new master key for the key store; cut off at any point, the same command goes on.
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { openKeyTables } from '../adapters.js';
import { embeddedFiles, installationFiles, type Config } from '../config.js';
import { newMasterKey, parseMasterKey, secretFile } from '../keys/master-key.js';
import { rotate } from '../keys/rotation.js';
import { lockFile } from '../sqlite/lock.js';
import { CommandFailure } from './failure.js';
import { findLedger } from './ledger.js';
import { showProgress } from './progress.js';

export interface RotateOptions {
  store: string;
}

interface Change {
  from: Buffer;
  to: Buffer;
  /** Makes the new key the one that the next start reads, or says what remains to be done. */
  finish: () => string;
}

export async function rotateMasterKey({ store }: RotateOptions): Promise<void> {
  const config = findLedger(store);
  const locks = embeddedFiles(config).map((file) => lockFile(`${file}.lock`));
  try {
    const { from, to, finish } = changeOf(config);
    const count = await rotated(config, { from, to });
    console.log(`已重新封装 ${count} 个密钥。 ${count} keys are wrapped anew.\n${finish()}`);
  } finally {
    for (const { release } of locks) release();
  }
}

async function rotated(config: Config, keys: { from: Buffer; to: Buffer }): Promise<number> {
  const tables = openKeyTables(config);
  const progress = showProgress('更换主密钥 rotate');
  try {
    return await rotate(tables, keys, (done, total) => progress.update(done, total));
  } finally {
    progress.stop();
    await tables.close();
  }
}

/** Where the key stands in a file the new one is made beside it; where the environment holds it, so does it the new one. */
function changeOf(config: Config): Change {
  const { masterKey, newMasterKey: next } = config;
  if (masterKey !== undefined) {
    if (next === undefined)
      throw new CommandFailure(
        '请在 AID_NEW_MASTER_KEY 中给出新主密钥。 Give the new master key in AID_NEW_MASTER_KEY.',
      );
    const finish = (): string =>
      '请将 AID_MASTER_KEY 改为新主密钥后再启动服务。 Set AID_MASTER_KEY to the new key before a service starts.';
    return { from: parseMasterKey(masterKey), to: parseMasterKey(next), finish };
  }
  const file = config.masterKeyFile ?? installationFiles(config.directory).masterKey;
  if (!existsSync(file)) throw new CommandFailure(`缺少主密钥文件 ${file}。 The master key file ${file} is missing.`);
  const made = secretFile(`${file}.new`, newMasterKey);
  syncFolder(file);
  const finish = (): string => {
    renameSync(`${file}.new`, file);
    syncFolder(file);
    return `新主密钥在 ${file};请另行备份,并按约定期限销毁旧密钥库的备份。 The new master key is in ${file}: back it up, and let old backups of the key store go in their time.`;
  };
  return { from: parseMasterKey(readFileSync(file, 'utf8').trim()), to: parseMasterKey(made.secret), finish };
}

/** A new name in a folder is on disk once the folder is. */
function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
