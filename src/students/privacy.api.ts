// HTTP: names and numbers in clear, restriction of processing, erasure of personal data.
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { CommandContext, Recorded } from '../event-store/order.js';
import { Answer } from '../http/answer.js';
import { Context } from '../http/command-context.js';
import { Writes } from '../http/openapi.js';
import { DisclosedAnswer, PrivacyAnswer } from './privacy.answer.dto.js';
import { DiscloseDto, EraseDto, RestrictDto } from './privacy.dto.js';
import { DiscloseRecord, ErasePersonalData, LiftRestriction, RestrictProcessing } from './privacy.handler.js';
import { StudentView } from './student.view.js';

@ApiTags('Students 学生')
@ApiBearerAuth()
@Controller('v1/students')
export class PrivacyApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly view: StudentView,
  ) {}

  /** Shows names and numbers in clear; who asked, for which fields and for what is recorded first. */
  @Post(':studentId/disclosure')
  @HttpCode(200)
  @Writes(DisclosedAnswer, 'done', ['student-unknown', 'student-restricted', 'student-erased', 'field-not-recorded'])
  async disclose(
    @Param('studentId') studentId: string,
    @Body() { fields, purpose }: DiscloseDto,
    @Context() context: CommandContext,
  ) {
    const recorded = await this.bus.execute(new DiscloseRecord({ studentId, fields, purpose }, context));
    const clear = await this.view.inClear(studentId, fields);
    const body = { studentId, ...clear, position: recorded.position };
    return Answer.done(`/v1/students/${studentId}`, body, recorded);
  }

  /** Restricts processing: the record is kept and not used. */
  @Post(':studentId/restriction')
  @HttpCode(200)
  @Writes(PrivacyAnswer, 'done', ['student-unknown', 'student-restricted', 'student-erased'])
  async restrict(@Param('studentId') studentId: string, @Body() body: RestrictDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new RestrictProcessing({ studentId, ...body }, context));
    return now(studentId, { restricted: true, erased: false }, recorded);
  }

  /** Ends a restriction. */
  @Post(':studentId/restriction/lifting')
  @HttpCode(200)
  @Writes(PrivacyAnswer, 'done', ['student-unknown', 'not-restricted', 'student-erased'])
  async lift(@Param('studentId') studentId: string, @Body() body: RestrictDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new LiftRestriction({ studentId, ...body }, context));
    return now(studentId, { restricted: false, erased: false }, recorded);
  }

  /** Destroys the student's key: names and numbers are gone for good, every amount, proof and total stands. */
  @Post(':studentId/erasure')
  @HttpCode(200)
  @Writes(PrivacyAnswer, 'done', ['student-unknown', 'student-erased', 'retention-running'])
  async erase(@Param('studentId') studentId: string, @Body() body: EraseDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new ErasePersonalData({ studentId, ...body }, context));
    return now(studentId, { restricted: false, erased: true }, recorded);
  }
}

const now = (studentId: string, state: Pick<PrivacyAnswer, 'restricted' | 'erased'>, recorded: Recorded): Answer =>
  Answer.done(`/v1/students/${studentId}`, { studentId, ...state, position: recorded.position }, recorded);
