// Deciders of the register of districts and schools. Registering the same particulars again changes nothing.
import { canonical } from '../core/canonical.js';
import type { Decider } from '../core/decider.js';
import { Rejection } from '../core/rejection.js';
import type { CensusDays } from '../core/term.js';
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
