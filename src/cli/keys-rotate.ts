// `aid-ledger keys rotate`: a new master key for the key store; cut off at any point, the same command goes on.
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { openKeyTables } from '../adapters.js';
import { embeddedFiles, installationFiles, type Config } from '../config.js';
import { newMasterKey, parseMasterKey } from '../keys/master-key.js';
import { rotate, type MasterKeys } from '../keys/rotation.js';
import { SameMasterKey } from '../keys/wrapping.js';
import { lockFile } from '../sqlite/lock.js';
import type { Tables } from '../tables/tables.js';
import { CommandFailure } from './failure.js';
import { findLedger } from './ledger.js';
import { showProgress } from './progress.js';

export interface RotateOptions {
  store: string;
  /** Holds the new key, where it was made elsewhere. */
  newKeyFile?: string;
}

interface Change extends MasterKeys {
  /** Makes the new key the one that the next start reads, or says what remains to be done. */
  finish: () => string;
}

export async function rotateMasterKey({ store, newKeyFile }: RotateOptions): Promise<void> {
  const config = findLedger(store);
  const locks = lockedFiles(config).map((file) => lockFile(`${file}.lock`));
  try {
    const tables = await openKeyTables(config);
    try {
      // Two at once, each with a new key of its own, would leave keys that neither opens.
      await tables.exclusively(() => change(tables, changeOf(config, newKeyFile)));
    } finally {
      await tables.close();
    }
  } finally {
    for (const { release } of locks) release();
  }
}

/** A key store that is a file is there before it is opened: opening would make an empty one. */
function lockedFiles(config: Config): string[] {
  const { keys } = config;
  if (keys.kind !== 'sqlite') return embeddedFiles(config);
  if (!existsSync(keys.file))
    throw new CommandFailure(`缺少密钥库 ${keys.file}。 The key store ${keys.file} is missing.`);
  return [...embeddedFiles(config), keys.file];
}

async function change(tables: Tables, { finish, ...keys }: Change): Promise<void> {
  const progress = showProgress('更换主密钥 rotate');
  try {
    const count = await rotate(tables, keys, (done, total) => progress.update(done, total));
    console.log(`已重新封装 ${count} 个密钥。 ${count} keys are wrapped anew.\n${finish()}`);
  } finally {
    progress.stop();
  }
}

/** Where the environment holds the key, it holds the new one too; where a file does, the new one is made beside it. */
function changeOf(config: Config, newKeyFile: string | undefined): Change {
  const { masterKey, newMasterKey: next } = config;
  const made = newKeyFile === undefined ? undefined : readKey(newKeyFile);
  if (masterKey === undefined) return changeOfFile(masterFileOf(config), made);
  const given = made ?? next;
  if (given === undefined)
    throw new CommandFailure(
      '请用 AID_NEW_MASTER_KEY 或 --new-key-file 给出新主密钥。 Give the new master key in AID_NEW_MASTER_KEY or with --new-key-file.',
    );
  const finish = (): string =>
    '请将 AID_MASTER_KEY 改为新主密钥后再启动服务。 Set AID_MASTER_KEY to the new key before a service starts.';
  return { from: parseMasterKey(masterKey), to: parseMasterKey(given), finish };
}

/** The file itself, not a link to it: the new key comes to stand where the old one does. */
function masterFileOf(config: Config): string {
  const file = config.masterKeyFile ?? installationFiles(config.directory).masterKey;
  if (!existsSync(file)) throw new CommandFailure(`缺少主密钥文件 ${file}。 The master key file ${file} is missing.`);
  return realpathSync(file);
}

function changeOfFile(file: string, made: string | undefined): Change {
  const from = parseMasterKey(readKey(file));
  const wanted = made === undefined ? undefined : parseMasterKey(made);
  if (wanted?.equals(from)) throw new SameMasterKey();
  const to = newKeyBeside(file, wanted);
  const finish = (): string => {
    renameSync(`${file}.new`, file);
    syncFolder(file);
    return `新主密钥在 ${file};请另行备份,并按约定期限销毁旧密钥库的备份。 The new master key is in ${file}: back it up, and let old backups of the key store go in their time.`;
  };
  return { from, to, finish };
}

/** A change that was cut off goes on with the key that it had begun with. */
function newKeyBeside(file: string, wanted: Buffer | undefined): Buffer {
  const beside = `${file}.new`;
  if (!existsSync(beside)) writeWhole(beside, `${wanted?.toString('hex') ?? newMasterKey()}\n`);
  // Before anything is wrapped: a name in a folder is on disk once the folder is.
  syncFolder(file);
  const key = parseMasterKey(readKey(beside));
  if (wanted && !key.equals(wanted))
    throw new CommandFailure(
      `此前中断的更换用的是 ${beside} 中的另一密钥;请先不指定新密钥,再次运行。 A change to another key, in ${beside}, was cut off: run the command without a key of your own first.`,
    );
  return key;
}

/** A process that is cut off leaves no half of a key under this name. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text, { mode: 0o600, flush: true });
  renameSync(`${file}.part`, file);
}

const readKey = (file: string): string => readFileSync(file, 'utf8').trim();

function syncFolder(file: string): void {
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
