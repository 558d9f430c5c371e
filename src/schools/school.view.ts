// Reading the register of districts and schools.
import { Injectable } from '@nestjs/common';
import { paged, type Page } from '../office/page.js';
import { Tables, type Row } from '../tables/tables.js';
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

  async districts({ limit, after = '' }: Page) {
    const text =
      'select district_id as id, revision, body from district where district_id > $1 order by district_id limit $2';
    const rows = await this.models.query<Registered>(text, [after, limit + 1]);
    return paged(rows, limit, ({ id }) => id, shown<District>);
  }

  async schools({ limit, after = '' }: Page, districtId?: string) {
    const inDistrict = districtId === undefined ? '' : 'and district_id = $3';
    const text = `select school_id as id, revision, body from school where school_id > $1 ${inDistrict} order by school_id limit $2`;
    const rows = await this.models.query<Registered>(text, [
      after,
      limit + 1,
      ...(districtId === undefined ? [] : [districtId]),
    ]);
    return paged(rows, limit, ({ id }) => id, shown<School>);
  }
}
