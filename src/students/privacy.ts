// What may be done with a student's record: restriction, its end, and erasure; and how long accounting records are kept.
import { fiscalYearOf, type CivilDate } from '../core/civil-date.js';
import { Rejection } from '../core/rejection.js';
import type { Account } from './account.js';
import type { PersonalDataErased, PrivacyEvent, ProcessingRestricted, RestrictionLifted } from './student.events.js';

/** Plain data: a projection stores it as JSON. */
export interface Privacy {
  restricted: boolean;
  erased: boolean;
}

export const OPEN: Privacy = { restricted: false, erased: false };

export function evolvePrivacy(privacy: Privacy, { type }: PrivacyEvent): Privacy {
  switch (type) {
    case 'ProcessingRestricted':
      return { ...privacy, restricted: true };
    case 'RestrictionLifted':
      return { ...privacy, restricted: false };
    case 'PersonalDataErased':
      // Nothing is left whose use could be restricted.
      return { restricted: false, erased: true };
  }
}

/** Nothing new is decided about a student whose record is only kept (Personal Information Protection Law, art. 47). */
export function demandOpen({ erased, restricted }: Privacy): void {
  demandNotErased({ erased });
  if (restricted) throw new Rejection('student-restricted');
}

/** What must be sealed under the student's key can no longer be recorded. */
export function demandNotErased({ erased }: Pick<Privacy, 'erased'>): void {
  if (erased) throw new Rejection('student-erased');
}

export function restrict(privacy: Privacy, data: ProcessingRestricted['data']): ProcessingRestricted[] {
  demandOpen(privacy);
  return [{ type: 'ProcessingRestricted', data }];
}

export function lift(privacy: Privacy, data: RestrictionLifted['data']): RestrictionLifted[] {
  demandNotErased(privacy);
  if (!privacy.restricted) throw new Rejection('not-restricted');
  return [{ type: 'RestrictionLifted', data }];
}

/** Vouchers and ledgers: 30 years (Measures on Accounting Archives, order 79 of 2015, art. 14 and its table). */
const RETENTION_YEARS = 30;

/** The last day on which a student's accounting records are kept: counted from the end of the last year with money. */
export function keptUntil({ payments }: Account): CivilDate | undefined {
  const lastDays = payments.flatMap(({ paidOn, movedOn }) => [paidOn, movedOn]);
  const last = lastDays.toSorted().at(-1);
  return last && `${fiscalYearOf(last) + RETENTION_YEARS}-12-31`;
}

/** Deletion waits while a statutory period runs (Personal Information Protection Law, art. 47), unless a law is named. */
export function erase(
  { privacy, account }: { privacy: Privacy; account: Account },
  data: PersonalDataErased['data'],
  today: CivilDate,
): PersonalDataErased[] {
  demandNotErased(privacy);
  const until = keptUntil(account);
  if (until !== undefined && today <= until && data.law === undefined)
    throw new Rejection('retention-running', { until });
  return [{ type: 'PersonalDataErased', data }];
}
