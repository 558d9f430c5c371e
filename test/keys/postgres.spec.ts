// Keys in PostgreSQL: a service that still runs loses no key to a change of the master key; what is left of removed rows.
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { KeyStore, STUDENT_KEY } from '../../src/keys/key-store.js';
import { rotate } from '../../src/keys/rotation.js';
import { masterIdOf, WrongMasterKey } from '../../src/keys/wrapping.js';
import { Postgres } from '../../src/postgres/database.js';
import { PostgresTables } from '../../src/tables/postgres/postgres-tables.js';
import { describeWith } from '../support/missing.js';
import { Cluster, postgresBinaries } from '../support/postgres.js';

const STUDENTS = 8000;

describeWith(postgresBinaries() !== undefined, 'PostgreSQL')('keys in PostgreSQL', () => {
  let cluster: Cluster;
  let url: string;
  const opened: PostgresTables[] = [];

  beforeAll(async () => (cluster = await Cluster.start()), 60_000);
  beforeEach(async () => (url = await cluster.newDatabase()));
  afterEach(async () => {
    for (const tables of opened.splice(0)) await tables.close();
  });
  afterAll(() => cluster.dispose());

  function openTables(): PostgresTables {
    const tables = new PostgresTables(new Postgres(url, { schema: 'aid_keys', connections: 3 }));
    opened.push(tables);
    return tables;
  }

  const claimAll = async (keys: KeyStore): Promise<string[]> => {
    const ids = Array.from({ length: STUDENTS }, (_, index) => `student-${String(index).padStart(6, '0')}`);
    await Promise.all(ids.map((studentId) => keys.claim(studentId, { 'citizen-number': studentId })));
    return ids;
  };

  test('a service that claims and destroys on during a change of the master key: no key is lost, none comes back', async () => {
    const [from, to, tables] = [randomBytes(32), randomBytes(32), openTables()];
    const running = await KeyStore.open(openTables(), from);
    const ids = await claimAll(running);
    const [claimed, destroyed]: [string[], string[]] = [[], []];
    const done = new AbortController();
    const claims = (async (): Promise<unknown> => {
      for (let index = 0; ; index++)
        try {
          claimed.push(await running.claim(`late-${index}`, {}));
        } catch (error) {
          return error;
        }
    })();
    const destructions = (async (): Promise<void> => {
      for (let index = 0; !done.signal.aborted; index += 10) {
        const some = ids.slice(index, index + 10);
        await running.destroy(some);
        destroyed.push(...some);
      }
    })();
    await rotate(tables, { from, to });
    done.abort();
    await destructions;
    // From then on it is told that its master key is not the one any more.
    expect(await claims).toBeInstanceOf(WrongMasterKey);
    const rows = await tables.query<{ student_id: string; master: string }>(`select * from ${STUDENT_KEY.name}`);
    expect(new Set(rows.map(({ master }) => master))).toEqual(new Set([masterIdOf(to)]));
    const held = await (await KeyStore.open(openTables(), to)).keysOf(rows.map(({ student_id }) => student_id));
    expect(destroyed.filter((studentId) => held.has(studentId))).toEqual([]);
    const gone = new Set(destroyed);
    expect([...held.keys()].toSorted()).toEqual([...ids.filter((id) => !gone.has(id)), ...claimed].toSorted());
    expect([claimed.length, destroyed.length].every((count) => count > 0)).toBe(true);
    process.stdout.write(`rotation beside a service: claimed ${claimed.length}, destroyed ${destroyed.length}\n`);
  }, 120_000);

  test('two changes at once: one is made whole, the other changes nothing', async () => {
    const from = randomBytes(32);
    await claimAll(await KeyStore.open(openTables(), from));
    const keys = [randomBytes(32), randomBytes(32)];
    const outcomes = await Promise.allSettled(
      keys.map((to) => {
        const tables = openTables();
        return tables.exclusively(() => rotate(tables, { from, to }));
      }),
    );
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const to = keys[outcomes.findIndex(({ status }) => status === 'fulfilled')] ?? from;
    await expect(KeyStore.open(openTables(), to)).resolves.toBeDefined();
  }, 60_000);

  test('a key that is read while it is destroyed is not remembered', async () => {
    const [here, there] = [openTables(), openTables()];
    const master = randomBytes(32);
    const keys = await KeyStore.open(here, master);
    await KeyStore.open(there, master);
    for (let round = 0; round < 200; round++) {
      const id = `student-${round}`;
      await keys.claim(id, {});
      await Promise.all([keys.keysOf([id]), keys.destroy([id]), keys.keysOf([id])]);
      expect((await keys.keysOf([id])).size).toBe(0);
    }
  }, 60_000);

  test('removed rows stay in the files until the operator has them rewritten', async () => {
    const tables = openTables();
    const keys = await KeyStore.open(tables, randomBytes(32));
    const ids = await claimAll(keys);
    const [kept = '', ...erased] = [ids[7], ids[0], ids[4000], ids.at(-1)].map(String);
    const traces = async (studentIds: readonly string[]): Promise<string[]> =>
      (
        await tables.query<{ text: string }>(
          `select wrapped as text from student_key where student_id = any(string_to_array($1, ','))
           union all select blind from blind_index where student_id = any(string_to_array($1, ','))`,
          [studentIds.join()],
        )
      ).map(({ text }) => text);
    const [ofKept, ofErased] = [await traces([kept]), await traces(erased)];
    await keys.destroy(erased);
    // Control: nothing has rewritten them yet.
    expect(await inFiles(ofErased)).toBe(ofErased.length);
    // As docs/operating/keys.md says it, by the role of the service.
    const service = new Postgres(url, { schema: 'aid_keys' });
    await service.query('vacuum full aid_keys.student_key, aid_keys.blind_index');
    await service.close();
    expect(await inFiles(ofErased)).toBe(0);
    expect(await inFiles(ofKept)).toBe(ofKept.length);
  }, 60_000);

  /** How many of the texts stand in the server's files of tables and indexes. */
  async function inFiles(texts: readonly string[]): Promise<number> {
    await cluster.admin('checkpoint');
    const base = join(cluster.directory, 'base');
    const files = readdirSync(base, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    return texts.filter((text) => files.some((bytes) => bytes.includes(text))).length;
  }
});
