// The key store, apart from the log: one key a student, and blind indexes by which numbers are looked up.
// What is forgotten here is forgotten everywhere: the log holds only what these keys open.
import { createHmac, randomBytes } from 'node:crypto';
import { Rejection } from '../core/rejection.js';
import { GroupCommit, type Outcome } from '../event-store/group-commit.js';
import {
  closeDatabase,
  isDiskFull,
  openDatabase,
  statements,
  transact,
  type Database,
  type SqlRow,
} from '../sqlite/database.js';
import { open, seal } from './cipher.js';

export type IndexKind = 'citizen-number' | 'student-number';

const SCHEMA = `
  create table if not exists secret (name text primary key, wrapped blob not null) strict;
  create table if not exists student_key (student_id text primary key, wrapped blob not null) strict;
  create table if not exists blind_index (
    kind text not null, blind text not null, student_id text not null, primary key (kind, blind, student_id)
  ) strict;
  create index if not exists blind_index_by_student on blind_index (student_id)`;

interface Claim {
  studentId: string;
  numbers: Partial<Record<IndexKind, string>>;
}

const MOST_CACHED = 10_000;

export class WrongMasterKey extends Error {
  constructor() {
    super('The master key does not open this key store. 主密钥与密钥库不符。');
  }
}

/** Keys wrapped by a master key that is not in the store. Every change is durable before its promise resolves. */
export class KeyStore {
  private readonly database: Database;
  private readonly prepared: ReturnType<typeof statements>;
  private readonly indexKey: Buffer;
  private readonly fingerprintKey: Buffer;
  private readonly claims = new GroupCommit<Claim, string>((claims) => this.commit(claims));
  private readonly cached = new Map<string, Buffer>();

  constructor(
    file: string,
    private readonly masterKey: Buffer,
  ) {
    this.database = openDatabase(file);
    this.database.exec(SCHEMA);
    this.prepared = statements(this.database);
    this.indexKey = this.secret('blind-index');
    this.fingerprintKey = this.secret('fingerprint');
  }

  /**
   * Gives a student a key and takes the numbers for it. Where the citizen number is taken already, answers with the
   * student who holds it and changes nothing; whoever finds a holder that was never registered may complete it.
   */
  claim(studentId: string, numbers: Partial<Record<IndexKind, string>>): Promise<string> {
    return this.claims.submit({ studentId, numbers });
  }

  private commit(claims: Claim[]): Outcome<string>[] {
    try {
      return transact(this.database, () => claims.map((claim) => this.claimOne(claim)));
    } catch (error) {
      throw isDiskFull(error) ? new Rejection('storage-full') : error;
    }
  }

  private claimOne({ studentId, numbers }: Claim): Outcome<string> {
    const citizen = numbers['citizen-number'];
    const [holder] = citizen === undefined ? [] : this.lookUp('citizen-number', citizen);
    if (holder !== undefined) return { answer: holder };
    const wrapped = seal(this.masterKey, `student|${studentId}`, randomBytes(32));
    this.prepared('insert into student_key values (?, ?)').run(studentId, wrapped);
    for (const [kind, number] of Object.entries(numbers))
      this.prepared('insert into blind_index values (?, ?, ?)').run(kind, this.blind(kind, number), studentId);
    return { answer: studentId };
  }

  /** Students who hold a number; the store knows only a keyed digest of it. */
  lookUp(kind: IndexKind, number: string): string[] {
    const rows = this.prepared('select student_id from blind_index where kind = ? and blind = ? order by student_id');
    return (rows.all(kind, this.blind(kind, number)) as SqlRow[]).map((row) => String(row['student_id']));
  }

  /** The student's own key; undefined once it is destroyed. */
  keyOf(studentId: string): Buffer | undefined {
    const known = this.cached.get(studentId);
    if (known) return known;
    const row = this.prepared('select wrapped from student_key where student_id = ?').get(studentId) as
      SqlRow | undefined;
    if (!row) return undefined;
    const key = this.unwrap(`student|${studentId}`, row['wrapped']);
    if (this.cached.size >= MOST_CACHED) this.cached.clear();
    this.cached.set(studentId, key);
    return key;
  }

  /** Keyed digest of a request: equal requests are recognised, their content is not revealed. */
  fingerprint(text: string): string {
    return createHmac('sha256', this.fingerprintKey).update(text).digest('base64url').slice(0, 22);
  }

  close(): void {
    this.claims.flush();
    closeDatabase(this.database);
  }

  private blind(kind: string, number: string): string {
    return createHmac('sha256', this.indexKey).update(`${kind}|${number}`).digest('base64url');
  }

  private secret(name: string): Buffer {
    const insert = this.prepared('insert into secret values (?, ?) on conflict (name) do nothing');
    insert.run(name, seal(this.masterKey, `secret|${name}`, randomBytes(32)));
    const row = this.prepared('select wrapped from secret where name = ?').get(name) as SqlRow;
    return this.unwrap(`secret|${name}`, row['wrapped']);
  }

  private unwrap(place: string, wrapped: unknown): Buffer {
    try {
      return open(this.masterKey, place, Buffer.from(wrapped as Uint8Array));
    } catch {
      throw new WrongMasterKey();
    }
  }
}
