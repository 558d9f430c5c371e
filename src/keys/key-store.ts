// The key store, apart from the log: one key a student, and blind indexes by which numbers are looked up.
// What is forgotten here is forgotten everywhere: the log holds only what these keys open.
import { createHmac, randomBytes } from 'node:crypto';
import { GroupCommit, type Outcome } from '../event-store/group-commit.js';
import type { Row, Table, Tables, Transaction } from '../tables/tables.js';
import { masterIdOf, placeOf, UnfinishedRotation, unwrap, wrap, WrongMasterKey, type Wrapped } from './wrapping.js';

export type IndexKind = 'citizen-number' | 'student-number';

/** Keys are wrapped by the master key that `master` names, and written in base64url. */
export const SECRET: Table = {
  name: 'secret',
  columns: { name: 'text', master: 'text', wrapped: 'text' },
  key: ['name'],
};
export const STUDENT_KEY: Table = {
  name: 'student_key',
  columns: { student_id: 'text', master: 'text', wrapped: 'text' },
  key: ['student_id'],
  indexes: [['master']],
};
const BLIND_INDEX: Table = {
  name: 'blind_index',
  columns: { kind: 'text', blind: 'text', student_id: 'text' },
  key: ['kind', 'blind', 'student_id'],
  indexes: [['blind'], ['student_id']],
};
export const KEY_TABLES: readonly Table[] = [SECRET, STUDENT_KEY, BLIND_INDEX];

interface Cached {
  key: Buffer;
  until: number;
}

interface Claim {
  studentId: string;
  numbers: Partial<Record<IndexKind, string>>;
}

type SecretRow = Wrapped & { name: string };
type StudentKeyRow = Wrapped & { student_id: string };

interface Entry extends Row {
  kind: IndexKind;
  blind: string;
  student_id: string;
}

const MOST_CACHED = 10_000;
/** A key that another service destroyed is forgotten here at the latest then. */
const CACHED_MS = 60_000;

/** Keys wrapped by a master key that is not in the store. Every change is durable before its promise resolves. */
export class KeyStore {
  private readonly claims = new GroupCommit<Claim, string>((claims) => this.commit(claims));
  private readonly cached = new Map<string, Cached>();
  /** Counts what was destroyed here: a key that was read before is not kept after it. */
  private destructions = 0;

  private constructor(
    private readonly tables: Tables,
    private readonly masterKey: Buffer,
    private readonly secrets: ReadonlyMap<string, Buffer>,
    /** Milliseconds of a clock that only goes forward. */
    private readonly elapsed: () => number,
  ) {}

  /** Opens the store, or makes a new one; refuses a master key that is not the one it was made with. */
  static async open(tables: Tables, masterKey: Buffer, elapsed = () => performance.now()): Promise<KeyStore> {
    await tables.create(KEY_TABLES);
    await demandWhole(tables, masterKey);
    const secrets = await tables.transaction((rows) => secretsIn(rows, masterKey));
    return new KeyStore(tables, masterKey, secrets, elapsed);
  }

  /** As `open`, and changes nothing: a store that is not there, or not whole, fails. */
  static async openToRead(tables: Tables, masterKey: Buffer): Promise<KeyStore> {
    const held = await tables.query<SecretRow>('select * from secret');
    if (held.length < SECRETS.length) throw new Error('the key store has no secrets');
    await demandWhole(tables, masterKey);
    return new KeyStore(tables, masterKey, opened(held, masterKey), () => performance.now());
  }

  /**
   * Gives a student a key and takes the numbers for it. Where the citizen number is taken already, answers with the
   * student who holds it and changes nothing; whoever finds a holder that was never registered may complete it.
   */
  claim(studentId: string, numbers: Partial<Record<IndexKind, string>>): Promise<string> {
    return this.claims.submit({ studentId, numbers });
  }

  private commit(claims: Claim[]): Promise<Outcome<string>[]> {
    return this.tables.transaction(async (rows) => {
      await rows.lock(SECRET);
      await this.demandUnchanged(rows);
      return this.claimAll(rows, claims);
    });
  }

  /** After a change of the master key a service that ran on would wrap keys that nobody can open. */
  private async demandUnchanged(rows: Transaction): Promise<void> {
    const secrets = await rows.query(`select 1 as yes from ${SECRET.name} where master <> $1 limit 1`, [
      masterIdOf(this.masterKey),
    ]);
    if (secrets.length > 0) throw new WrongMasterKey();
  }

  /** In the order in which they were asked for: of two claims to one citizen number the first holds it. */
  private async claimAll(rows: Transaction, claims: readonly Claim[]): Promise<Outcome<string>[]> {
    const holders = await this.holdersOf(rows, claims);
    const known = await rows.load<{ student_id: string }>(STUDENT_KEY, 'student_id', [
      ...new Set(claims.map(({ studentId }) => studentId)),
    ]);
    const withKey = new Set(known.map(({ student_id }) => student_id));
    const [keys, entries, outcomes]: [Row[], Entry[], Outcome<string>[]] = [[], [], []];
    for (const { studentId, numbers } of claims) {
      const blinds = Object.entries(numbers).map(([kind, number]) => this.entry(kind as IndexKind, number, studentId));
      const citizen = blinds.find(({ kind }) => kind === 'citizen-number');
      const holder = citizen && holders.get(citizen.blind);
      outcomes.push({ answer: holder ?? studentId });
      if (holder !== undefined || withKey.has(studentId)) continue;
      if (citizen) holders.set(citizen.blind, studentId);
      withKey.add(studentId);
      keys.push({ student_id: studentId, ...wrap(this.masterKey, placeOf(studentId), randomBytes(32)) });
      entries.push(...blinds);
    }
    await rows.put(STUDENT_KEY, keys);
    await rows.put(BLIND_INDEX, entries);
    return outcomes;
  }

  private async holdersOf(rows: Transaction, claims: readonly Claim[]): Promise<Map<string, string>> {
    const blinds = claims.flatMap(({ numbers }) =>
      numbers['citizen-number'] === undefined ? [] : [this.blind('citizen-number', numbers['citizen-number'])],
    );
    const taken = await rows.load<Entry>(BLIND_INDEX, 'blind', blinds);
    return new Map(taken.map(({ blind, student_id }) => [blind, student_id]));
  }

  /** Students who hold a number; the store knows only a keyed digest of it. */
  async lookUp(kind: IndexKind, number: string): Promise<string[]> {
    const rows = await this.tables.query<Entry>(
      'select * from blind_index where kind = $1 and blind = $2 order by student_id',
      [kind, this.blind(kind, number)],
    );
    return rows.map(({ student_id }) => student_id);
  }

  /** The students' own keys; one that is destroyed is absent. */
  async keysOf(studentIds: Iterable<string>): Promise<ReadonlyMap<string, Buffer>> {
    const wanted = [...new Set(studentIds)];
    const [now, destructions] = [this.elapsed(), this.destructions];
    const found = new Map(wanted.flatMap((studentId) => this.remembered(studentId, now)));
    const read = (await this.wrappedKeys(wanted.filter((studentId) => !found.has(studentId)))).map(
      (row): [string, Buffer] => [row.student_id, unwrap(this.masterKey, placeOf(row.student_id), row)],
    );
    if (destructions === this.destructions) this.remember(read, now + CACHED_MS);
    return new Map([...found, ...read]);
  }

  private remembered(studentId: string, now: number): [string, Buffer][] {
    const cached = this.cached.get(studentId);
    if (cached && now < cached.until) return [[studentId, cached.key]];
    this.cached.delete(studentId);
    return [];
  }

  private remember(keys: readonly [string, Buffer][], until: number): void {
    if (this.cached.size + keys.length > MOST_CACHED) this.cached.clear();
    for (const [studentId, key] of keys.slice(0, MOST_CACHED)) this.cached.set(studentId, { key, until });
  }

  private async wrappedKeys(studentIds: readonly string[]) {
    if (studentIds.length === 0) return [];
    const places = studentIds.map((_, index) => `$${index + 1}`).join(', ');
    return this.tables.query<StudentKeyRow>(`select * from student_key where student_id in (${places})`, studentIds);
  }

  /** Keyed digest of a request: equal requests are recognised, their content is not revealed. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.secretOf('fingerprint')).update(text).digest('base64url').slice(0, 22);
  }

  /** The id of a command: the same caller's same key names the same command, and nobody can guess a key from it. */
  commandIdFor(principalId: string, idempotencyKey: string): string {
    return this.idFrom(`command|${principalId}|${idempotencyKey}`);
  }

  /** The id of the student whom a command registers: the same command names the same student, nobody can guess it. */
  studentIdFor(commandId: string): string {
    return this.idFrom(`student|${commandId}`);
  }

  private idFrom(text: string): string {
    return uuidOf(createHmac('sha256', this.secretOf('fingerprint')).update(text).digest());
  }

  /** Seals the office's own words, which outlive a student's key. */
  officeKey(): Buffer {
    return this.secretOf('office');
  }

  /** Forgets students for good: what their keys sealed can be read by nobody, and their numbers are free again. */
  async destroy(studentIds: readonly string[]): Promise<void> {
    if (studentIds.length === 0) return;
    await this.tables.transaction(async (rows) => {
      await rows.remove(STUDENT_KEY, 'student_id', studentIds);
      await rows.remove(BLIND_INDEX, 'student_id', studentIds);
    });
    this.destructions++;
    for (const studentId of studentIds) this.cached.delete(studentId);
    await this.tables.scrub();
  }

  /** Whether there is a key of any student. */
  async holdsStudents(): Promise<boolean> {
    return (await this.tables.query(`select 1 as yes from ${STUDENT_KEY.name} limit 1`)).length > 0;
  }

  async close(): Promise<void> {
    await this.claims.drained();
    await this.tables.close();
  }

  private entry(kind: IndexKind, number: string, studentId: string): Entry {
    return { kind, blind: this.blind(kind, number), student_id: studentId };
  }

  private blind(kind: string, number: string): string {
    return createHmac('sha256', this.secretOf('blind-index')).update(`${kind}|${number}`).digest('base64url');
  }

  private secretOf(name: (typeof SECRETS)[number]): Buffer {
    const secret = this.secrets.get(name);
    if (!secret) throw new Error(`the key store has no secret ${name}`);
    return secret;
  }
}

export const SECRETS = ['blind-index', 'fingerprint', 'office'] as const;

async function secretsIn(rows: Transaction, masterKey: Buffer): Promise<ReadonlyMap<string, Buffer>> {
  await rows.lock(SECRET);
  const held = await rows.load<SecretRow>(SECRET, 'name', SECRETS);
  const names = new Set(held.map(({ name }) => name));
  const made = SECRETS.filter((name) => !names.has(name)).map((name) => ({
    name,
    ...wrap(masterKey, `secret|${name}`, randomBytes(32)),
  }));
  await rows.put(SECRET, made);
  return opened([...held, ...made], masterKey);
}

const opened = (rows: readonly SecretRow[], masterKey: Buffer): ReadonlyMap<string, Buffer> =>
  new Map(rows.map((row) => [row.name, unwrap(masterKey, `secret|${row.name}`, row)]));

/** A rotation of the master key that was cut off leaves keys under the one and under the other: neither will do. */
async function demandWhole(tables: Tables, masterKey: Buffer): Promise<void> {
  if (!(await standsUnder(tables, masterKey, 'master < $1 or master > $1'))) return;
  throw (await standsUnder(tables, masterKey, 'master = $1')) ? new UnfinishedRotation() : new WrongMasterKey();
}

async function standsUnder(tables: Tables, masterKey: Buffer, condition: string): Promise<boolean> {
  const texts = [SECRET, STUDENT_KEY].map(({ name }) => `select 1 as yes from ${name} where ${condition} limit 1`);
  for (const text of texts) if ((await tables.query(text, [masterIdOf(masterKey)])).length > 0) return true;
  return false;
}

/** A UUID of version 8: its bits are the maker's own. */
function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-');
}
