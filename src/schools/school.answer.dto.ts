// What the routes on districts and schools answer.
import { ApiProperty } from '@nestjs/swagger';
import { STAGES, type Setting, type Stage } from '../core/vocabulary.js';
import { CensusDto } from './school.dto.js';

export class DistrictAnswer {
  /** Our own id of the district. */
  districtId!: string;

  /** Name of the district. */
  name!: string;

  /** GB/T 2260 code, 6 digits; some zones have none. */
  code?: string;

  /** First four digits of the city, where the district has no code. */
  cityCode?: string;

  /** Grade → stage, for systems such as five-four. */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string', enum: [...STAGES] } })
  gradeStages?: Record<string, Stage>;

  /** Days on which the facts of a term are judged, month-day. */
  census!: CensusDto;

  /** Revision of the district's record, as in the ETag; counts from 0. */
  revision!: number;
}

export class DistrictPage {
  /** Districts in the order of their ids. */
  items!: DistrictAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}

export class SchoolAnswer {
  /** School code 学校标识码, 10 digits. */
  schoolId!: string;

  /** Name of the school. */
  name!: string;

  /** District that the school belongs to. */
  districtId!: string;

  /** Stages of education that it offers. */
  stages!: Stage[];

  /** Rural or urban. */
  setting!: Setting;

  /** A registered inclusive (普惠性) kindergarten. */
  inclusiveKindergarten?: boolean;

  /** Revision of the school's record, as in the ETag; counts from 0. */
  revision!: number;
}

export class SchoolPage {
  /** Schools in the order of their codes. */
  items!: SchoolAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}
