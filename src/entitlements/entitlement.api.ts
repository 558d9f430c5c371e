// HTTP: entitlements of one student and of the population, and the explanation of a payment.
import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { termsOf } from '../core/term.js';
import { Within } from '../http/access.guard.js';
import { Answers } from '../http/openapi.js';
import { pageOf } from '../http/page.dto.js';
import { Freshness } from '../office/freshness.js';
import { Knowledge } from '../office/known-at.js';
import { PaymentView } from '../students/payment.view.js';
import { PopulationPage, TermEntitlementsAnswer, YearEntitlementsAnswer } from './entitlement.answer.dto.js';
import { EntitlementQuery, PopulationQuery } from './entitlement.dto.js';
import { EntitlementView } from './entitlement.view.js';
import { ExplanationAnswer } from './explanation.answer.dto.js';

@ApiTags('Entitlements 应发')
@ApiBearerAuth()
@Controller('v1')
export class EntitlementApi {
  constructor(
    private readonly view: EntitlementView,
    private readonly payments: PaymentView,
    private readonly knowledge: Knowledge,
    private readonly freshness: Freshness,
  ) {}

  /** What the student is due in a term or school year, why, and what was paid. */
  @Get('students/:studentId/entitlements')
  @Answers(
    [TermEntitlementsAnswer, YearEntitlementsAnswer],
    'Lines by policy, and their totals; with schoolYear, both terms',
    ['student-unknown', 'student-restricted'],
  )
  async ofStudent(@Param('studentId') studentId: string, @Query() query: EntitlementQuery, @Within() reach: Reach) {
    const { term, schoolYear, include } = query;
    const knownAt = await this.knowledge.positionOf(query.knownAt);
    const options = { reach, includeIneligible: include === 'ineligible', ...(knownAt !== undefined && { knownAt }) };
    if (term && !schoolYear) {
      const [ofTerm] = await this.view.ofStudent(studentId, [term], options);
      if (!ofTerm) throw new Error('a term without an answer');
      return ofTerm;
    }
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
  @Answers(PopulationPage, 'A page of lines', ['totals-withheld'])
  population(@Query() { term, status, policyId, schoolId, ...page }: PopulationQuery, @Within() reach: Reach) {
    this.freshness.demandWhole();
    const filter = { term, ...(status && { status }), ...(policyId && { policyId }), ...(schoolId && { schoolId }) };
    return this.view.population(filter, pageOf(page), reach);
  }

  /** Rule, legal source, facts and arithmetic on which a payment was decided, as known at that moment. */
  @Get('payments/:paymentId/explanation')
  @Answers(ExplanationAnswer, 'The explanation', ['payment-unknown'])
  async explanation(@Param('paymentId') paymentId: string, @Within() reach: Reach) {
    const payment = await this.payments.row(paymentId, reach);
    if (!payment) throw new Rejection('payment-unknown', { paymentId });
    return this.view.explanation(paymentId, payment.student_id);
  }
}
