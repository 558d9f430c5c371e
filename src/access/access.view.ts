// Reading keys, grants and the access log, each within a reach.
import { Injectable } from '@nestjs/common';
import { EVERYTHING, type Reach } from '../core/reach.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { paged, type Page } from '../office/page.js';
import { STUDENT_SCHOOL } from '../students/student.projection.js';
import { Tables, type Cell, type Row, type Table } from '../tables/tables.js';
import { within } from '../tables/within.js';
import type { RecordDisclosed, RecordsSeen } from './access.events.js';
import { ACCESS_GRANT, API_KEY, SEEN, type PermissionRow, type SeenRow } from './access.projection.js';
import { dutyOf } from './matrix.js';

export interface LookFilter {
  studentId?: string;
  principal?: string;
  /** Instants: not before, and before. */
  since?: string;
  before?: string;
}

const CONDITIONS: Record<keyof LookFilter, string> = {
  studentId: 'student_id =',
  principal: 'principal =',
  since: 'recorded_at >=',
  before: 'recorded_at <',
};

type Look = { stream: string; id: string; actor: { id: string; role: string; name: string } } & (
  { type: 'RecordsSeen'; data: Omit<RecordsSeen['data'], 'studentIds'> } | RecordDisclosed
);

@Injectable()
export class AccessView {
  constructor(
    private readonly models: Tables,
    private readonly sealer: StudentSealer,
  ) {}

  keys(page: Page, reach: Reach) {
    return this.given(API_KEY, page, reach);
  }

  grants(page: Page, reach: Reach) {
    return this.given(ACCESS_GRANT, page, reach);
  }

  private async given(table: Table, { limit, after = '' }: Page, reach: Reach) {
    const parameters: Cell[] = [after, limit + 1];
    const [key = ''] = table.key;
    const seen = within(table.name, reach, table.belongs ?? {}, {}, (value) => `$${parameters.push(value)}`);
    const text = `select * from ${table.name} where ${key} > $1 and ${seen} order by ${key} limit $2`;
    const rows = await this.models.seenBy(reach).query<PermissionRow & Row>(text, parameters);
    return paged(
      rows,
      limit,
      (row) => String(row[key]),
      ({ body }) => JSON.parse(body) as object,
    );
  }

  /** Newest first; one item a student of a look. */
  async looks({ limit, after }: Page, filter: LookFilter, reach: Reach) {
    const [position, student] = after === undefined ? [Number.MAX_SAFE_INTEGER, ''] : placeOf(after);
    const parameters: Cell[] = [position, student, limit + 1];
    const add = (value: Cell): string => `$${parameters.push(value)}`;
    const conditions = ['(position < $1 or (position = $1 and student_id > $2))'];
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const value = filter[name as keyof LookFilter];
      if (value !== undefined) conditions.push(`${condition} ${add(value)}`);
    }
    if (reach !== EVERYTHING) conditions.push(within('seen', reach, SEEN.belongs ?? {}, STUDENT_SCHOOL.belongs, add));
    const text = `select * from seen where ${conditions.join(' and ')} order by position desc, student_id limit $3`;
    const rows = await this.models.seenBy(reach).query<SeenRow>(text, parameters);
    const { items, nextCursor } = paged(
      rows,
      limit,
      (row) => `${row.position}|${row.student_id}`,
      (row) => row,
    );
    return { items: await this.told(items), nextCursor };
  }

  private async told(rows: readonly SeenRow[]) {
    const opened = await this.sealer.openAll(rows.map(({ body }) => JSON.parse(body) as Look));
    return opened.map(({ actor, ...look }, index) => {
      const { position = 0, recorded_at = '', student_id = '' } = rows[index] ?? {};
      const { duty, purpose, fields } = shownLook(look);
      return { position, recordedAt: recorded_at, studentId: student_id, actor, duty, purpose, fields: [...fields] };
    });
  }
}

const placeOf = (cursor: string): [number, string] => {
  const [position = '', student = ''] = cursor.split('|');
  return [Number(position) || 0, student];
};

function shownLook(look: Pick<Look, 'type' | 'data'>) {
  if (look.type === 'RecordDisclosed') {
    const { fields, purpose } = look.data as RecordDisclosed['data'];
    return { duty: 'disclose', purpose, fields };
  }
  const { duty, shows } = look.data as Look['data'] & RecordsSeen['data'];
  const { zh, en } = dutyOf(duty);
  return { duty, purpose: { zh, en }, fields: shows };
}
