// HTTP: annual totals as JSON or CSV, and the bridge between budget year and school year.
import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { Within } from '../http/access.guard.js';
import { Answers, asText } from '../http/openapi.js';
import { positionPageOf } from '../http/page.dto.js';
import { Knowledge } from '../office/known-at.js';
import { Freshness } from '../office/freshness.js';
import { BridgeAnswer, TotalsAnswer } from './totals.answer.dto.js';
import { toCsv } from './totals.csv.js';
import { BridgeQuery, TotalsQuery } from './totals.dto.js';
import { onePeriod, type Period } from './period.js';
import { TotalsView } from './totals.view.js';

const ONE_PERIOD = {
  path: 'fiscalYear',
  code: 'one-period',
  message:
    '请给出一种期间:fiscalYear、schoolYear、term,或 from 与 to · give one period: fiscalYear, schoolYear, term, or from and to',
};

const CSV = asText(
  'text/csv',
  'With `Accept: text/csv`: the same rows and their total as CSV, UTF-8 with a byte-order mark',
);

function periodOf(query: TotalsQuery): Period {
  const period = onePeriod(query);
  if (!period) throw new Rejection('malformed', { errors: [ONE_PERIOD] });
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
  @Answers(TotalsAnswer, 'Rows and their total', ['totals-withheld'], CSV)
  async totals(
    @Query() query: TotalsQuery,
    @Within() reach: Reach,
    @Headers('accept') accept = '',
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    this.freshness.demandWhole();
    const { by = [], districtId, schoolId, policyId, knownAt } = query;
    const upTo = await this.knowledge.positionOf(knownAt);
    const scope = {
      reach,
      ...(districtId && { districtId }),
      ...(schoolId && { schoolId }),
      ...(policyId && { policyId }),
    };
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
  @Answers(BridgeAnswer, 'Both sums, their difference, and a page of the entries that make it', ['totals-withheld'])
  bridge(@Query() { fiscalYear, schoolYear, ...page }: BridgeQuery, @Within() reach: Reach) {
    this.freshness.demandWhole();
    return this.view.bridge(fiscalYear, schoolYear, positionPageOf(page), reach);
  }
}
