// HTTP: entitlements of one student and of the population, and the explanation of a payment.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Rejection } from '../core/rejection.js';
import { termsOf, type SchoolYear, type Term } from '../core/term.js';
import { KnownAt, OneOf, Optional, Pattern, SchoolYearCode, Slug, TermCode } from '../http/fields.js';
import { Answers } from '../http/openapi.js';
import { PageQuery, pageOf } from '../http/page.dto.js';
import { Knowledge } from '../office/known-at.js';
import { PaymentView } from '../students/payment.view.js';
import type { LineStatus } from './calculation.js';
import { EntitlementView } from './entitlement.view.js';

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
  @Pattern(/^\d{10}$/, '须为 10 位学校标识码 · must be a school code of 10 digits')
  schoolId?: string;
}

@ApiTags('Entitlements 应发')
@ApiBearerAuth()
@Controller('v1')
export class EntitlementApi {
  constructor(
    private readonly view: EntitlementView,
    private readonly payments: PaymentView,
    private readonly knowledge: Knowledge,
  ) {}

  /** What the student is due in a term or school year, why, and what was paid. */
  @Get('students/:studentId/entitlements')
  @Answers('Lines by policy, and their totals; with schoolYear, both terms', ['student-unknown'])
  async ofStudent(@Param('studentId') studentId: string, @Query() query: EntitlementQuery) {
    const { term, schoolYear, include } = query;
    const knownAt = await this.knowledge.positionOf(query.knownAt);
    const options = { includeIneligible: include === 'ineligible', ...(knownAt !== undefined && { knownAt }) };
    if (term && !schoolYear) return (await this.view.ofStudent(studentId, [term], options))[0];
    if (schoolYear && !term)
      return { studentId, schoolYear, terms: await this.view.ofStudent(studentId, termsOf(schoolYear), options) };
    throw new Rejection('malformed', {
      errors: [
        {
          path: 'term',
          code: 'term-or-school-year',
          message: '请给出 term 或 schoolYear 之一 · give either term or schoolYear',
        },
      ],
    });
  }

  /** Lines of the whole population in a term, e.g. who is due and unpaid (应助未助). */
  @Get('entitlements')
  @Answers('A page of lines')
  population(@Query() { term, status, policyId, schoolId, ...page }: PopulationQuery) {
    const filter = { term, ...(status && { status }), ...(policyId && { policyId }), ...(schoolId && { schoolId }) };
    return this.view.population(filter, pageOf(page));
  }

  /** Rule, legal source, facts and arithmetic on which a payment was decided, as known at that moment. */
  @Get('payments/:paymentId/explanation')
  @Answers('The explanation', ['payment-unknown'])
  async explanation(@Param('paymentId') paymentId: string) {
    const payment = await this.payments.row(paymentId);
    if (!payment) throw new Rejection('payment-unknown', { paymentId });
    return this.view.explanation(paymentId, payment.student_id);
  }
}
