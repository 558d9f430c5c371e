// One row a student: facts, folded, and what may be done with them; how often the record has changed; and the schools
// through which the student is found.
import { fold } from '../core/decider.js';
import type { LedgerEvent } from '../core/event.js';
import { groupBy } from '../core/group.js';
import type { Projection } from '../read-models/projection.js';
import type { Row, Table } from '../tables/tables.js';
import { EMPTY_ACCOUNT } from './account.js';
import { whereaboutsOf } from './facts.js';
import { isAccountEvent } from './payment.projection.js';
import type { StudentEvent } from './student.events.js';
import { studentDecider, type Student } from './student.js';

export const STUDENT = {
  name: 'student',
  columns: {
    student_id: 'text',
    restricted: 'integer',
    registration: 'text',
    body: 'text',
  },
  key: ['student_id'],
  belongs: { through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

/** Every payment moves it; the student's own row is far wider, and stays as it is. */
export const STUDENT_REVISION = {
  name: 'student_revision',
  columns: { student_id: 'text', revision: 'integer' },
  key: ['student_id'],
  belongs: { through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

/** Every place to which a student belongs: the schools of the enrolments, and where the student was registered. */
export const STUDENT_SCHOOL = {
  name: 'student_school',
  columns: { school_id: 'text', student_id: 'text', district_id: 'text', area: 'text' },
  key: ['school_id', 'student_id'],
  indexes: [['student_id']],
  readerIndexes: [['district_id', 'student_id']],
  belongs: { school: 'school_id', district: 'district_id', area: 'area' },
} as const satisfies Table;

/** Whose personal data is erased: few, and asked for at every start. */
export const ERASURE = {
  name: 'erasure',
  columns: { student_id: 'text' },
  key: ['student_id'],
  belongs: { through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

export interface StudentRow extends Row {
  student_id: string;
  /** 1 where the record is only kept, not used. */
  restricted: number;
  /** The registering event, its personal fields sealed as stored. */
  registration: string;
  /** A KnownStudent. */
  body: string;
}

/** What a row knows of a student. */
export type KnownStudent = Pick<Student, 'facts' | 'privacy'>;

const STUDENT_STREAM = 'student-';

const isStudentEvent = (event: LedgerEvent): event is LedgerEvent<StudentEvent> =>
  event.stream.startsWith(STUDENT_STREAM);

const studentIdOf = ({ stream }: LedgerEvent): string => stream.slice(STUDENT_STREAM.length);

export const studentProjection: Projection = {
  name: 'students',
  tables: [STUDENT, STUDENT_REVISION, STUDENT_SCHOOL, ERASURE],
  async apply(events, rows) {
    const ofStudents = events.filter(isStudentEvent);
    const revisions = new Map(ofStudents.map((event) => [studentIdOf(event), event.revision]));
    // What was given stands in the payment register.
    const byStudent = groupBy(
      ofStudents.filter((event) => !isAccountEvent(event)),
      studentIdOf,
    );
    const known = await rows.load<StudentRow>(STUDENT, 'student_id', [...byStudent.keys()]);
    const before = new Map(known.map((row) => [row.student_id, row]));
    const students: StudentRow[] = [];
    const moved: string[] = [];
    const places: Row[] = [];
    for (const [studentId, ofStudent] of byStudent) {
      const row = after(studentId, before.get(studentId), ofStudent);
      students.push(row);
      if (!ofStudent.some(({ type }) => MOVES.has(type))) continue;
      moved.push(studentId);
      places.push(...placesOf(row));
    }
    await rows.put(STUDENT, students);
    await rows.put(
      STUDENT_REVISION,
      [...revisions].map(([student_id, revision]) => ({ student_id, revision })),
    );
    await rows.put(
      ERASURE,
      students.filter(({ registration }) => registration === ERASED).map(({ student_id }) => ({ student_id })),
    );
    await rows.remove(STUDENT_SCHOOL, 'student_id', moved);
    await rows.put(STUDENT_SCHOOL, places);
  },
};

/** What changes where a student belongs. */
const MOVES: ReadonlySet<StudentEvent['type']> = new Set(['StudentRegistered', 'StudentEnrolled', 'StudentDeparted']);

const placesOf = ({ student_id, body }: StudentRow): Row[] =>
  whereaboutsOf((JSON.parse(body) as KnownStudent).facts).map(({ schoolId = '', districtId = '', area = '' }) => ({
    school_id: schoolId,
    student_id,
    district_id: districtId,
    area,
  }));

function after(studentId: string, row: StudentRow | undefined, events: LedgerEvent<StudentEvent>[]): StudentRow {
  const before = row ? { ...(JSON.parse(row.body) as KnownStudent), account: EMPTY_ACCOUNT } : null;
  const student = fold({ ...studentDecider, initial: before }, events);
  if (!student) throw new Error(`${events[0]?.stream} does not begin with a registration`);
  const { facts, privacy } = student;
  return {
    student_id: studentId,
    restricted: privacy.restricted ? 1 : 0,
    registration: privacy.erased ? ERASED : (row?.registration ?? registrationOf(events[0])),
    body: JSON.stringify({ facts, privacy } satisfies KnownStudent),
  };
}

/** Nothing of the registration stays in the view once the personal data is erased, not even sealed. */
export const ERASED = '';

function registrationOf(event: LedgerEvent<StudentEvent> | undefined): string {
  if (event?.type !== 'StudentRegistered') throw new Error(`${event?.stream} does not begin with a registration`);
  const { stream, id, type, data } = event;
  return JSON.stringify({ stream, id, type, data });
}
