// HTTP: a student's history.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { OWNER_ID, type Permit } from '../access/principal.js';
import { Permitted } from '../http/access.guard.js';
import { Answers } from '../http/openapi.js';
import { Knowledge } from '../office/known-at.js';
import { HistoryAnswer } from './history.answer.dto.js';
import { HistoryQuery } from './history.dto.js';
import { HistoryView } from './history.view.js';

@ApiTags('Students 学生')
@ApiBearerAuth()
@Controller('v1/students')
export class HistoryApi {
  constructor(
    private readonly view: HistoryView,
    private readonly knowledge: Knowledge,
  ) {}

  /** Everything recorded about the student, in the order of recording: who, when, why, and with which hash. */
  @Get(':studentId/history')
  @Answers(HistoryAnswer, 'The history', ['student-unknown', 'student-restricted'])
  async history(
    @Param('studentId') studentId: string,
    @Query() { knownAt, term }: HistoryQuery,
    @Permitted() { reach, role }: Permit,
  ) {
    const upTo = await this.knowledge.positionOf(knownAt);
    const reader = { reach, audits: role === 'auditor' || role === OWNER_ID };
    const items = await this.view.of(studentId, reader, { ...(upTo !== undefined && { upTo }), ...(term && { term }) });
    return { studentId, items };
  }
}
