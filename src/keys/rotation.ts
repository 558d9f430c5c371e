// A new master key: every key is wrapped anew, in batches, the office's secrets last; cut off anywhere it goes on later.
import type { Row, Table, Tables, Transaction } from '../tables/tables.js';
import { KEY_TABLES, SECRET, SECRETS, STUDENT_KEY } from './key-store.js';
import { masterIdOf, placeOf, SameMasterKey, unwrap, wrap, WrongMasterKey, type Wrapped } from './wrapping.js';

export interface MasterKeys {
  from: Buffer;
  to: Buffer;
}

const BATCH = 1000;

/** Answers with the number of keys that it wrapped anew. One at a time over all who may reach the store. */
export async function rotate(
  tables: Tables,
  keys: MasterKeys,
  progress: (done: number, total: number) => void = () => {},
): Promise<number> {
  if (keys.from.equals(keys.to)) throw new SameMasterKey();
  await tables.create(KEY_TABLES);
  await demandKnown(tables, keys);
  const text = `select count(*) as count from ${STUDENT_KEY.name} where master = $1`;
  const [{ count: total } = { count: 0 }] = await tables.query<{ count: number }>(text, [masterIdOf(keys.from)]);
  const done = await inBatches(
    () => tables.transaction((rows) => rewrapStudents(rows, keys)),
    (count) => progress(Math.min(count, total), total),
  );
  const rest = await tables.transaction((rows) => finish(rows, keys));
  await tables.scrub();
  return done + rest;
}

async function inBatches(work: () => Promise<number>, told: (done: number) => void = () => {}): Promise<number> {
  let [done, batch] = [0, 0];
  do {
    batch = await work();
    done += batch;
    told(done);
  } while (batch === BATCH);
  return done;
}

/**
 * Whoever claims a key holds the table of secrets and looks under which master key they stand: what a service that still
 * runs has claimed before this is wrapped anew with them, and after it no service claims under the old master key.
 */
async function finish(rows: Transaction, keys: MasterKeys): Promise<number> {
  await rows.lock(SECRET);
  const students = await inBatches(() => rewrapStudents(rows, keys));
  return students + (await rewrap(rows, SECRET, keys, 'name', (name) => `secret|${name}`));
}

const rewrapStudents = (rows: Transaction, keys: MasterKeys): Promise<number> =>
  rewrap(rows, STUDENT_KEY, keys, 'student_id', placeOf);

async function rewrap(
  rows: Transaction,
  table: Table,
  { from, to }: MasterKeys,
  column: string,
  placeFor: (id: string) => string,
): Promise<number> {
  // A key that is destroyed between reading and writing would come back.
  await rows.lock(table);
  const text = `select * from ${table.name} where master = $1 limit ${BATCH}`;
  const old = await rows.query<Wrapped & Row>(text, [masterIdOf(from)]);
  await rows.put(
    table,
    old.map((row) => {
      const place = placeFor(String(row[column]));
      return { ...row, ...wrap(to, place, unwrap(from, place, row)) };
    }),
  );
  return old.length;
}

/** Before anything is changed: the secrets are there, and every key is under the old master key or already the new one. */
async function demandKnown(tables: Tables, { from, to }: MasterKeys): Promise<void> {
  const secrets = await tables.query(`select name from ${SECRET.name}`);
  if (secrets.length < SECRETS.length)
    throw new Error('There is no key store here: nothing was changed. 此处没有密钥库,未作更改。');
  for (const { name } of [SECRET, STUDENT_KEY]) {
    const text = `select 1 as yes from ${name} where master not in ($1, $2) limit 1`;
    if ((await tables.query(text, [masterIdOf(from), masterIdOf(to)])).length > 0) throw new WrongMasterKey();
  }
}
