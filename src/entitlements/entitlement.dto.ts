// Query parameters of entitlements.
import type { SchoolYear, Term } from '../core/term.js';
import { KnownAt, OneOf, Optional, SchoolCode, SchoolYearCode, Slug, TermCode } from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';
import type { LineStatus } from './calculation.js';

const STATUSES: readonly LineStatus[] = ['due', 'partly-paid', 'settled', 'overpaid', 'ineligible'];

export class EntitlementQuery {
  @Optional()
  @TermCode()
  term?: Term;

  /** Both terms of it. */
  @Optional()
  @SchoolYearCode()
  schoolYear?: SchoolYear;

  /** As the ledger knew facts and law at an instant or position. */
  @Optional()
  @KnownAt()
  knownAt?: string;

  /** Also the policies whose conditions are not met, and which. */
  @Optional()
  @OneOf(['ineligible'])
  include?: 'ineligible';
}

export class PopulationQuery extends PageQuery {
  @TermCode()
  term!: Term;

  @Optional()
  @OneOf(STATUSES)
  status?: LineStatus;

  @Optional()
  @Slug()
  policyId?: string;

  /** School of the census day. */
  @Optional()
  @SchoolCode()
  schoolId?: string;
}
