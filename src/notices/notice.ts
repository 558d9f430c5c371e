// The rules of public notices 公示: how long one stands, and which fields it may show.
import { daysAfter, weekdaysAfter, type CivilDate } from '../core/civil-date.js';
import type { Decider } from '../core/decider.js';
import { covers, type Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Notice, NoticeEvent, NoticePublished, NoticeWithdrawn } from './notice.events.js';

export interface PublishedNotice extends Notice {
  withdrawn: boolean;
}

export const noticeDecider: Decider<PublishedNotice | null, NoticeEvent> = {
  initial: null,
  evolve(notice, { type, data }) {
    if (type === 'NoticePublished') return { ...data, withdrawn: false };
    return notice && { ...notice, withdrawn: true };
  },
};

/** At least five working days (rules on determining students in hardship, public notice). */
const LEAST_WEEKDAYS = 5;
/** A name is not public for longer than its purpose needs (Personal Information Protection Law, art. 19). */
const MOST_DAYS = 60;

export function publish(notice: Notice, outside: readonly string[]): NoticePublished[] {
  const { publishedOn, expiresOn } = notice;
  const earliest = weekdaysAfter(publishedOn, LEAST_WEEKDAYS);
  const latest = daysAfter(publishedOn, MOST_DAYS);
  if (expiresOn < earliest) throw new Rejection('notice-too-short', { days: LEAST_WEEKDAYS, earliest });
  if (expiresOn > latest) throw new Rejection('notice-too-long', { latest });
  if (outside.length > 0) throw new Rejection('not-of-school', { studentIds: outside.join(', ') });
  return [{ type: 'NoticePublished', data: notice }];
}

export function withdraw(
  notice: PublishedNotice | null,
  order: NoticeWithdrawn['data'],
  reach: Reach,
): NoticeWithdrawn[] {
  const { noticeId } = order;
  if (!notice || !covers(reach, notice)) throw new Rejection('notice-unknown', { noticeId });
  if (notice.withdrawn) throw new Rejection('notice-withdrawn');
  return [{ type: 'NoticeWithdrawn', data: order }];
}

/** Whether a notice can still be shown; afterwards nobody reads names from it. */
export function demandStanding(
  { expiresOn, withdrawn }: Pick<PublishedNotice, 'expiresOn' | 'withdrawn'>,
  today: CivilDate,
): void {
  if (withdrawn) throw new Rejection('notice-withdrawn');
  if (today > expiresOn) throw new Rejection('notice-expired', { expiresOn });
}

/** All that a notice may say of a pupil. There is no field for a number, a birth date, an address, a card or a reason. */
export interface NoticeLine {
  name: string;
  school: string;
  grade: string | null;
}
