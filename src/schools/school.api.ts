// HTTP: districts and schools.
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { CommandContext, Recorded } from '../event-store/order.js';
import { Answer } from '../http/answer.js';
import { Within } from '../http/access.guard.js';
import { Context } from '../http/command-context.js';
import { Answers, Writes } from '../http/openapi.js';
import { PageQuery, pageOf } from '../http/page.dto.js';
import { DistrictAnswer, DistrictPage, SchoolAnswer, SchoolPage } from './school.answer.dto.js';
import { DistrictDto, SchoolDto, SchoolQuery } from './school.dto.js';
import { RegisterDistrict, RegisterSchool } from './school.handler.js';
import { DEFAULT_CENSUS } from './school.js';
import { SchoolView } from './school.view.js';

/** Created where it is new, done where the same or an amended record was registered before. */
const registered = (location: string, body: object, recorded: Recorded): Answer => {
  const [event] = recorded.events;
  const shown = { ...body, revision: recorded.revision };
  return event?.revision === 0 ? Answer.created(location, shown, recorded) : Answer.done(location, shown, recorded);
};

@ApiTags('Schools 学校')
@ApiBearerAuth()
@Controller('v1')
export class SchoolApi {
  constructor(
    private readonly bus: CommandBus,
    private readonly view: SchoolView,
  ) {}

  /** Registers a district, or amends it where it is known with other particulars (200). */
  @Post('districts')
  @Writes(DistrictAnswer, 'created or done')
  async registerDistrict(
    @Body() { census = DEFAULT_CENSUS, ...body }: DistrictDto,
    @Context() context: CommandContext,
  ) {
    const district = { ...body, census };
    const recorded = await this.bus.execute(new RegisterDistrict(district, context));
    return registered(`/v1/districts/${body.districtId}`, district, recorded);
  }

  /** Lists districts in the order of their ids. */
  @Get('districts')
  @Answers(DistrictPage, 'A page of districts')
  districts(@Query() query: PageQuery, @Within() reach: Reach) {
    return this.view.districts(pageOf(query), reach);
  }

  /** One district with its table of grades and its census days. */
  @Get('districts/:districtId')
  @Answers(DistrictAnswer, 'The district', ['district-unknown'])
  async district(@Param('districtId') districtId: string, @Within() reach: Reach) {
    const district = await this.view.districtSeen(districtId, reach);
    if (!district) throw new Rejection('district-unknown', { districtId });
    return district;
  }

  /** Registers a school; the same particulars again change nothing (200). */
  @Post('schools')
  @Writes(SchoolAnswer, 'created or done', ['district-unknown', 'school-exists'])
  async registerSchool(@Body() body: SchoolDto, @Context() context: CommandContext) {
    const recorded = await this.bus.execute(new RegisterSchool(body, context));
    return registered(`/v1/schools/${body.schoolId}`, body, recorded);
  }

  /** Lists schools in the order of their codes. */
  @Get('schools')
  @Answers(SchoolPage, 'A page of schools')
  schools(@Query() { districtId, ...query }: SchoolQuery, @Within() reach: Reach) {
    return this.view.schools(pageOf(query), reach, districtId);
  }

  /** One school. */
  @Get('schools/:schoolId')
  @Answers(SchoolAnswer, 'The school', ['school-unknown'])
  async school(@Param('schoolId') schoolId: string, @Within() reach: Reach) {
    const school = await this.view.schoolSeen(schoolId, reach);
    if (!school) throw new Rejection('school-unknown', { schoolId });
    return school;
  }
}
