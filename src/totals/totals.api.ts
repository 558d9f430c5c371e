// HTTP: annual totals as JSON or CSV, and the bridge between budget year and school year.
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { CivilDate } from '../core/civil-date.js';
import { Rejection } from '../core/rejection.js';
import type { SchoolYear, Term } from '../core/term.js';
import {
  CommaList,
  Day,
  KnownAt,
  Optional,
  Pattern,
  SchoolYearCode,
  Slug,
  TermCode,
  WholeNumber,
} from '../http/fields.js';
import { Answers } from '../http/openapi.js';
import { PageQuery, positionPageOf } from '../http/page.dto.js';
import { Knowledge } from '../office/known-at.js';
import { Freshness } from '../office/freshness.js';
import { toCsv } from './totals.csv.js';
import { DIMENSION_NAMES, TotalsView, type Dimension, type Period } from './totals.view.js';

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
  @Pattern(/^\d{10}$/, '须为 10 位学校标识码 · must be a school code of 10 digits')
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

const ONE_PERIOD = {
  path: 'fiscalYear',
  code: 'one-period',
  message:
    '请给出一种期间:fiscalYear、schoolYear、term,或 from 与 to · give one period: fiscalYear, schoolYear, term, or from and to',
};

function periodOf({ fiscalYear, schoolYear, term, from, to }: TotalsQuery): Period {
  const periods: Period[] = [];
  if (fiscalYear !== undefined) periods.push({ fiscalYear });
  if (schoolYear) periods.push({ schoolYear });
  if (term) periods.push({ term });
  if (from && to) periods.push({ from, to });
  const [period] = periods;
  if (!period || periods.length > 1 || Boolean(from) !== Boolean(to))
    throw new Rejection('malformed', { errors: [ONE_PERIOD] });
  return period;
}

@ApiTags('Totals 统计')
@ApiBearerAuth()
@Controller('v1/totals')
export class TotalsApi {
  constructor(
    private readonly view: TotalsView,
    private readonly knowledge: Knowledge,
    private readonly freshness: Freshness,
  ) {}

  /** Totals of a period, grouped as asked. Person-times add up across rows, persons do not. */
  @Get()
  @ApiProduces('application/json', 'text/csv')
  @Answers('Rows and their total')
  async totals(
    @Query() query: TotalsQuery,
    @Headers('accept') accept = '',
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { by = [], districtId, schoolId, policyId, knownAt } = query;
    const upTo = await this.knowledge.positionOf(knownAt);
    const scope = { ...(districtId && { districtId }), ...(schoolId && { schoolId }), ...(policyId && { policyId }) };
    const totals = await this.view.totals(periodOf(query), by, {
      ...scope,
      ...(upTo !== undefined && { knownAt: upTo }),
    });
    const answer = { ...totals, knownAt: knownAt ?? null, position: upTo ?? (await this.freshness.current()) };
    if (!accept.includes('text/csv')) return answer;
    void reply.type('text/csv; charset=utf-8').header('Content-Disposition', 'attachment; filename="totals.csv"');
    return toCsv(by, answer);
  }

  /** The entries that explain the difference between a budget year and a school year, and their sum. */
  @Get('bridge')
  @Answers('Both sums, their difference, and a page of the entries that make it')
  bridge(@Query() { fiscalYear, schoolYear, ...page }: BridgeQuery) {
    return this.view.bridge(fiscalYear, schoolYear, positionPageOf(page));
  }
}
