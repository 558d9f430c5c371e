// Civil dates of Asia/Shanghai as text, `2026-11-22`: they compare as strings, so no time zone can shift them.

export type CivilDate = string;

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

const daysIn = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0));

/** True for a day that exists, between 1900 and 2199. */
export function isCivilDate(value: unknown): value is CivilDate {
  const parts = typeof value === 'string' ? PATTERN.exec(value) : null;
  if (!parts) return false;
  const [year, month, day] = [Number(parts[1]), Number(parts[2]), Number(parts[3])];
  return year >= 1900 && year < 2200 && day >= 1 && day <= daysIn(year, month);
}

const pad = (value: number): string => String(value).padStart(2, '0');

/** The day before; used where an end is given as the first day on which a fact no longer holds. */
export function dayBefore(date: CivilDate): CivilDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (day > 1) return `${year}-${pad(month)}-${pad(day - 1)}`;
  if (month > 1) return `${year}-${pad(month - 1)}-${pad(daysIn(year, month - 1))}`;
  return `${year - 1}-12-31`;
}

export function dayAfter(date: CivilDate): CivilDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  if (day < daysIn(year, month)) return `${year}-${pad(month)}-${pad(day + 1)}`;
  if (month < 12) return `${year}-${pad(month + 1)}-01`;
  return `${year + 1}-01-01`;
}

/** The day that lies so many days later. */
export function daysAfter(date: CivilDate, days: number): CivilDate {
  let day = date;
  for (let left = days; left > 0; left--) day = dayAfter(day);
  return day;
}

/** Monday to Friday; holidays and make-up days are decreed anew each year and are not known here. */
const isWeekday = (date: CivilDate): boolean => ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay());

/** The last of so many weekdays after a day. */
export function weekdaysAfter(date: CivilDate, days: number): CivilDate {
  let day = date;
  for (let left = days; left > 0;) {
    day = dayAfter(day);
    if (isWeekday(day)) left--;
  }
  return day;
}

/** The instant, UTC, at which a civil day of Asia/Shanghai begins. */
export const startOfDay = (date: CivilDate): string => `${dayBefore(date)}T16:00:00.000Z`;

/** A span of civil days, both ends included; no `until` means "still". */
export interface Span {
  from: CivilDate;
  until?: CivilDate | undefined;
}

export const covers = (span: Span, day: CivilDate): boolean =>
  span.from <= day && (span.until === undefined || day <= span.until);

export const overlap = (a: Span, b: Span): boolean =>
  (a.until === undefined || b.from <= a.until) && (b.until === undefined || a.from <= b.until);

/** The year of a civil date: the budget and accounting year (Budget Law art. 18, Accounting Law art. 11). */
export const fiscalYearOf = (date: CivilDate): number => Number(date.slice(0, 4));
