// The shapes in which districts and schools arrive.
import { SETTINGS, STAGES, type Setting, type Stage } from '../core/vocabulary.js';
import type { CensusDays } from '../core/term.js';
import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { Flag, ListOf, Nested, OneOf, Optional, Pattern, SchoolCode, Slug, OpenText } from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';

const isStage = (value: unknown): boolean => (STAGES as readonly unknown[]).includes(value);

const isGradeTable = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !Array.isArray(value) &&
  Object.keys(value).length <= 50 &&
  Object.entries(value).every(([grade, stage]) => /^[\p{L}\p{N}-]{1,20}$/u.test(grade) && isStage(stage));

const GradeTable = () =>
  applyDecorators(
    ValidateBy(
      { name: 'grade-table', validator: { validate: isGradeTable } },
      { message: '须为年级到学段的表,如 {"6": "junior-secondary"} · must map grades to stages' },
    ),
    ApiProperty({
      type: 'object',
      additionalProperties: { type: 'string', enum: [...STAGES] },
      example: { '6': 'junior-secondary' },
    }),
  );

const DAY = '(0[1-9]|[12]\\d|3[01])';
const AUTUMN = new RegExp(`^(09|10|11|12|01)-${DAY}$`);
const SPRING = new RegExp(`^0[2-8]-${DAY}$`);

export class CensusDto {
  /** Month-day within September to January. */
  @Pattern(AUTUMN, '须为 9 月至 1 月的月-日 · must be a month-day from September to January')
  autumn!: string;

  /** Month-day within February to August. */
  @Pattern(SPRING, '须为 2 月至 8 月的月-日 · must be a month-day from February to August')
  spring!: string;
}

export class DistrictDto {
  /** Our own id; the district code may be missing. */
  @Slug()
  districtId!: string;

  @OpenText(100)
  name!: string;

  /** GB/T 2260 code of the district. */
  @Optional()
  @Pattern(/^\d{6}$/, '须为 6 位数字 · must be 6 digits')
  code?: string;

  /** First four digits of the city, where the district has no code. */
  @Optional()
  @Pattern(/^\d{4}$/, '须为 4 位数字 · must be 4 digits')
  cityCode?: string;

  /** Grade → stage, for systems such as five-four. */
  @Optional()
  @GradeTable()
  gradeStages?: Record<string, Stage>;

  /** Days on which the facts of a term are judged; 31 October and 30 April where absent. */
  @Optional()
  @Nested(() => CensusDto)
  census?: CensusDays;
}

export class SchoolDto {
  /** School code 学校标识码. */
  @SchoolCode()
  schoolId!: string;

  @OpenText(100)
  name!: string;

  @Slug()
  districtId!: string;

  @ListOf(isStage, `stages: ${STAGES.join(', ')}`, 1)
  stages!: Stage[];

  @OneOf(SETTINGS)
  setting!: Setting;

  /** A registered inclusive (普惠性) kindergarten. */
  @Optional()
  @Flag()
  inclusiveKindergarten?: boolean;
}

export class SchoolQuery extends PageQuery {
  @Optional()
  @Slug()
  districtId?: string;
}
