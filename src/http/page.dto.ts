// Query parameters that lists share.
import { Rejection } from '../core/rejection.js';
import { decodeCursor, type Page } from '../office/page.js';
import { Optional, Pattern, WholeNumber } from './fields.js';

export class PageQuery {
  /** How many items at most. */
  @Optional()
  @WholeNumber(1, 500)
  limit?: number;

  /** `nextCursor` of the page before. */
  @Optional()
  @Pattern(/^[A-Za-z0-9_-]{1,300}$/, '须为上一页给出的 nextCursor · must be the nextCursor of the page before')
  cursor?: string;
}

export const pageOf = ({ limit = 50, cursor }: PageQuery): Page => ({
  limit,
  after: cursor === undefined ? undefined : decodeCursor(cursor),
});

/** The page of a list that is ordered by ledger position. */
export function positionPageOf(query: PageQuery): Page {
  const page = pageOf(query);
  if (page.after === undefined || /^\d{1,15}$/.test(page.after)) return page;
  throw new Rejection('malformed', {
    errors: [{ path: 'cursor', code: 'cursor', message: '不是此列表的 nextCursor · not a nextCursor of this list' }],
  });
}
