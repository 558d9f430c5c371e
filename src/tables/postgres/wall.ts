// The second wall: row-level security 行级安全, by which the server itself holds back every row beyond a reach. Policies
// read the reach from a setting of the transaction; where none is set, they show no row.
import { createHash } from 'node:crypto';
import { EVERYTHING, type Bounds, type Reach } from '../../core/reach.js';
import type { Session, Settings } from '../../postgres/database.js';
import { prefixed, type Belonging, type Table } from '../tables.js';

const SETTING = 'aid.reach';

/** A reach as policies read it: JSON, so that no text in it is taken for another. */
export const reaching = (reach: Reach): Settings => ({ [SETTING]: JSON.stringify(reach) });

/** Subqueries that name no column of the row are answered once a statement. */
const SEES_EVERYTHING = `(select current_setting('${SETTING}', true)) = '${JSON.stringify(EVERYTHING)}'`;
const REACH = `nullif(current_setting('${SETTING}', true), '')::jsonb`;
/** Empty text is no id: it stands in rows that name no school. */
const those = (bound: keyof Bounds): string =>
  `select id from jsonb_array_elements_text(${REACH} -> '${bound}') as id where id <> ''`;

/** The same as `within` says in the texts of the views, for every text. */
function conditionOf(name: string, { school, district, area, through }: Belonging): string {
  const ways = [SEES_EVERYTHING];
  if (school !== undefined) ways.push(`${school} in (${those('schools')})`);
  if (district !== undefined) ways.push(`${district} in (${those('districts')})`);
  if (area !== undefined) ways.push(`${area} ^@ any (array(${those('areas')}))`);
  if (through && school !== undefined) ways.push(`(coalesce(${school}, '') = '' and ${isSeen(name, through)})`);
  if (through && school === undefined) ways.push(isSeen(name, through));
  return ways.join(' or ');
}

/**
 * The other table's own policy decides. Not `exists`, which the server may turn round: for one page of rows it would
 * first read all that is seen of the other table.
 */
const isSeen = (name: string, { table, column }: { table: string; column: string }): string =>
  `(select true from ${table} other where other.${column} = ${name}.${column} limit 1)`;

const POLICY = 'within_reach_';

/** Named after what it says: that of another version is not taken for this one. */
const policyOf = (name: string, belongs: Belonging): string =>
  `${POLICY}${createHash('sha256').update(conditionOf(name, belongs)).digest('hex').slice(0, 8)}`;

const STANDING = `
  select relrowsecurity and relforcerowsecurity as forced,
    array(select polname::text from pg_policy where polrelid = c.oid and starts_with(polname::text, '${POLICY}')) as policies
  from pg_class c where c.oid = to_regclass($1)`;

/** Raises the wall where it does not stand: round a new table, after an update of it, or where someone pulled it down. */
export async function raiseWall(session: Session, table: Table, prefix: string): Promise<void> {
  const { name, belongs } = prefixed(table, prefix);
  if (!belongs || !table.belongs) return;
  const policy = policyOf(table.name, table.belongs);
  const [wall] = await session.query<{ forced: boolean; policies: string[] }>(STANDING, [name]);
  const policies = wall?.policies ?? [];
  if (wall?.forced && policies.length === 1 && policies[0] === policy) return;
  const steps = [
    ...policies.map((old) => `drop policy ${old} on ${name}`),
    // Forced: the owner of the tables is the one who asks.
    `alter table ${name} enable row level security, force row level security`,
    `create policy ${policy} on ${name} using (${conditionOf(name, belongs)})`,
  ];
  await session.exec(steps.join('; '));
}

const LOOKING_INTO = `
  select distinct format('drop policy %I on %s', polname, polrelid::regclass) as step
  from pg_policy p join pg_depend d on d.classid = 'pg_policy'::regclass and d.objid = p.oid
  where d.refclassid = 'pg_class'::regclass
    and d.refobjid in (select to_regclass(name) from unnest($1::text[]) as name)`;

/** Policies that look into a table hold it in place, also those of tables that no view has any more. */
export async function dropTables(session: Session, names: readonly string[]): Promise<void> {
  const policies = await session.query<{ step: string }>(LOOKING_INTO, [names]);
  for (const { step } of policies) await session.exec(step);
  for (const name of names) await session.exec(`drop table if exists ${name}`);
}

/** Superusers and those who may pass by policies see everything, whatever the wall. */
export async function passesWalls(session: Pick<Session, 'query'>): Promise<boolean> {
  const text = 'select rolsuper or rolbypassrls as passes from pg_roles where rolname = current_user';
  const [role] = await session.query<{ passes: boolean }>(text);
  return role?.passes ?? false;
}
