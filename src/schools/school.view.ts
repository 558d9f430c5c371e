// Reading the register of districts and schools.
import { Injectable } from '@nestjs/common';
import { paged, type Page } from '../office/page.js';
import { EVERYTHING, type Bounds, type Reach } from '../core/reach.js';
import { Tables, type Cell, type Row } from '../tables/tables.js';
import type { District, School } from './school.events.js';

interface Registered extends Row {
  id: string;
  revision: number;
  body: string;
}

export type WithRevision<T> = T & { revision: number };

const shown = <T extends object>({ body, revision }: Registered): WithRevision<T> => ({
  ...(JSON.parse(body) as T),
  revision,
});

/** A school is seen within its district too; a district is seen from each of its schools. */
function seen(table: 'district' | 'school', reach: Reach, add: (cell: Cell) => string): string {
  if (reach === EVERYTHING) return '1 = 1';
  const schools = `school_id in (${listed(reach, 'schools', add)})`;
  const districts = `district_id in (${listed(reach, 'districts', add)})`;
  return table === 'school'
    ? `(${schools} or ${districts})`
    : `(${districts} or district_id in (select district_id from school where ${schools}))`;
}

const listed = (bounds: Bounds, name: 'schools' | 'districts', add: (cell: Cell) => string): string =>
  bounds[name].length > 0 ? bounds[name].map(add).join(', ') : 'null';

@Injectable()
export class SchoolView {
  constructor(private readonly models: Tables) {}

  async district(districtId: string): Promise<WithRevision<District> | undefined> {
    const [row] = await this.models.query<Registered>('select * from district where district_id = $1', [districtId]);
    return row && shown<District>(row);
  }

  async school(schoolId: string): Promise<WithRevision<School> | undefined> {
    const [row] = await this.models.query<Registered>('select * from school where school_id = $1', [schoolId]);
    return row && shown<School>(row);
  }

  /** Ids of the districts of a city or province. */
  async districtsIn(area: string): Promise<string[]> {
    const text = 'select district_id as id from district where area >= $1 and area < $2 order by district_id';
    return (await this.models.query<{ id: string }>(text, [area, `${area}~`])).map(({ id }) => id);
  }

  /** A district that the reach covers, or one with a school that it covers. */
  async districtSeen(districtId: string, reach: Reach): Promise<WithRevision<District> | undefined> {
    const [row] = await this.registered('district', reach, ['district_id =', districtId], 1);
    return row && shown<District>(row);
  }

  async schoolSeen(schoolId: string, reach: Reach): Promise<WithRevision<School> | undefined> {
    const [row] = await this.registered('school', reach, ['school_id =', schoolId], 1);
    return row && shown<School>(row);
  }

  async districts({ limit, after = '' }: Page, reach: Reach) {
    const rows = await this.registered('district', reach, ['district_id >', after], limit + 1);
    return paged(rows, limit, ({ id }) => id, shown<District>);
  }

  async schools({ limit, after = '' }: Page, reach: Reach, districtId?: string) {
    const rows = await this.registered('school', reach, ['school_id >', after], limit + 1, districtId);
    return paged(rows, limit, ({ id }) => id, shown<School>);
  }

  private registered(
    table: 'district' | 'school',
    reach: Reach,
    [condition, value]: [string, string],
    limit: number,
    districtId?: string,
  ): Promise<Registered[]> {
    const parameters: Cell[] = [];
    const add = (cell: Cell): string => `$${parameters.push(cell)}`;
    const conditions = [`${condition} ${add(value)}`, seen(table, reach, add)];
    if (districtId !== undefined) conditions.push(`district_id = ${add(districtId)}`);
    const text = `select ${table}_id as id, revision, body from ${table} where ${conditions.join(' and ')}
      order by ${table}_id limit ${add(limit)}`;
    return this.models.query<Registered>(text, parameters);
  }
}
