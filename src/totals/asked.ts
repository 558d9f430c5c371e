// What totals are asked for, and which kept lines answer it, if any do.
import { EVERYTHING, type Reach } from '../core/reach.js';
import { ALL, GROUPINGS, type Figures, type Grouping, type Line } from './lines.js';
import type { Dimension } from './dimensions.js';
import type { Period } from './period.js';

export interface Scope {
  districtId?: string;
  schoolId?: string;
  policyId?: string;
  /** Only what counts within it. */
  reach: Reach;
  /** Only movements recorded up to this ledger position. */
  knownAt?: number;
}

interface Place {
  district?: string | undefined;
  school?: string | undefined;
}

/** Lines of one period within one place, and how they are grouped. */
export interface Asked extends Place {
  period: string;
  by?: Dimension | undefined;
  policy?: string | undefined;
}

/** The figures of what was asked for, and of its groups in the order of their values. */
export interface Told {
  whole: Figures | undefined;
  groups: { values: string[]; figures: Figures }[];
}

/** Undefined where no kept line says it: several groupings, spans of days, the past, or more than one place. */
export function askedOf(period: Period, by: readonly Dimension[], scope: Scope): Asked | undefined {
  const place = placeOf(scope);
  const [dimension] = by;
  const policy = scope.policyId;
  // No place has this id, whatever somebody types.
  if (place?.district === ALL || place?.school === ALL) return undefined;
  if (!place || 'from' in period || scope.knownAt !== undefined || by.length > 1) return undefined;
  if (policy !== undefined && dimension !== undefined) return undefined;
  // A school's line is not grouped.
  if (place.school !== undefined && (policy !== undefined || isGrouping(dimension))) return undefined;
  return { ...place, period: nameOf(period), by: dimension, policy };
}

function nameOf(period: Exclude<Period, { from: string }>): string {
  if ('fiscalYear' in period) return String(period.fiscalYear);
  return 'schoolYear' in period ? period.schoolYear : period.term;
}

/** The one place to which reach and filters come down; no limits are the place of everything. */
function placeOf({ reach, districtId, schoolId }: Scope): Place | undefined {
  if (reach === EVERYTHING) return { district: districtId, school: schoolId };
  const { districts, schools, areas } = reach;
  if (areas.length > 0 || districts.length + schools.length !== 1) return undefined;
  const [district = districtId] = districts;
  const [school = schoolId] = schools;
  const isBeyond = (districtId ?? district) !== district || (schoolId ?? school) !== school;
  return isBeyond ? undefined : { district, school };
}

const isGrouping = (dimension: Dimension | undefined): dimension is Grouping =>
  (GROUPINGS as readonly (Dimension | undefined)[]).includes(dimension);

/** Where the lines stand that say it; undefined for any district, or any school. */
export function placesOf({ district, school, by }: Asked): Place {
  const inParts = by === 'district' || by === 'school';
  return {
    district: district ?? (school === undefined && !inParts ? ALL : undefined),
    school: school ?? (by === 'school' ? undefined : ALL),
  };
}

export const isAt = (line: Pick<Line, 'district' | 'school'>, { district, school }: Place): boolean =>
  (district === undefined || line.district === district) && (school === undefined || line.school === school);

/** `lines` are those of the period that stand in the places asked for. */
export function toldBy(lines: readonly Line[], { district, school, by, policy }: Asked): Told {
  const whole = lines.find((line) =>
    isAt(line, { district: district ?? (school === undefined ? ALL : undefined), school: school ?? ALL }),
  );
  if (policy !== undefined) return { whole: groupsOf(whole, 'policy').get(policy), groups: [] };
  if (by === undefined) return { whole: whole?.whole, groups: [] };
  const groups = isGrouping(by) ? groupsOf(whole, by) : partsOf(lines, by);
  const inOrder = [...groups].sort(([one], [other]) => (one < other ? -1 : 1));
  return { whole: whole?.whole, groups: inOrder.map(([value, figures]) => ({ values: [value], figures })) };
}

const groupsOf = (line: Line | undefined, by: Grouping): ReadonlyMap<string, Figures> =>
  line?.groups[GROUPINGS.indexOf(by)] ?? new Map<string, Figures>();

/** Districts and schools have lines of their own; a district's line names every school, and stands for none. */
const partsOf = (lines: readonly Line[], by: 'district' | 'school'): ReadonlyMap<string, Figures> =>
  new Map(lines.filter((line) => line[by] !== ALL).map((line) => [line[by], line.whole]));
