// The second wall: whatever a text asks for, PostgreSQL answers as if the rows beyond a reach were not there.
import pg from 'pg';
import { covers, EVERYTHING, NOTHING, type Reach } from '../../src/core/reach.js';
import { Postgres } from '../../src/postgres/database.js';
import { PostgresTables } from '../../src/tables/postgres/postgres-tables.js';
import type { Row, Table } from '../../src/tables/tables.js';
import { within } from '../../src/tables/within.js';
import { Chance, SEED } from '../durability/chance.js';
import { describeWith } from '../support/missing.js';
import { newDatabase, sharedPostgres } from '../support/postgres.js';

const PLACE = {
  name: 'place',
  columns: { school: 'text', pupil: 'text', district: 'text', area: 'text' },
  key: ['school', 'pupil'],
  indexes: [['pupil']],
  belongs: { school: 'school', district: 'district', area: 'area' },
} as const satisfies Table;

const PUPIL = {
  name: 'pupil',
  columns: { pupil: 'text', name: 'text' },
  key: ['pupil'],
  belongs: { through: { table: 'place', column: 'pupil' } },
} as const satisfies Table;

const GRANT = {
  name: 'given',
  columns: { number: 'integer', pupil: 'text', school: 'text', district: 'text', fen: 'integer' },
  key: ['number'],
  belongs: { school: 'school', district: 'district', through: { table: 'place', column: 'pupil' } },
} as const satisfies Table;

const POLICY: Table = { name: 'policy', columns: { policy: 'text' }, key: ['policy'] };

/** A table is there before the one through which its rows belong. */
const TABLES = [PUPIL, GRANT, PLACE, POLICY];

const DISTRICT_OF: Record<string, string> = { s1: 'east', s2: 'east', s3: 'west', s4: 'west', "s'5": 'no,rth' };

const at = (pupil: string, school: string) => ({ school, pupil, district: DISTRICT_OF[school] ?? '', area: '' });
const registeredIn = (pupil: string, area: string) => ({ school: '', pupil, district: '', area });

/** Pupils of each school, one who moved, one each whom only a city or a province knows, one who belongs nowhere. */
const PLACES = [
  at('a', 's1'),
  at('b', 's2'),
  at('c', 's3'),
  at('d', 's4'),
  at('e', "s'5"),
  at('moved', 's1'),
  at('moved', 's3'),
  registeredIn('of the city', '3708'),
  registeredIn('of the province', '37'),
];
const PUPILS = [...new Set(PLACES.map(({ pupil }) => pupil)), 'nowhere'];

/** Money that belongs to a school, and money that names none. */
const GRANTS = PUPILS.flatMap((pupil) => [
  ...PLACES.filter((place) => place.pupil === pupil && place.school !== ''),
  { school: null, district: null },
  { school: '', district: '' },
]).map(({ school, district }, index) => ({ number: index, school, district, fen: 10 ** (index % 6) }));
const grantsOf = PUPILS.flatMap((pupil) => [
  ...PLACES.filter((place) => place.pupil === pupil && place.school !== '').map(() => pupil),
  pupil,
  pupil,
]);

const ROWS: [Table, Row[]][] = [
  [PLACE, PLACES],
  [PUPIL, PUPILS.map((pupil) => ({ pupil, name: `name of ${pupil}` }))],
  [GRANT, GRANTS.map((grant, index) => ({ ...grant, pupil: grantsOf[index] ?? '' }))],
  [POLICY, [{ policy: 'for everybody' }]],
];

const districts = (...ids: string[]): Reach => ({ ...NOTHING, districts: ids });
const REACHES: Record<string, Reach> = {
  everything: EVERYTHING,
  nothing: NOTHING,
  east: districts('east'),
  west: districts('west'),
  'both districts': districts('east', 'west'),
  'a school': { ...NOTHING, schools: ['s1'] },
  'a city': { ...NOTHING, areas: ['3708'] },
  'another city': { ...NOTHING, areas: ['3701'] },
  'a province': { ...NOTHING, districts: ['east'], areas: ['37'] },
  'text that is no id': { districts: ['no,rth', '"everything"', "'", '\\'], schools: ["s'5"], areas: [] },
  'one id that looks like two': districts('east,west', '{east,west}', 'east","west'),
};

/** What lies within a reach, told once more and without SQL. */
function seen(reach: Reach): [Table, Row[]][] {
  const pupils = new Set(PLACES.filter((place) => isSeen(reach, place)).map(({ pupil }) => pupil));
  const keeps: Record<string, (row: Row) => boolean> = {
    place: (row) => isSeen(reach, row),
    pupil: ({ pupil }) => reach === EVERYTHING || pupils.has(String(pupil)),
    given: (row) => isSeen(reach, row) || (!row['school'] && pupils.has(String(row['pupil']))),
    policy: () => true,
  };
  return ROWS.map(([table, rows]) => [table, rows.filter(keeps[table.name] ?? (() => false))]);
}

const isSeen = (reach: Reach, { school, district, area }: Row): boolean =>
  covers(reach, {
    ...(school && { schoolId: String(school) }),
    ...(district && { districtId: String(district) }),
    ...(area && { area: String(area) }),
  });

/** None of these says whose rows it wants. */
const TEXTS = [
  'select * from place order by school, pupil',
  'select * from pupil order by pupil',
  'select * from given order by number',
  'select * from policy',
  'select count(*) as n, sum(fen) as fen, max(number) as last from given',
  'select district, sum(fen) as fen from given group by rollup (district) order by 1, 2',
  'select * from given g left join pupil p on p.pupil = g.pupil left join place l on l.pupil = p.pupil order by g.number, l.school',
  'select pupil from pupil where pupil not in (select pupil from place) order by 1',
  'select (select count(*) from given) as given, (select count(*) from place) as places, exists (select from pupil) as any',
  'select pupil from pupil union all select pupil from place union all select pupil from given order by 1',
  'with recursive r (n) as (select min(number) from given union select g.number from r join given g on g.number = r.n + 1) select n from r order by n',
  'select number, sum(fen) over (order by number) as so_far from given where true or school = $$s1$$ order by number',
  'select p.pupil, g.n from pupil p cross join lateral (select count(*) as n from given where given.pupil = p.pupil) g order by 1',
  'select number from given where fen > (select avg(fen) from given) order by number',
  'select array(select pupil from place order by pupil, school) as pupils from policy',
];

const admin = sharedPostgres();

describeWith(admin !== undefined, 'PostgreSQL')('on PostgreSQL', () => {
  let url: string;
  let database: Postgres;
  let tables: PostgresTables;
  /** Each in a schema of its own, without a wall: all that somebody with this reach could ever be shown. */
  const alone = new Map<Reach, PostgresTables>();

  beforeAll(async () => {
    url = await newDatabase(admin ?? '');
    for (const [index, reach] of Object.values(REACHES).entries()) {
      const own = new PostgresTables(new Postgres(url, { schema: `alone_${index}`, connections: 2 }));
      await own.create(TABLES.map(({ name, columns, key }): Table => ({ name, columns, key })));
      await fill(own, seen(reach));
      alone.set(reach, own);
    }
  });
  afterAll(async () => {
    for (const own of alone.values()) await own.close();
  });

  beforeEach(async () => {
    database = new Postgres(url, { schema: 'walled', connections: 2 });
    tables = new PostgresTables(database);
    await tables.create(TABLES);
    await fill(tables, ROWS);
  });
  afterEach(async () => {
    await database.query('drop schema walled cascade');
    await tables.close();
  });

  const fill = (target: PostgresTables, rows: [Table, Row[]][], prefix = ''): Promise<void> =>
    target.transaction(async (transaction) => {
      for (const [table, some] of rows) await transaction.put({ ...table, name: prefix + table.name }, some);
    });

  /** Reaches and texts whose answers know of more, or of less, than lies within the reach. */
  async function wrongAnswers(texts: readonly string[] = TEXTS): Promise<string[]> {
    const wrong: string[] = [];
    for (const [name, reach] of Object.entries(REACHES))
      for (const text of texts) {
        const given = await tables.seenBy(reach).query(text);
        const right = await alone.get(reach)?.query(text);
        if (JSON.stringify(given) !== JSON.stringify(right)) wrong.push(`${name}: ${text}`);
      }
    return wrong;
  }

  const rowsSeen = async (reach: Reach): Promise<number> => (await tables.seenBy(reach).query('table given')).length;

  test('the reaches are not all alike', async () => {
    expect(await rowsSeen(NOTHING)).toBe(0);
    expect(await rowsSeen(EVERYTHING)).toBe(GRANTS.length);
    const counts = await Promise.all(Object.values(REACHES).map(rowsSeen));
    expect(new Set(counts).size).toBeGreaterThan(5);
    expect(await rowsSeen(districts('east,west'))).toBe(0);
  });

  test('every text is answered as if there were nothing beyond the reach', async () => {
    expect(await wrongAnswers()).toEqual([]);
  });

  test('both walls stand in the same place', async () => {
    for (const reach of Object.values(REACHES))
      for (const { name, belongs, key } of [PLACE, PUPIL, GRANT]) {
        const parameters: string[] = [];
        const add = (value: unknown) => `$${parameters.push(String(value))}`;
        const order = `order by ${key.join(', ')}`;
        const text = `select * from ${name} where ${within(name, reach, belongs, PLACE.belongs, add)} ${order}`;
        const byText = await tables.query(text, parameters);
        expect(byText).toEqual(await tables.seenBy(reach).query(`select * from ${name} ${order}`));
      }
  });

  test('empty text is no id, and the head of no area', async () => {
    const empty = { districts: [''], schools: [''], areas: [''] };
    for (const { name } of [PLACE, PUPIL, GRANT]) expect(await tables.seenBy(empty).query(`table ${name}`)).toEqual([]);
  });

  test('the service itself sees everything, in texts and in transactions', async () => {
    const everything = await tables.seenBy(EVERYTHING).query('select * from given order by number');
    expect(everything).toHaveLength(GRANTS.length);
    expect(await tables.query('select * from given order by number')).toEqual(everything);
    const inside = await tables.transaction((rows) => rows.query('select * from given order by number'));
    expect(inside).toEqual(everything);
  });

  test('a connection that says nothing sees nothing, and changes nothing', async () => {
    for (const text of ['table given', 'table pupil', 'table place', 'delete from given returning *'])
      expect(await database.query(text)).toEqual([]);
    await expect(database.query("insert into given values (99, 'a', 's1', 'east', 1)")).rejects.toThrow(/row-level/);
    expect(await tables.query('table policy')).toHaveLength(1);
    expect(await rowsSeen(EVERYTHING)).toBe(GRANTS.length);
  });

  test('who reads changes nothing; who reaches a district changes no row beyond it', async () => {
    await expect(tables.seenBy(districts('east')).query('update given set fen = 0 returning *')).rejects.toThrow(
      /read-only/,
    );
    const client = new pg.Client({ connectionString: url, options: '-c search_path=walled' });
    await client.connect();
    await client.query(`set aid.reach = '${JSON.stringify(districts('east'))}'`);
    const { rows: before } = await client.query('select number from given order by number');
    const { rows: changed } = await client.query('update given set fen = 0 returning number');
    expect(changed.toSorted((a: Row, b: Row) => Number(a['number']) - Number(b['number']))).toEqual(before);
    await expect(client.query("update given set district = 'west', school = 's3'")).rejects.toThrow(/row-level/);
    await client.end();
    const untouched = await tables.query('select count(*) as n from given where fen > 0');
    expect(untouched).toEqual([{ n: GRANTS.length - before.length }]);
  });

  test('one connection serves one reach after another and keeps none', async () => {
    const single = new Postgres(url, { schema: 'walled', connections: 1 });
    const reader = new PostgresTables(single);
    const text = 'select * from given order by number';
    for (let round = 0; round < 20; round++)
      for (const reach of Object.values(REACHES)) {
        expect(await reader.seenBy(reach).query(text)).toEqual(await alone.get(reach)?.query(text));
        expect(await single.query(text)).toEqual([]);
        await expect(
          reader.seenBy(reach).query('select 1 / (fen - fen) from given, policy union select 1 / 0'),
        ).rejects.toThrow(/zero/);
        expect(await single.query(text)).toEqual([]);
      }
    await expect(reader.transaction(() => Promise.reject(new Error('thought better of it')))).rejects.toThrow(/better/);
    expect(await single.query(text)).toEqual([]);
    await reader.close();
  });

  /** Readers of all reaches on two connections, some of whom fail; answers with the rows that were not theirs. */
  async function foreignRows(readers = 600): Promise<{ asked: number; rows: number; foreign: number }> {
    const chance = new Chance(SEED);
    const found = { asked: 0, rows: 0, foreign: 0 };
    const own = new Map(
      Object.values(REACHES).map((reach) => [
        reach,
        new Set(seen(reach).flatMap(([table, rows]) => (table === GRANT ? rows.map(({ number }) => number) : []))),
      ]),
    );
    const ask = async (reach: Reach): Promise<void> => {
      found.asked++;
      if (chance.happens(0.1))
        return void (await tables
          .seenBy(reach)
          .query('select 1 / 0')
          .catch(() => {}));
      const rows = await tables.seenBy(reach).query('select number, pg_sleep(0.0001)::text as slept from given');
      found.rows += rows.length;
      found.foreign += rows.filter(({ number }) => !own.get(reach)?.has(number ?? null)).length;
      expect(rows.length).toBeGreaterThanOrEqual(own.get(reach)?.size ?? Infinity);
    };
    await Promise.all(Array.from({ length: readers }, () => ask(chance.pick(Object.values(REACHES)))));
    return found;
  }

  test('600 readers of all reaches on two connections see no row of one another', async () => {
    const found = await foreignRows();
    expect(found).toMatchObject({ asked: 600, foreign: 0 });
    expect(found.rows).toBeGreaterThan(600);
  });

  test('tables built beside have a wall of their own, and bring it along', async () => {
    await tables.create(TABLES, 'next_');
    await fill(tables, ROWS, 'next_');
    // As after a rebuild that was cut off.
    await tables.create(TABLES, 'next_');
    await fill(tables, ROWS, 'next_');
    for (const reach of Object.values(REACHES))
      expect(await tables.seenBy(reach).query('select * from next_given order by number')).toEqual(
        await tables.seenBy(reach).query('select * from given order by number'),
      );
    await tables.transaction((rows) => rows.swap(TABLES, 'next_'));
    expect(await wrongAnswers()).toEqual([]);
    await tables.create(TABLES, 'next_');
    await fill(tables, ROWS, 'next_');
    await tables.transaction((rows) => rows.swap(TABLES, 'next_'));
    expect(await wrongAnswers()).toEqual([]);
  });

  test('a table that no view has any more does not hold up the switch, and shows nothing', async () => {
    await tables.create([{ ...PUPIL, name: 'former_pupil' }]);
    await fill(tables, [[{ ...PUPIL, name: 'former_pupil' }, [{ pupil: 'a', name: 'of a' }]]]);
    expect(await tables.query('table former_pupil')).toHaveLength(1);
    await tables.create(TABLES, 'next_');
    await tables.transaction((rows) => rows.swap(TABLES, 'next_'));
    expect(await tables.query('table former_pupil')).toEqual([]);
  });

  describe('control', () => {
    const DOWN: Record<string, string> = {
      'switched off': 'alter table given disable row level security',
      'not holding for the owner': 'alter table given no force row level security',
      'with a gate': 'create policy within_reach_gate on given using (true)',
      'of another version':
        "do $$ begin execute (select format('drop policy %I on given', polname) from pg_policy where polrelid = 'given'::regclass); end $$; " +
        'create policy within_reach_0 on given using (true)',
    };

    test.each(Object.entries(DOWN))('a wall %s is noticed, and stands again after a start', async (_, pullDown) => {
      await database.transaction((session) => session.exec(pullDown));
      expect((await wrongAnswers()).length).toBeGreaterThan(20);
      expect((await foreignRows(60)).foreign).toBeGreaterThan(0);
      await tables.create(TABLES);
      expect(await wrongAnswers()).toEqual([]);
    });

    test('a reach that stays on the connection is noticed', async () => {
      const single = new Postgres(url, { schema: 'walled', connections: 1 });
      await single.query(`set aid.reach = '"everything"'`);
      expect(await single.query('table given')).toHaveLength(GRANTS.length);
      await single.close();
    });
  });

  test.each(['superuser', 'nosuperuser bypassrls'])(
    'a role that is %s passes by the wall: that is said',
    async (right) => {
      const role = `passer_${SEED}_${right.length}`;
      const client = new pg.Client(admin);
      await client.connect();
      await client.query(`create role ${role} login ${right}`);
      const address = new URL(url);
      address.username = role;
      const passing = new PostgresTables(new Postgres(address.href, { schema: 'walled' }));
      try {
        expect(await tables.warnings()).toEqual([]);
        expect(await passing.warnings()).toEqual([expect.stringMatching(/row-level security does not hold/)]);
        await database.query('grant usage on schema walled to public');
        await database.query('grant select on given, place to public');
        expect(await passing.seenBy(NOTHING).query('table given')).toHaveLength(GRANTS.length);
      } finally {
        await passing.close();
        await client.query(`drop role ${role}`);
        await client.end();
      }
    },
  );
});
