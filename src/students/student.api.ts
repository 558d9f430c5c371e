// HTTP: students, their enrolments and hardship determinations.
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Declaration, SealedFields } from '../core/event.js';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext, Recorded } from '../event-store/order.js';
import { Answer, Reads } from '../http/answer.js';
import { Within } from '../http/access.guard.js';
import { Context } from '../http/command-context.js';
import { Answers, Writes } from '../http/openapi.js';
import { Freshness } from '../office/freshness.js';
import { pageOf } from '../http/page.dto.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { masked } from './masking.js';
import { STUDENT_SEALED, type StudentEvent } from './student.events.js';
import {
  DepartedAnswer,
  DeterminedAnswer,
  EnrolledAnswer,
  RevokedAnswer,
  StudentAnswer,
  StudentPage,
  StudentRegisteredAnswer,
} from './student.answer.dto.js';
import {
  DepartStudentDto,
  DetermineHardshipDto,
  EnrolStudentDto,
  RegisterStudentDto,
  RevokeHardshipDto,
  SearchStudentDto,
  StudentQuery,
} from './student.dto.js';
import { DepartStudent, DetermineHardship, EnrolStudent, RegisterStudent, RevokeHardship } from './student.handler.js';
import { StudentView } from './student.view.js';

@ApiTags('Students 学生')
@ApiBearerAuth()
@Controller('v1/students')
export class StudentApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly view: StudentView,
    private readonly sealer: StudentSealer,
    private readonly freshness: Freshness,
  ) {}

  /** Registers a student; name and numbers are sealed from the first event and come back masked. */
  @Post()
  @Writes(StudentRegisteredAnswer, 'created', ['student-exists'])
  async register(@Body() { studentGroups = [], ...body }: RegisterStudentDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new RegisterStudent({ ...body, studentGroups }, context));
    const [event] = recorded.events;
    if (!event) throw new Error('a registration without an event');
    const { registeredIn: _, ...shown } = masked<object>(await this.sealer.open(event)) as Registered;
    return Answer.created(`/v1/students/${shown.studentId}`, { ...shown, revision: recorded.revision }, recorded);
  }

  /** Lists students, or finds those with a student number. */
  @Get()
  @Answers(StudentPage, 'A page of students, masked')
  async list(@Query() { studentNumber, schoolId, ...query }: StudentQuery, @Within() reach: Reach) {
    if (studentNumber !== undefined && Object.keys({ ...query, ...(schoolId && { schoolId }) }).length > 0)
      throw new Rejection('malformed', { errors: [ALONE] });
    if (studentNumber !== undefined)
      return { items: await this.view.holders('student-number', studentNumber, reach), nextCursor: null };
    return this.view.page(pageOf(query), reach, schoolId === undefined ? {} : { schoolId });
  }

  /** Finds a student by citizen number; the number travels in the body and is kept nowhere. */
  @Post('search')
  @Reads()
  @HttpCode(200)
  @Answers(StudentPage, 'Those found, masked')
  async search(@Body() { citizenNumber }: SearchStudentDto, @Within() reach: Reach) {
    return { items: await this.view.holders('citizen-number', citizenNumber, reach), nextCursor: null };
  }

  /** One student with enrolments and determinations, masked. */
  @Get(':studentId')
  @Answers(StudentAnswer, 'The student', ['student-unknown', 'student-restricted'])
  async one(@Param('studentId') studentId: string, @Within() reach: Reach) {
    const student = await this.view.one(studentId, reach);
    if (!student) throw new Rejection('student-unknown', { studentId });
    this.freshness.demandWholeStudent(studentId);
    if (student.restricted) throw new Rejection('student-restricted');
    return student;
  }

  /** Enrols the student in a school. */
  @Post(':studentId/enrolments')
  @Writes(EnrolledAnswer, 'created', [
    'student-unknown',
    'school-unknown',
    'grade-stage-mismatch',
    'stage-missing',
    'stage-not-offered',
    'period-invalid',
    'enrolment-overlaps',
  ])
  async enrol(
    @Param('studentId') studentId: string,
    @Body() body: EnrolStudentDto,
    @Context() context: CommandContext,
  ) {
    return written(studentId, await this.bus.execute(new EnrolStudent({ studentId, ...body }, context)), 'created');
  }

  /** Records that the student left school. */
  @Post(':studentId/departures')
  @Writes(DepartedAnswer, 'created', ['student-unknown', 'not-enrolled'])
  async depart(
    @Param('studentId') studentId: string,
    @Body() body: DepartStudentDto,
    @Context() context: CommandContext,
  ) {
    return written(studentId, await this.bus.execute(new DepartStudent({ studentId, ...body }, context)), 'created');
  }

  /** Records a hardship determination. */
  @Post(':studentId/hardship')
  @Writes(DeterminedAnswer, 'created', ['student-unknown', 'period-invalid'])
  async determine(
    @Param('studentId') studentId: string,
    @Body() body: DetermineHardshipDto,
    @Context() context: CommandContext,
  ) {
    return written(
      studentId,
      await this.bus.execute(new DetermineHardship({ studentId, ...body }, context)),
      'created',
    );
  }

  /** Revokes a determination from a day on. */
  @Post(':studentId/hardship/:determinationId/revocation')
  @HttpCode(200)
  @Writes(RevokedAnswer, 'done', ['student-unknown', 'determination-unknown', 'already-revoked'])
  async revoke(
    @Param('studentId') studentId: string,
    @Param('determinationId') determinationId: string,
    @Body() body: RevokeHardshipDto,
    @Context() context: CommandContext,
  ) {
    return written(
      studentId,
      await this.bus.execute(new RevokeHardship({ studentId, determinationId, ...body }, context)),
      'done',
    );
  }
}

interface Registered {
  studentId?: string;
  registeredIn?: object;
}

const ALONE = {
  path: 'studentNumber',
  code: 'alone',
  message: 'studentNumber 不能与其他条件同用 · studentNumber stands alone',
};

const sealedFieldsOf = (type: StudentEvent['type']): readonly string[] => {
  const { student = [], office = [] }: SealedFields = (STUDENT_SEALED as Declaration)[type] ?? {};
  return [...student, ...office];
};

/** What was recorded, without the sealed texts. */
function written(studentId: string, recorded: Recorded, effect: 'created' | 'done'): Answer {
  const [event] = recorded.events as unknown as StudentEvent[];
  const sealed = new Set(event && sealedFieldsOf(event.type));
  const data = Object.entries(event?.data ?? {}).filter(([field]) => !sealed.has(field));
  const body = { studentId, ...Object.fromEntries(data), position: recorded.position };
  return Answer[effect](`/v1/students/${studentId}`, body, recorded);
}
