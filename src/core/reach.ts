// How far somebody may see 管辖范围: everything, or what lies in given districts, schools or areas.

/** Where something belongs. An area is the head of a GB/T 2260 code: two digits a province, four a city. */
export interface Whereabouts {
  schoolId?: string | undefined;
  districtId?: string | undefined;
  /** City or province, where no district is known. */
  area?: string | undefined;
}

/** The districts already contain those of the areas; an area itself matters only for what names no district. */
export interface Bounds {
  districts: readonly string[];
  schools: readonly string[];
  areas: readonly string[];
}

export const EVERYTHING = 'everything';
export type Reach = typeof EVERYTHING | Bounds;

export const NOTHING: Bounds = { districts: [], schools: [], areas: [] };

export function covers(reach: Reach, { schoolId, districtId, area }: Whereabouts): boolean {
  if (reach === EVERYTHING) return true;
  return (
    (districtId !== undefined && reach.districts.includes(districtId)) ||
    (schoolId !== undefined && reach.schools.includes(schoolId)) ||
    (area !== undefined && reach.areas.some((head) => area.startsWith(head)))
  );
}

/** What lies in one of several reaches. */
export function union(reaches: readonly Reach[]): Reach {
  const bounds: Bounds[] = [];
  for (const reach of reaches) {
    if (reach === EVERYTHING) return EVERYTHING;
    bounds.push(reach);
  }
  return {
    districts: [...new Set(bounds.flatMap(({ districts }) => districts))],
    schools: [...new Set(bounds.flatMap(({ schools }) => schools))],
    areas: [...new Set(bounds.flatMap(({ areas }) => areas))],
  };
}
