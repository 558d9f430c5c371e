// `aid-ledger migrate`: moves a ledger to another store. The log is copied as it is, its chain checked on the way; the
// wrapped keys are copied; the views are built anew, and must be the same as those left behind.
import { copyFileSync, existsSync } from 'node:fs';
import { openKeyTables } from '../adapters.js';
import { installationFiles, readConfig, type Config } from '../config.js';
import { NotTheSameLog, readAll, type EventStore, type Head } from '../event-store/event-store.js';
import { ChainVerifier } from '../event-store/hash-chain.js';
import { KEY_TABLES } from '../keys/key-store.js';
import { pagesOf } from '../read-models/digest.js';
import type { Tables } from '../tables/tables.js';
import { CommandFailure } from './failure.js';
import { demandWhole, findLedger, messageOf, openForWriting, projectorOf, type OpenLedger } from './ledger.js';
import { showProgress } from './progress.js';

export interface MigrateOptions {
  from: string;
  /** Name of the old ledger, where it has another one than the default. */
  fromLedger?: string;
  to: string;
}

/** May be called again after an interruption: it goes on where the target ends. */
export async function migrate({ from, fromLedger, to }: MigrateOptions): Promise<void> {
  const sourceConfig = findLedger(from, { ...withoutPlaces(process.env), AID_LEDGER: fromLedger });
  const targetConfig = readConfig({ ...process.env, AID_STORE: to });
  if (placeOf(sourceConfig) === placeOf(targetConfig))
    throw new CommandFailure('原台账与新台账相同。 Both are the same ledger.', 2);
  const source = await openForWriting(sourceConfig);
  try {
    const target = await openForWriting(targetConfig);
    try {
      await move(source, target);
      await moveKeys(sourceConfig, targetConfig);
      await compare(source, target);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const placeOf = ({ store, ledger }: Config): string => JSON.stringify([store, ledger]);

/** A file has one key store, a database one for each ledger. */
const keysPlaceOf = ({ keys, ledger }: Config): string =>
  JSON.stringify(keys.kind === 'sqlite' ? [keys] : [keys, ledger]);

/** What the environment says of views, keys and folder, it says of the target. */
function withoutPlaces(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { AID_READ_MODELS: _, AID_KEYS: __, AID_DATA: ___, ...elsewhere } = environment;
  return elsewhere;
}

async function move(source: OpenLedger, target: OpenLedger): Promise<void> {
  const done = await target.store.head();
  await demandContinuation(source.store, done);
  const { position: total } = await source.store.head();
  const progress = showProgress('迁移 migrate');
  const chain = new ChainVerifier();
  try {
    for await (const batch of readAll(source.store)) {
      chain.check(batch);
      if (chain.firstBad)
        throw new CommandFailure(
          `原台账不完好,未迁移其后部分。 The ledger is not as recorded at position ${chain.firstBad.position}: ${chain.firstBad.problem}. Nothing from there on was moved.`,
        );
      const fresh = batch.filter(({ position }) => position > done.position);
      if (fresh.length > 0) await target.store.adopt(fresh);
      progress.update(chain.events, total);
    }
  } finally {
    progress.stop();
  }
  console.log(`日志 log: ${chain.events} 条记录 events · headHash ${chain.headHash}`);
}

/** What the target holds already must be the beginning of this ledger. */
async function demandContinuation(source: EventStore, { position, hash }: Head): Promise<void> {
  const [last] = position === 0 ? [] : await source.readAfter(position - 1, 1);
  if (position > 0 && last?.hash !== hash)
    throw new CommandFailure('新处已有另一台账。 Another ledger is at the target already.');
}

async function moveKeys(source: Config, target: Config): Promise<void> {
  const [from, to] = [await openKeyTables(source, { readOnly: true }), await openKeyTables(target)];
  try {
    if (keysPlaceOf(source) !== keysPlaceOf(target))
      console.log(`密钥库 key store: ${await copyTables(from, to)} 行 rows`);
  } finally {
    await from.close();
    await to.close();
  }
  bringMasterKey(source, target);
}

async function copyTables(from: Tables, to: Tables): Promise<number> {
  let rows = 0;
  await to.create(KEY_TABLES);
  for (const table of KEY_TABLES)
    for await (const page of pagesOf(from, table)) {
      await to.transaction((transaction) => transaction.put(table, page));
      rows += page.length;
    }
  return rows;
}

/** Keys stay wrapped by the same master key; where it is a file, it comes along. */
function bringMasterKey(source: Config, target: Config): void {
  if (target.masterKey !== undefined || target.masterKeyFile !== undefined) return;
  const [from, to] = [installationFiles(source.directory).masterKey, installationFiles(target.directory).masterKey];
  if (!existsSync(from) || existsSync(to)) return;
  copyFileSync(from, to);
  console.log(`主密钥 master key: ${to}`);
}

async function compare(source: OpenLedger, target: OpenLedger): Promise<void> {
  const [before, after] = [projectorOf(source), projectorOf(target)];
  try {
    await before.start();
    await after.start();
    await demandWhole(target);
  } catch (error) {
    throw new CommandFailure(`统计视图无法重建。 The views cannot be built: ${messageOf(error)}`);
  }
  const [old, moved] = [await source.store.head(), await target.store.head()];
  if (old.hash !== moved.hash) throw new NotTheSameLog('the source went on recording while it was moved; run it again');
  const [oldViews, movedViews] = [await before.hash(), await after.hash()];
  console.log(`视图 views: 原 before ${oldViews}\n            新 after  ${movedViews}`);
  if (oldViews !== movedViews)
    throw new CommandFailure('视图不符。 The views differ: run aid-ledger rebuild on the source, and compare again.');
  console.log(`一致:${moved.position} 条记录,视图相同。 Equal: ${moved.position} events, the same views.`);
}
