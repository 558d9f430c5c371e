// What the routes on students answer. Names and numbers come masked; once they are erased they are null.
import { ApiProperty } from '@nestjs/swagger';
import { DEPARTURE_REASONS, type DepartureReason, type Setting, type Stage } from '../core/vocabulary.js';
import { CensusDto } from '../schools/school.dto.js';
import { HARDSHIP_CATEGORIES } from './hardship-categories.js';

const Category = () => ApiProperty({ enum: Object.keys(HARDSHIP_CATEGORIES) });

export class StudentRegisteredAnswer {
  /** Id of the student. */
  studentId!: string;

  /** Name, masked: `张**`. */
  name!: string | null;

  /** National student number 学籍号, masked: `G370811********1234`. */
  studentNumber?: string | null;

  /** Citizen number 公民身份号码, masked: `370811********1234`. */
  citizenNumber?: string | null;

  /** Date of birth, masked: `2015-**-**`. */
  birthDate?: string | null;

  /** Groups that policies may test, e.g. `left-behind-child`. */
  studentGroups!: string[];

  /** Revision of the student's stream, as in the ETag; 0 at registration. */
  revision!: number;
}

export class EnrolmentAnswer {
  /** Id of the enrolment. */
  enrolmentId!: string;

  /** School code 学校标识码, 10 digits. */
  schoolId!: string;

  /** District of the school. */
  districtId!: string;

  /** Stage of education. */
  stage!: Stage;

  /** Grade, as the school names it. */
  grade?: string;

  /** Lives at school. */
  boarding!: boolean;

  /** Present where the student came in as a new entrant. */
  admission?: 'new-entrant';

  /** First day, a civil date. */
  from!: string;

  /** Last day, a civil date; absent: still enrolled. */
  until?: string;

  /** Why it ended, where a departure was recorded. */
  departure?: DepartureReason;

  /** Ledger position of the event that recorded it. */
  position!: number;
}

export class DeterminationAnswer {
  /** Id of the determination. */
  determinationId!: string;

  /** Hardship category 困难类别. */
  @Category()
  category!: string;

  /** Level or tier, as the policies' amounts name it. */
  level?: string;

  /** First day, a civil date. */
  from!: string;

  /** Last day, a civil date; absent: until further notice. */
  until?: string;

  /** First day on which it no longer holds, where it was revoked. */
  revokedFrom?: string;

  /** Ledger position of the event that recorded it. */
  position!: number;
}

export class StudentAnswer extends StudentRegisteredAnswer {
  /** Every enrolment, in the order of recording. */
  enrolments!: EnrolmentAnswer[];

  /** Every hardship determination, revoked ones included, in the order of recording. */
  hardship!: DeterminationAnswer[];

  /** The record is kept and not used. */
  restricted!: boolean;

  /** Names and numbers can be read by nobody any more. */
  erased!: boolean;
}

export class StudentPage {
  /** Students in the order of their ids. */
  items!: StudentAnswer[];

  /** Cursor of the next page; null on the last, and where a number was looked for. */
  nextCursor!: string | null;
}

/** The school as it was when the student enrolled; decisions rely on this copy. */
export class SchoolFactsAnswer {
  /** School code 学校标识码, 10 digits. */
  schoolId!: string;

  /** District of the school. */
  districtId!: string;

  /** Rural or urban. */
  setting!: Setting;

  /** A registered inclusive (普惠性) kindergarten. */
  inclusiveKindergarten!: boolean;

  /** Days on which the facts of a term are judged, month-day. */
  census!: CensusDto;
}

/** What every event that was recorded about a student answers with. */
class Written {
  /** Id of the student. */
  studentId!: string;

  /** Ledger position of the event. */
  position!: number;
}

export class EnrolledAnswer extends Written {
  /** Id of the enrolment. */
  enrolmentId!: string;

  /** The school as it stands now: decisions will rely on this copy. */
  school!: SchoolFactsAnswer;

  /** Stage of education, given or found by the district's table. */
  stage!: Stage;

  /** Grade, as the school names it. */
  grade?: string;

  /** Lives at school. */
  boarding!: boolean;

  /** Present where the student came in as a new entrant. */
  admission?: 'new-entrant';

  /** First day, a civil date. */
  from!: string;

  /** Last day, a civil date; absent: until further notice. */
  until?: string;
}

export class SchoolReference {
  /** School code 学校标识码, 10 digits. */
  schoolId!: string;

  /** District of the school. */
  districtId!: string;
}

export class DepartedAnswer extends Written {
  /** The enrolment that ends. */
  enrolmentId!: string;

  /** First day on which the student is no longer enrolled, a civil date. */
  date!: string;

  /** Why the student left. */
  @ApiProperty({ type: String, enum: [...DEPARTURE_REASONS] })
  reason!: DepartureReason;

  /** School that may enrol the student from now on. */
  to?: SchoolReference;
}

export class DeterminedAnswer extends Written {
  /** Id of the determination. */
  determinationId!: string;

  /** Hardship category 困难类别. */
  @Category()
  category!: string;

  /** Level or tier, as the policies' amounts name it. */
  level?: string;

  /** First day, a civil date. */
  from!: string;

  /** Last day, a civil date; absent: until further notice. */
  until?: string;
}

export class RevokedAnswer extends Written {
  /** Id of the determination. */
  determinationId!: string;

  /** First day on which it no longer holds, a civil date. */
  from!: string;
}
