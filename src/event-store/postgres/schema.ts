// The tables of the log, as steps from one version to the next; each is done once, by whichever service starts first.
import type { Postgres } from '../../postgres/database.js';
import { GENESIS_HASH } from '../hash-chain.js';

/** Text sorts by its bytes: positions in it are the same on every server. A released step never changes. */
const STEPS: readonly string[] = [
  `create table event (
    position    bigint primary key,
    stream      text collate "C" not null,
    revision    integer not null,
    id          text collate "C" not null unique,
    type        text collate "C" not null,
    recorded_at text collate "C" not null,
    payload     text collate "C" not null,
    hash        text collate "C" not null,
    unique (stream, revision)
  );
  create index event_by_instant on event (recorded_at, position);
  create table head (
    only_row    boolean primary key default true check (only_row),
    position    bigint not null,
    hash        text not null,
    recorded_at text not null
  );
  insert into head (position, hash, recorded_at) values (0, '${GENESIS_HASH}', '')`,
];

export class NewerSchema extends Error {
  constructor(version: number) {
    super(
      `数据库由更新版本的程序建立(结构版本 ${version})。 The database belongs to a newer version of this program (schema ${version}).`,
    );
  }
}

export function migrate(database: Postgres): Promise<void> {
  return database.exclusively(`schema ${database.schema}`, () =>
    database.transaction(async (session) => {
      await session.exec(
        `create schema if not exists ${database.schema}; create table if not exists schema_version (version integer not null)`,
      );
      const [held] = await session.query<{ version: number }>('select version from schema_version');
      const version = held?.version ?? 0;
      if (version > STEPS.length) throw new NewerSchema(version);
      for (const step of STEPS.slice(version)) await session.exec(step);
      if (!held) await session.query('insert into schema_version values ($1)', [STEPS.length]);
      else if (version < STEPS.length) await session.query('update schema_version set version = $1', [STEPS.length]);
    }),
  );
}

/** For those who only read: the schema must be there, and of this version. */
export async function demandCurrent(database: Postgres): Promise<void> {
  const [found] = await database.query<{ there: boolean }>("select to_regclass('schema_version') is not null as there");
  if (!found?.there) throw new Error('数据库中没有台账。 There is no ledger in this database.');
  const [held] = await database.query<{ version: number }>('select version from schema_version');
  const version = held?.version ?? 0;
  if (version > STEPS.length) throw new NewerSchema(version);
  if (version < STEPS.length)
    throw new Error('台账结构较旧,请先启动一次服务。 The ledger is of an older version; start the service once.');
}
