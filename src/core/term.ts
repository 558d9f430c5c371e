// The term 学期, the unit of entitlement, and the school year 学年 made of two.
import type { CivilDate } from './civil-date.js';

/** `2026-autumn` runs 1 Sep 2026 – 31 Jan 2027; `2027-spring` runs 1 Feb – 31 Aug 2027. */
export type Term = `${number}-${Season}`;
export type Season = 'autumn' | 'spring';

/** `2026-2027` is 2026-autumn and 2027-spring. */
export type SchoolYear = `${number}-${number}`;

/** Month and day, `10-31`, on which the facts of a term are judged. */
export interface CensusDays {
  autumn: string;
  spring: string;
}

const TERM = /^(19\d\d|20\d\d|21\d\d)-(autumn|spring)$/;
const SCHOOL_YEAR = /^(\d{4})-(\d{4})$/;

export const isTerm = (value: unknown): value is Term => typeof value === 'string' && TERM.test(value);

export function isSchoolYear(value: unknown): value is SchoolYear {
  const parts = typeof value === 'string' ? SCHOOL_YEAR.exec(value) : null;
  return parts !== null && Number(parts[1]) >= 1900 && Number(parts[2]) === Number(parts[1]) + 1;
}

export const seasonOf = (term: Term): Season => (term.endsWith('autumn') ? 'autumn' : 'spring');

export const yearOf = (term: Term): number => Number(term.slice(0, 4));

/** Orders terms in time: 2026-spring < 2026-autumn < 2027-spring. */
export const ordinal = (term: Term): number => yearOf(term) * 2 + (seasonOf(term) === 'autumn' ? 1 : 0);

const fromOrdinal = (n: number): Term => `${Math.floor(n / 2)}-${n % 2 === 1 ? 'autumn' : 'spring'}`;

export const termBefore = (term: Term): Term => fromOrdinal(ordinal(term) - 1);

export const termAfter = (term: Term): Term => fromOrdinal(ordinal(term) + 1);

export function daysOf(term: Term): { from: CivilDate; until: CivilDate } {
  const year = yearOf(term);
  return seasonOf(term) === 'autumn'
    ? { from: `${year}-09-01`, until: `${year + 1}-01-31` }
    : { from: `${year}-02-01`, until: `${year}-08-31` };
}

/** The term in which a day falls. */
export function termOf(date: CivilDate): Term {
  const [year, monthDay] = [Number(date.slice(0, 4)), date.slice(5)];
  if (monthDay < '02-01') return `${year - 1}-autumn`;
  return monthDay < '09-01' ? `${year}-spring` : `${year}-autumn`;
}

/** The civil date of a month-day that lies within the term: `01-15` in 2026-autumn is 2027-01-15. */
export function dayInTerm(term: Term, monthDay: string): CivilDate {
  const { from, until } = daysOf(term);
  const sameYear = `${from.slice(0, 4)}-${monthDay}`;
  return sameYear >= from ? sameYear : `${until.slice(0, 4)}-${monthDay}`;
}

export function schoolYearOf(term: Term): SchoolYear {
  const first = seasonOf(term) === 'autumn' ? yearOf(term) : yearOf(term) - 1;
  return `${first}-${first + 1}`;
}

export function termsOf(schoolYear: SchoolYear): [Term, Term] {
  const first = Number(schoolYear.slice(0, 4));
  return [`${first}-autumn`, `${first + 1}-spring`];
}

/** A span of terms, both ends included; no `effectiveUntil` means "until further notice". */
export interface TermSpan {
  effectiveFrom: Term;
  effectiveUntil?: Term | null | undefined;
}

export const inForce = (span: TermSpan, term: Term): boolean =>
  ordinal(span.effectiveFrom) <= ordinal(term) &&
  (!span.effectiveUntil || ordinal(term) <= ordinal(span.effectiveUntil));

export const termsOverlap = (a: TermSpan, b: TermSpan): boolean =>
  (!a.effectiveUntil || ordinal(b.effectiveFrom) <= ordinal(a.effectiveUntil)) &&
  (!b.effectiveUntil || ordinal(a.effectiveFrom) <= ordinal(b.effectiveUntil));
