// The shapes in which public notices arrive.
import type { Term } from '../core/term.js';
import { Day, isSlug, ListOf, Optional, SchoolCode, Slug, TermCode, Text } from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';

export class PublishNoticeDto {
  /** The school that shows it. */
  @SchoolCode()
  schoolId!: string;

  @Slug()
  policyId!: string;

  @TermCode()
  term!: Term;

  /** Last day on which it stands: five working days from now at the earliest, sixty days at the latest. */
  @Day()
  expiresOn!: string;

  /** Pupils of the school in that term. */
  @ListOf(isSlug, 'student ids', 1)
  studentIds!: string[];
}

export class WithdrawNoticeDto {
  @Text(500)
  reason!: string;
}

export class NoticeQuery extends PageQuery {
  @Optional()
  @SchoolCode()
  schoolId?: string;
}
