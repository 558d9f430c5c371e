// Deciders of the register of districts and schools. Registering the same particulars again changes nothing.
import { canonical } from '../core/canonical.js';
import type { Decider } from '../core/decider.js';
import { Rejection } from '../core/rejection.js';
import type { CensusDays } from '../core/term.js';
import type { Stage } from '../core/vocabulary.js';
import type { District, DistrictEvent, School, SchoolEvent } from './school.events.js';

/** 31 October and 30 April unless the district says otherwise. */
export const DEFAULT_CENSUS: CensusDays = { autumn: '10-31', spring: '04-30' };

export const districtDecider: Decider<District | null, DistrictEvent> = {
  initial: null,
  evolve: (_, event) => event.data,
};

export const schoolDecider: Decider<School | null, SchoolEvent> = {
  initial: null,
  evolve: (_, event) => event.data,
};

const same = (a: object, b: object): boolean => canonical(a) === canonical(b);

/** Registers a district, or amends it where it is known with other particulars. */
export function registerDistrict(known: District | null, district: District): DistrictEvent[] {
  if (!known) return [{ type: 'DistrictRegistered', data: district }];
  return same(known, district) ? [] : [{ type: 'DistrictAmended', data: district }];
}

/** A school keeps the particulars it was registered with: enrolments have already relied on them. */
export function registerSchool(known: School | null, school: School): SchoolEvent[] {
  if (!known) return [{ type: 'SchoolRegistered', data: school }];
  if (same(known, school)) return [];
  throw new Rejection('school-exists', { schoolId: school.schoolId });
}

/** The district's table turns a grade into a stage (a five-four system has grade 6 in junior secondary). */
export function stageOf(
  { stage, grade }: { stage?: Stage; grade?: string },
  school: School,
  district: District,
): Stage {
  const expected = grade === undefined ? undefined : district.gradeStages?.[grade];
  if (stage && expected && stage !== expected) throw new Rejection('grade-stage-mismatch', { grade, stage, expected });
  const found = stage ?? expected;
  if (!found) throw new Rejection('stage-missing');
  if (!school.stages.includes(found))
    throw new Rejection('stage-not-offered', { schoolId: school.schoolId, stage: found });
  return found;
}

/** City of a district as the head of its GB/T 2260 code; empty where neither is known. */
export const areaOf = ({ code, cityCode }: Pick<District, 'code' | 'cityCode'>): string =>
  code?.slice(0, 4) ?? cityCode ?? '';
