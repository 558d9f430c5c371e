// Reading students: masked, with their enrolments and determinations; and the folded state that calculations use.
import { Injectable } from '@nestjs/common';
import type { LedgerEvent } from '../core/event.js';
import type { Disclosable } from '../access/access.events.js';
import { EVERYTHING, type Reach } from '../core/reach.js';
import { KeyStore } from '../keys/key-store.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { paged, type Page } from '../office/page.js';
import { Tables, type Cell } from '../tables/tables.js';
import { within } from '../tables/within.js';
import type { Determination, Enrolment, StudentFacts } from './facts.js';
import { masked } from './masking.js';
import type { StudentRegistered } from './student.events.js';
import { ERASED, STUDENT, STUDENT_SCHOOL, type KnownStudent, type StudentRow } from './student.projection.js';

const shownEnrolment = ({ school, source: position, ...enrolment }: Enrolment) => ({
  schoolId: school.schoolId,
  districtId: school.districtId,
  ...enrolment,
  position,
});

const shownDetermination = ({ source: position, ...determination }: Determination) => ({ ...determination, position });

/** A student's row, and the revision of the record. */
type FoundRow = StudentRow & { revision: number };

const FOUND = 'select s.*, r.revision from student s join student_revision r on r.student_id = s.student_id';

function recordOf({ registration, body, revision }: FoundRow) {
  const { facts, privacy } = JSON.parse(body) as KnownStudent;
  return { ...registrationIn(registration, facts), facts, privacy, revision };
}

/** Of an erased student nothing is left but that there was one. */
function registrationIn(text: string, { studentId, studentGroups }: StudentFacts): SealedRegistration {
  if (text !== ERASED) return JSON.parse(text) as SealedRegistration;
  return { stream: '', id: '', type: 'StudentRegistered', data: { studentId, name: null, studentGroups } };
}

type SealedRegistration = Pick<LedgerEvent<StudentRegistered>, 'stream' | 'id' | 'type'> & {
  data: Omit<StudentRegistered['data'], 'name'> & { name: string | null };
};

/** One school or one district is found by its index. */
function homeIn(reach: Reach): { column: string; id: string } | undefined {
  if (reach === EVERYTHING || reach.areas.length > 0) return undefined;
  const [place, ...more] = [
    ...reach.schools.map((id) => ({ column: 'school_id', id })),
    ...reach.districts.map((id) => ({ column: 'district_id', id })),
  ];
  return more.length === 0 ? place : undefined;
}

/** The least text that sorts after an id. */
export const next = (studentId: string): string => (studentId === '' ? '' : `${studentId} `);

@Injectable()
export class StudentView {
  constructor(
    private readonly models: Tables,
    private readonly sealer: StudentSealer,
    private readonly keys: KeyStore,
  ) {}

  async one(studentId: string, reach: Reach) {
    const row = await this.row(studentId, reach);
    return row && (await this.shown([row]))[0];
  }

  /** Facts as last projected. */
  async known(studentId: string, reach: Reach): Promise<KnownStudent | undefined> {
    const row = await this.row(studentId, reach);
    return row && (JSON.parse(row.body) as KnownStudent);
  }

  async page({ limit, after = '' }: Page, reach: Reach, { schoolId }: { schoolId?: string } = {}) {
    const rows = await this.rowsFrom(next(after), limit + 1, reach, schoolId);
    const { items, nextCursor } = paged(
      rows,
      limit,
      ({ student_id }) => student_id,
      (row) => row,
    );
    return { items: await this.shown(items), nextCursor };
  }

  /** Those who hold a student number or citizen number, found by its keyed digest. */
  async holders(kind: 'student-number' | 'citizen-number', number: string, reach: Reach) {
    const holders = await this.keys.lookUp(kind, number);
    const rows = await Promise.all(holders.map((studentId) => this.row(studentId, reach)));
    return this.shown(rows.filter((row) => row !== undefined && row.restricted === 0) as FoundRow[]);
  }

  /** Names and numbers in clear; only for a look that is on record. */
  async inClear(studentId: string, fields: readonly Disclosable[]): Promise<Partial<Record<Disclosable, string>>> {
    const [registration] = await this.registrationsOf([studentId], EVERYTHING);
    const clear = registration?.data as Partial<Record<Disclosable, string>> | undefined;
    return Object.fromEntries(fields.map((field) => [field, clear?.[field]]));
  }

  /** Those of some students whose record is used, with names in clear and facts; only for a look that is on record. */
  async named(studentIds: readonly string[], reach: Reach): Promise<{ name: string | null; facts: StudentFacts }[]> {
    const registrations = await this.registrationsOf(studentIds, reach);
    return registrations
      .filter(({ privacy }) => !privacy.restricted && !privacy.erased)
      .map(({ data, facts }) => ({ name: data.name, facts }));
  }

  private async registrationsOf(studentIds: readonly string[], reach: Reach) {
    const rows = await Promise.all(studentIds.map((studentId) => this.row(studentId, reach)));
    return this.sealer.openAll(rows.filter((row) => row !== undefined).map(recordOf));
  }

  /**
   * Students in the order of their ids from one id on, for walks over the population within a reach, or over a
   * school. Those whose record is only kept are left out.
   */
  rowsFrom(start: string, limit: number, reach: Reach, schoolId?: string): Promise<FoundRow[]> {
    const parameters: Cell[] = [start, limit];
    const add = (value: Cell): string => `$${parameters.push(value)}`;
    const conditions = ['s.student_id >= $1', 's.restricted = 0'];
    const home = schoolId === undefined ? homeIn(reach) : { column: 'school_id', id: schoolId };
    if (home) {
      const ofHome = `select student_id from student_school where ${home.column} = ${add(home.id)} and student_id >= $1`;
      conditions.push(`s.student_id in (${ofHome})`);
    }
    conditions.push(within('s', reach, STUDENT.belongs, STUDENT_SCHOOL.belongs, add));
    const text = `${FOUND} where ${conditions.join(' and ')} order by s.student_id limit $2`;
    return this.models.seenBy(reach).query(text, parameters);
  }

  private async row(studentId: string, reach: Reach): Promise<FoundRow | undefined> {
    const parameters: Cell[] = [studentId];
    const seen = within('s', reach, STUDENT.belongs, STUDENT_SCHOOL.belongs, (value) => `$${parameters.push(value)}`);
    const text = `${FOUND} where s.student_id = $1 and ${seen}`;
    const [row] = await this.models.seenBy(reach).query<FoundRow>(text, parameters);
    return row;
  }

  private async shown(rows: readonly FoundRow[]) {
    return (await this.sealer.openAll(rows.map(recordOf))).map(({ data, facts, privacy, revision }) => {
      const { registeredIn: _, ...registered } = data;
      return {
        ...masked(registered),
        enrolments: facts.enrolments.map(shownEnrolment),
        hardship: facts.determinations.map(shownDetermination),
        ...privacy,
        revision,
      };
    });
  }
}
