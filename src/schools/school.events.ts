// What can happen to districts 区县 and schools 学校.
import type { DomainEvent } from '../core/event.js';
import type { CensusDays } from '../core/term.js';
import type { Setting, Stage } from '../core/vocabulary.js';

export interface District {
  districtId: string;
  name: string;
  /** GB/T 2260 code; some zones have none. */
  code?: string;
  /** First four digits of the city, where `code` is absent. */
  cityCode?: string;
  /** Grade → stage, e.g. grade 6 is junior secondary in a five-four system. */
  gradeStages?: Readonly<Record<string, Stage>>;
  /** Days on which the facts of a term are judged, month-day. */
  census: CensusDays;
}

export interface School {
  /** School code 学校标识码, 10 digits. */
  schoolId: string;
  name: string;
  districtId: string;
  stages: readonly Stage[];
  setting: Setting;
  inclusiveKindergarten?: boolean;
}

/** 区县登记 */
export type DistrictRegistered = DomainEvent<'DistrictRegistered', District>;
/** 区县信息变更: the whole record as it now stands. */
export type DistrictAmended = DomainEvent<'DistrictAmended', District>;
/** 学校登记 */
export type SchoolRegistered = DomainEvent<'SchoolRegistered', School>;

export type DistrictEvent = DistrictRegistered | DistrictAmended;
export type SchoolEvent = SchoolRegistered;
