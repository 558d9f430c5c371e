// A new master key: every key is wrapped anew, in batches, the office's secrets last; cut off anywhere it goes on later.
import type { Row, Table, Tables, Transaction } from '../tables/tables.js';
import { KEY_TABLES, SECRET, STUDENT_KEY } from './key-store.js';
import { masterIdOf, placeOf, unwrap, wrap, WrongMasterKey, type Wrapped } from './wrapping.js';

export interface MasterKeys {
  from: Buffer;
  to: Buffer;
}

const BATCH = 1000;

/** Answers with the number of keys that it wrapped anew. Nobody else may use the store meanwhile. */
export async function rotate(
  tables: Tables,
  keys: MasterKeys,
  progress: (done: number, total: number) => void = () => {},
): Promise<number> {
  await tables.create(KEY_TABLES);
  await demandKnown(tables, keys);
  const text = `select count(*) as count from ${STUDENT_KEY.name} where master = $1`;
  const [{ count: total } = { count: 0 }] = await tables.query<{ count: number }>(text, [masterIdOf(keys.from)]);
  let done = 0;
  for (let batch = -1; batch !== 0; done += batch < 0 ? 0 : batch) {
    batch = await tables.transaction((rows) => rewrapStudents(rows, keys));
    progress(Math.min(done + batch, total), total);
  }
  const secrets = await tables.transaction((rows) => rewrap(rows, SECRET, keys, 'name', (name) => `secret|${name}`));
  await tables.scrub();
  return done + secrets;
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

/** Before anything is changed: every key stands under the old master key, or already under the new one. */
async function demandKnown(tables: Tables, { from, to }: MasterKeys): Promise<void> {
  for (const { name } of [SECRET, STUDENT_KEY]) {
    const text = `select 1 as yes from ${name} where master not in ($1, $2) limit 1`;
    if ((await tables.query(text, [masterIdOf(from), masterIdOf(to)])).length > 0) throw new WrongMasterKey();
  }
}
