// What the routes on public notices answer.
import { ApiProperty } from '@nestjs/swagger';
import type { Term } from '../core/term.js';
import { BilingualAnswer } from '../http/shared.answer.dto.js';

class NoticeFacts {
  /** Id of the notice. */
  noticeId!: string;

  /** The school that shows it, by its code of 10 digits. */
  schoolId!: string;

  /** District of the school. */
  districtId!: string;

  /** The policy under which aid is to be given. */
  policyId!: string;

  /** Term of the aid. */
  @ApiProperty({ type: String, example: '2026-autumn' })
  term!: Term;

  /** First day, a civil date. */
  publishedOn!: string;

  /** Last day, a civil date; afterwards it answers 410. */
  expiresOn!: string;
}

export class NoticePublishedAnswer extends NoticeFacts {
  /** How many names stand on it. */
  persons!: number;

  /** Ledger position of the event. */
  position!: number;
}

export class NoticeListed extends NoticePublishedAnswer {
  /** Whether it can be shown. */
  state!: 'standing' | 'expired' | 'withdrawn';
}

export class NoticePage {
  /** Notices, newest first, without names. */
  items!: NoticeListed[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}

/** All that a public notice may say of a pupil. */
export class NoticeLineAnswer {
  /** Name. */
  name!: string;

  /** Name of the school. */
  school!: string;

  /** Grade on the term's census day, as the school names it; null where none is recorded. */
  grade!: string | null;
}

export class NoticeAnswer extends NoticeFacts {
  /** Name of the policy. */
  policy!: BilingualAnswer | null;

  /** One line a pupil; those whose record is restricted or erased are left out. */
  items!: NoticeLineAnswer[];
}

export class NoticeWithdrawnAnswer {
  /** Id of the notice. */
  noticeId!: string;

  /** It is shown no more. */
  withdrawn!: boolean;

  /** Ledger position of the event. */
  position!: number;
}
