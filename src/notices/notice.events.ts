// What can happen to public notices 公示.
import type { CivilDate } from '../core/civil-date.js';
import type { DomainEvent, SealedFields } from '../core/event.js';
import type { Term } from '../core/term.js';

export interface Notice {
  noticeId: string;
  schoolId: string;
  districtId: string;
  policyId: string;
  term: Term;
  publishedOn: CivilDate;
  /** Last day on which it stands. */
  expiresOn: CivilDate;
  studentIds: readonly string[];
}

/** 公示发布: whose names stand on it, by their ids; the names are read when it is shown. */
export type NoticePublished = DomainEvent<'NoticePublished', Notice>;
/** 公示撤下 */
export type NoticeWithdrawn = DomainEvent<'NoticeWithdrawn', { noticeId: string; reason: string }>;

export type NoticeEvent = NoticePublished | NoticeWithdrawn;

export const NOTICE_SEALED = {
  NoticeWithdrawn: { office: ['reason'] },
} as const satisfies Partial<Record<NoticeEvent['type'], SealedFields>>;
