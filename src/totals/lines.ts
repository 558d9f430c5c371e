// The lines of the totals: the figures of one period at one place, whole and grouped.

/** Fen disbursed, returned and reversed; person-times; persons. */
export type Figures = [disbursed: number, returned: number, reversed: number, personTimes: number, persons: number];

export const [DISBURSED, RETURNED, REVERSED, PERSON_TIMES, PERSONS] = [0, 1, 2, 3, 4] as const;

/** Districts and schools have lines of their own. */
export const GROUPINGS = ['policy', 'kind', 'stage', 'source', 'month', 'term'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export type Groups = Map<string, Figures>;

/** One period at one place, whole and grouped in each way. */
export interface Line {
  period: string;
  /** `ALL` in the lines of everything and of districts. */
  school: string;
  /** `ALL` in the lines of everything. Without a place, money stands in lines whose ids are empty. */
  district: string;
  whole: Figures;
  /** In the order of `GROUPINGS`; none in the lines of schools, whose movements are few enough to be summed. */
  groups: readonly Groups[];
}

/** No district and no school has this id. */
export const ALL = '*';

/** In their order those of a period stand together, first the districts and then the schools. */
export const lineId = (period: string, district: string, school: string): string => `${period}/${school}/${district}`;

/** Lines by their ids; those that are missing begin at nothing. */
export class Lines {
  readonly byId = new Map<string, Line>();

  of(period: string, district: string, school: string): Line {
    const id = lineId(period, district, school);
    const known = this.byId.get(id);
    if (known) return known;
    const groups = school === ALL ? GROUPINGS.map((): Groups => new Map()) : [];
    const line = { period, district, school, whole: nothing(), groups };
    this.byId.set(id, line);
    return line;
  }

  /** Adds what others have counted elsewhere. */
  add({ period, district, school, whole, groups }: Line): void {
    const line = this.of(period, district, school);
    addFigures(line.whole, whole);
    for (const [index, known] of line.groups.entries())
      for (const [value, figures] of groups[index] ?? []) addFigures(groupIn(known, value), figures);
  }
}

export const nothing = (): Figures => [0, 0, 0, 0, 0];

function addFigures(figures: Figures, others: Figures): void {
  for (const [index, more] of others.entries()) figures[index] = (figures[index] ?? 0) + more;
}

export function groupIn(groups: Groups, value: string): Figures {
  const known = groups.get(value);
  if (known) return known;
  const figures = nothing();
  groups.set(value, figures);
  return figures;
}
