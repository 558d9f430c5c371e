// The period that totals are asked for.
import type { CivilDate } from '../core/civil-date.js';
import type { SchoolYear, Term } from '../core/term.js';

/** One kind of period; each has its own way to place a movement in time. */
export type Period =
  { fiscalYear: number } | { schoolYear: SchoolYear } | { term: Term } | { from: CivilDate; to: CivilDate };

/** What a caller may name; only one kind of it makes a period. */
interface Asked {
  fiscalYear?: number;
  schoolYear?: SchoolYear;
  term?: Term;
  from?: CivilDate;
  to?: CivilDate;
}

/** The one period that was asked for; undefined where none, several, or half of a span is named. */
export function onePeriod({ fiscalYear, schoolYear, term, from, to }: Asked): Period | undefined {
  const periods: Period[] = [];
  if (fiscalYear !== undefined) periods.push({ fiscalYear });
  if (schoolYear) periods.push({ schoolYear });
  if (term) periods.push({ term });
  if (from && to) periods.push({ from, to });
  const isWhole = Boolean(from) === Boolean(to) && periods.length === 1;
  return isWhole ? periods[0] : undefined;
}
