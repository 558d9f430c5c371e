// One row a student: facts and account, folded; and the schools through which the student is found.
import { fold } from '../core/decider.js';
import type { LedgerEvent } from '../core/event.js';
import { groupBy } from '../core/group.js';
import type { Projection } from '../read-models/projection.js';
import type { Row, Table } from '../tables/tables.js';
import type { StudentEvent } from './student.events.js';
import { studentDecider, type Student } from './student.js';

export const STUDENT: Table = {
  name: 'student',
  columns: { student_id: 'text', revision: 'integer', position: 'integer', registration: 'text', body: 'text' },
  key: ['student_id'],
};

/** Every school in which a student is or was enrolled. */
export const STUDENT_SCHOOL: Table = {
  name: 'student_school',
  columns: { school_id: 'text', student_id: 'text', district_id: 'text' },
  key: ['school_id', 'student_id'],
};

export interface StudentRow extends Row {
  student_id: string;
  revision: number;
  position: number;
  /** The registering event, its personal fields sealed as stored. */
  registration: string;
  /** Facts and account, folded. */
  body: string;
}

const STUDENT_STREAM = 'student-';

const isStudentEvent = (event: LedgerEvent): event is LedgerEvent<StudentEvent> =>
  event.stream.startsWith(STUDENT_STREAM);

export const studentProjection: Projection = {
  name: 'students',
  tables: [STUDENT, STUDENT_SCHOOL],
  async apply(events, rows) {
    const byStudent = groupBy(events.filter(isStudentEvent), ({ stream }) => stream.slice(STUDENT_STREAM.length));
    const known = await rows.load<StudentRow>(STUDENT, 'student_id', [...byStudent.keys()]);
    const before = new Map(known.map((row) => [row.student_id, row]));
    const students: Row[] = [];
    const schools: Row[] = [];
    for (const [studentId, ofStudent] of byStudent) {
      students.push(after(studentId, before.get(studentId), ofStudent));
      for (const event of ofStudent)
        if (event.type === 'StudentEnrolled') {
          const { schoolId, districtId } = event.data.school;
          schools.push({ school_id: schoolId, student_id: studentId, district_id: districtId });
        }
    }
    await rows.put(STUDENT, students);
    await rows.put(STUDENT_SCHOOL, schools);
  },
};

function after(studentId: string, row: StudentRow | undefined, events: LedgerEvent<StudentEvent>[]): StudentRow {
  const initial = row ? (JSON.parse(row.body) as Student) : null;
  const body = JSON.stringify(fold({ ...studentDecider, initial }, events));
  const { revision = 0, position = 0 } = events.at(-1) ?? {};
  return {
    student_id: studentId,
    revision,
    position,
    registration: row?.registration ?? registrationOf(events[0]),
    body,
  };
}

function registrationOf(event: LedgerEvent<StudentEvent> | undefined): string {
  if (event?.type !== 'StudentRegistered') throw new Error(`${event?.stream} does not begin with a registration`);
  const { stream, id, type, data } = event;
  return JSON.stringify({ stream, id, type, data });
}
