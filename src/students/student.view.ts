// Reading students: masked, with their enrolments and determinations; and the folded state that calculations use.
import { Injectable } from '@nestjs/common';
import type { LedgerEvent } from '../core/event.js';
import { KeyStore } from '../keys/key-store.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { paged, type Page } from '../office/page.js';
import { Tables } from '../tables/tables.js';
import type { Determination, Enrolment } from './facts.js';
import { masked } from './masking.js';
import type { StudentRegistered } from './student.events.js';
import type { StudentRow } from './student.projection.js';
import type { Student } from './student.js';

const shownEnrolment = ({ school, source: position, ...enrolment }: Enrolment) => ({
  schoolId: school.schoolId,
  districtId: school.districtId,
  ...enrolment,
  position,
});

const shownDetermination = ({ source: position, ...determination }: Determination) => ({ ...determination, position });

/** The least text that sorts after an id. */
export const next = (studentId: string): string => (studentId === '' ? '' : `${studentId} `);

@Injectable()
export class StudentView {
  constructor(
    private readonly models: Tables,
    private readonly sealer: StudentSealer,
    private readonly keys: KeyStore,
  ) {}

  async one(studentId: string) {
    const row = await this.row(studentId);
    return row && (await this.shown([row]))[0];
  }

  /** Facts and account as last projected. */
  async state(studentId: string): Promise<Student | undefined> {
    const row = await this.row(studentId);
    return row && (JSON.parse(row.body) as Student);
  }

  async page({ limit, after = '' }: Page, { schoolId }: { schoolId?: string } = {}) {
    const rows = await this.rowsFrom(next(after), limit + 1, schoolId);
    const { items, nextCursor } = paged(
      rows,
      limit,
      ({ student_id }) => student_id,
      (row) => row,
    );
    return { items: await this.shown(items), nextCursor };
  }

  /** Those who hold a student number or citizen number, found by its keyed digest. */
  async holders(kind: 'student-number' | 'citizen-number', number: string) {
    const holders = await this.keys.lookUp(kind, number);
    const students = await Promise.all(holders.map((studentId) => this.one(studentId)));
    return students.filter((student) => student !== undefined);
  }

  /** Students in the order of their ids from one id on, for walks over the whole population or a school. */
  rowsFrom(start: string, limit: number, schoolId?: string): Promise<StudentRow[]> {
    if (schoolId === undefined)
      return this.models.query('select * from student where student_id >= $1 order by student_id limit $2', [
        start,
        limit,
      ]);
    const text = `select s.* from student_school m join student s on s.student_id = m.student_id
      where m.school_id = $3 and m.student_id >= $1 order by m.student_id limit $2`;
    return this.models.query(text, [start, limit, schoolId]);
  }

  private async row(studentId: string): Promise<StudentRow | undefined> {
    const [row] = await this.models.query<StudentRow>('select * from student where student_id = $1', [studentId]);
    return row;
  }

  private async shown(rows: readonly StudentRow[]) {
    const registrations = rows.map(({ registration, body, revision }) => ({
      ...(JSON.parse(registration) as LedgerEvent<StudentRegistered>),
      facts: (JSON.parse(body) as Student).facts,
      revision,
    }));
    return (await this.sealer.openAll(registrations)).map(({ data, facts, revision }) => ({
      ...masked(data),
      enrolments: facts.enrolments.map(shownEnrolment),
      hardship: facts.determinations.map(shownDetermination),
      revision,
    }));
  }
}
