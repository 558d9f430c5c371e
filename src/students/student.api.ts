// HTTP: students, their enrolments and hardship determinations.
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Rejection } from '../core/rejection.js';
import type { CommandContext, Recorded } from '../event-store/ledger.js';
import { Answer } from '../http/answer.js';
import { Context } from '../http/command-context.js';
import { Answers, Writes } from '../http/openapi.js';
import { pageOf } from '../http/page.dto.js';
import { StudentSealer } from '../keys/student-sealer.js';
import { Freshness } from '../office/freshness.js';
import { masked } from './masking.js';
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
  @Writes('created', ['student-exists'])
  async register(@Body() { studentGroups = [], ...body }: RegisterStudentDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new RegisterStudent({ ...body, studentGroups }, context));
    const [event] = recorded.events;
    if (!event) throw new Error('a registration without an event');
    const shown = masked<object>(this.sealer.open<object>(event)) as { studentId?: string };
    return Answer.created(`/v1/students/${shown.studentId}`, { ...shown, revision: recorded.revision }, recorded);
  }

  /** Lists students, or finds those with a student number. */
  @Get()
  @Answers('A page of students, masked')
  async list(@Query() { studentNumber, schoolId, ...query }: StudentQuery) {
    if (studentNumber !== undefined)
      return { items: await this.view.holders('student-number', studentNumber), nextCursor: null };
    return this.view.page(pageOf(query), schoolId === undefined ? {} : { schoolId });
  }

  /** Finds a student by citizen number; the number travels in the body and is kept nowhere. */
  @Post('search')
  @HttpCode(200)
  @Answers('Those found, masked')
  async search(@Body() { citizenNumber }: SearchStudentDto) {
    await this.freshness.current();
    return { items: await this.view.holders('citizen-number', citizenNumber), nextCursor: null };
  }

  /** One student with enrolments and determinations, masked. */
  @Get(':studentId')
  @Answers('The student', ['student-unknown'])
  async one(@Param('studentId') studentId: string) {
    const student = await this.view.one(studentId);
    if (!student) throw new Rejection('student-unknown', { studentId });
    return student;
  }

  /** Enrols the student in a school. */
  @Post(':studentId/enrolments')
  @Writes('created', [
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
  @Writes('created', ['student-unknown', 'not-enrolled'])
  async depart(
    @Param('studentId') studentId: string,
    @Body() body: DepartStudentDto,
    @Context() context: CommandContext,
  ) {
    return written(studentId, await this.bus.execute(new DepartStudent({ studentId, ...body }, context)), 'created');
  }

  /** Records a hardship determination. */
  @Post(':studentId/hardship')
  @Writes('created', ['student-unknown', 'period-invalid'])
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
  @Writes('done', ['student-unknown', 'determination-unknown', 'already-revoked'])
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

/** What was recorded, without the sealed texts. */
function written(studentId: string, recorded: Recorded, effect: 'created' | 'done'): Answer {
  const [event] = recorded.events;
  const data = Object.entries(event?.data ?? {}).filter(([field]) => field !== 'evidence' && field !== 'reason');
  const body = { studentId, ...Object.fromEntries(data), position: recorded.position };
  return Answer[effect](`/v1/students/${studentId}`, body, recorded);
}
