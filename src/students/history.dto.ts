// Query parameters of a history.
import type { Term } from '../core/term.js';
import { KnownAt, Optional, TermCode } from '../http/fields.js';

export class HistoryQuery {
  /** As the ledger knew it at an instant or position. */
  @Optional()
  @KnownAt()
  knownAt?: string;

  /** Money for this term, and facts that take effect in it. */
  @Optional()
  @TermCode()
  term?: Term;
}
