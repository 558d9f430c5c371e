// `aid-ledger history`: everything recorded about one student, in order; names and numbers masked.
import { existsSync, readFileSync } from 'node:fs';
import { EVERYTHING } from '../core/reach.js';
import type { Term } from '../core/term.js';
import { openKeyTables } from '../adapters.js';
import { installationFiles, type Config } from '../config.js';
import { SEALED_FIELDS } from '../installation.js';
import { KeyStore } from '../keys/key-store.js';
import { parseMasterKey } from '../keys/master-key.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { Knowledge } from '../office/known-at.js';
import { PolicyView } from '../policies/policy.view.js';
import { HistoryView } from '../students/history.view.js';
import { CommandFailure } from './failure.js';
import { findLedger, messageOf, openCurrent } from './ledger.js';

export interface HistoryOptions {
  store: string;
  term?: Term;
  knownAt?: string;
  json?: true;
}

/** Who has the files and the keys of a ledger sees all of it; the command still shows names and numbers masked. */
const OPERATOR = { reach: EVERYTHING, audits: true } as const;

type Item = Awaited<ReturnType<HistoryView['of']>>[number];

export async function history(studentId: string, { store: url, term, knownAt, json }: HistoryOptions): Promise<void> {
  const config = findLedger(url);
  const keys = await openKeys(config);
  try {
    const { store, models, close } = await openCurrent(config);
    try {
      const upTo = await new Knowledge(store).positionOf(knownAt);
      const view = new HistoryView(store, new PolicyView(models, store), new StudentSealer(keys, SEALED_FIELDS));
      const items = await view.of(studentId, OPERATOR, { ...(upTo !== undefined && { upTo }), ...(term && { term }) });
      if (json) console.log(JSON.stringify({ studentId, items }, null, 2));
      else for (const line of items.flatMap(told)) console.log(line);
    } finally {
      await close();
    }
  } finally {
    await keys.close();
  }
}

/** Personal fields are sealed in the log; without the keys beside it nobody can even mask them. */
async function openKeys(config: Config): Promise<KeyStore> {
  const { keys, masterKey } = config;
  const file = config.masterKeyFile ?? installationFiles(config.directory).masterKey;
  const needed = [...(keys.kind === 'sqlite' ? [keys.file] : []), ...(masterKey === undefined ? [file] : [])];
  const missing = needed.find((path) => !existsSync(path));
  if (missing !== undefined)
    throw new CommandFailure(
      `缺少密钥文件 ${missing},无法读取学生记录。 The key file ${missing} is missing: a student's records cannot be read. Put it back, or give AID_MASTER_KEY or AID_MASTER_KEY_FILE.`,
    );
  const tables = await openKeyTables(config, { readOnly: true });
  try {
    return await KeyStore.openToRead(tables, parseMasterKey(masterKey ?? readFileSync(file, 'utf8').trim()));
  } catch (error) {
    await tables.close();
    throw new CommandFailure(`密钥库无法打开。 The key store cannot be opened: ${messageOf(error)}`);
  }
}

function told({ position, recordedAt, effectiveOn, actor, summary, reason, data }: Item): string[] {
  const name = 'name' in data && typeof data.name === 'string' ? ` ${data.name}` : '';
  return [
    `#${position}  ${recordedAt}  生效 effective ${effectiveOn ?? '—'}  ${actor.name} (${actor.role})`,
    `    ${summary.zh}${name}`,
    `    ${summary.en}${name}`,
    ...(reason === undefined ? [] : [`    事由 reason: ${reason}`]),
  ];
}
