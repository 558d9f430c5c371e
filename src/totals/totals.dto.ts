// Query parameters of totals and the bridge.
import type { CivilDate } from '../core/civil-date.js';
import type { SchoolYear, Term } from '../core/term.js';
import {
  CommaList,
  Day,
  KnownAt,
  Optional,
  SchoolCode,
  SchoolYearCode,
  Slug,
  TermCode,
  WholeNumber,
} from '../http/fields.js';
import { PageQuery } from '../http/page.dto.js';
import { DIMENSION_NAMES, type Dimension } from './dimensions.js';

export class TotalsQuery {
  /** Budget year 年度: each movement on its own date. */
  @Optional()
  @WholeNumber(1900, 2199)
  fiscalYear?: number;

  /** School year 学年: by the term that is paid for. */
  @Optional()
  @SchoolYearCode()
  schoolYear?: SchoolYear;

  @Optional()
  @TermCode()
  term?: Term;

  /** First day, with `to`. */
  @Optional()
  @Day()
  from?: CivilDate;

  /** Last day. */
  @Optional()
  @Day()
  to?: CivilDate;

  /** Grouping, comma-separated. */
  @Optional()
  @CommaList(DIMENSION_NAMES)
  by?: Dimension[];

  @Optional()
  @Slug()
  districtId?: string;

  @Optional()
  @SchoolCode()
  schoolId?: string;

  @Optional()
  @Slug()
  policyId?: string;

  /** Only what the ledger knew at an instant or position. */
  @Optional()
  @KnownAt()
  knownAt?: string;
}

export class BridgeQuery extends PageQuery {
  @WholeNumber(1900, 2199)
  fiscalYear!: number;

  @SchoolYearCode()
  schoolYear!: SchoolYear;
}
