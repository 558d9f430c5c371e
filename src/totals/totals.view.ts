// Annual totals: money, person-times 人次 and persons 人数 of a period, in any grouping; and the bridge between years.
import { Injectable } from '@nestjs/common';
import { fenText } from '../core/money.js';
import { termsOf, type SchoolYear } from '../core/term.js';
import type { Reach } from '../core/reach.js';
import { paged, type Page } from '../office/page.js';
import { STUDENT_SCHOOL } from '../students/student.projection.js';
import { within } from '../tables/within.js';
import { Tables, type Cell, type Row } from '../tables/tables.js';
import type { Scope } from './asked.js';
import { nothing, type Figures } from './lines.js';
import { DIMENSIONS, type Dimension } from './dimensions.js';
import { KeptTotals } from './kept-totals.view.js';
import { MOVEMENT } from './movement.projection.js';
import type { Period } from './period.js';
import { SummedTotals } from './summed-totals.view.js';

export type { Scope } from './asked.js';

/** What a figure means; both axes of time are named, so that two totals are never compared by accident. */
const CALIBER = {
  byDate: {
    zh: '按业务发生日期统计:发放按发放日、退回按退回日、冲正按冲正日。人次=学生×政策×学期净额>0(供餐按天数);人数=净额>0的不同学生,不可相加。',
    en: 'By the date of each movement: payments by paid date, returns by return date, reversals by entry date. Person-times: student × policy × term with net > 0 (meals: days > 0). Persons: distinct students with net > 0; they do not add up across rows.',
  },
  byTerm: {
    zh: '按发放所属学期统计,不论发放、退回、冲正的日期。人次=学生×政策×学期净额>0(供餐按天数);人数=净额>0的不同学生,不可相加。',
    en: 'By the term that each payment is for, whatever its date. Person-times: student × policy × term with net > 0 (meals: days > 0). Persons: distinct students with net > 0; they do not add up across rows.',
  },
};

const shownFigures = ([disbursed, returned, reversed, personTimes, persons]: Figures) => ({
  amount: fenText(disbursed - returned - reversed),
  disbursed: fenText(disbursed),
  returned: fenText(returned),
  reversed: fenText(reversed),
  personTimes,
  persons,
});

export type TotalsRow = Partial<Record<(typeof DIMENSIONS)[Dimension]['label'], string | null>> &
  ReturnType<typeof shownFigures>;

interface BridgeRow extends Row {
  position: number;
  payment_id: string;
  student_id: string;
  policy_id: string;
  term: string;
  moved_on: string;
  type: string;
  net: number;
  sign: number;
}

@Injectable()
export class TotalsView {
  private readonly kept: KeptTotals;
  private readonly summed: SummedTotals;

  constructor(private readonly models: Tables) {
    this.kept = new KeptTotals(models);
    this.summed = new SummedTotals(models);
  }

  async totals(period: Period, by: readonly Dimension[], scope: Scope) {
    const told = (await this.kept.told(period, by, scope)) ?? (await this.summed.told(period, by, scope));
    const rows = told.groups.map(({ values, figures }): TotalsRow => ({
      ...Object.fromEntries(by.map((name, index) => [DIMENSIONS[name].label, values[index] || null])),
      ...shownFigures(figures),
    }));
    const caliber = 'schoolYear' in period || 'term' in period ? CALIBER.byTerm : CALIBER.byDate;
    return { period, caliber, rows, total: shownFigures(told.whole ?? nothing()) };
  }

  /**
   * Why a budget year and a school year differ: movements dated in the budget year for terms outside the school year
   * (added), and movements for the school year dated outside the budget year (taken away), entry by entry.
   */
  async bridge(fiscalYear: number, schoolYear: SchoolYear, { limit, after = '0' }: Page, reach: Reach) {
    const parameters: Cell[] = [`${fiscalYear}-01-01`, `${fiscalYear}-12-31`, ...termsOf(schoolYear)];
    const add = (value: Cell): string => `$${parameters.push(value)}`;
    const seen = within('movement', reach, MOVEMENT.belongs, STUDENT_SCHOOL.belongs, add);
    const reader = this.models.seenBy(reach);
    const [fiscal, school] = ['(moved_on between $1 and $2)', '(term in ($3, $4))'];
    const both = `${fiscal} <> ${school}`;
    const sums = await reader.query<{ fiscal: number; school: number; difference: number; entries: number }>(
      `select coalesce(sum(case when ${fiscal} then net else 0 end), 0) as fiscal,
        coalesce(sum(case when ${school} then net else 0 end), 0) as school,
        coalesce(sum(case when ${fiscal} = ${school} then 0 when ${fiscal} then net else -net end), 0) as difference,
        count(distinct case when ${both} then position end) as entries
      from movement where (${fiscal} or ${school}) and ${seen}`,
      parameters,
    );
    const [from, most] = [parameters.length + 1, parameters.length + 2];
    const rows = await reader.query<BridgeRow>(
      `select position, payment_id, student_id, policy_id, term, moved_on, type, sum(net) as net,
        case when ${fiscal} then 1 else -1 end as sign
      from movement where (${fiscal} or ${school}) and ${both} and ${seen} and position > $${from}
      group by position, payment_id, student_id, policy_id, term, moved_on, type order by position limit $${most}`,
      [...parameters, Number(after), limit + 1],
    );
    const [sum = { fiscal: 0, school: 0, difference: 0, entries: 0 }] = sums;
    return {
      fiscalYear: { year: fiscalYear, amount: fenText(sum.fiscal) },
      schoolYear: { year: schoolYear, amount: fenText(sum.school) },
      difference: fenText(sum.difference),
      entryCount: sum.entries,
      ...paged(rows, limit, ({ position }) => position, shownBridgeRow),
    };
  }
}

const shownBridgeRow = (row: BridgeRow) => ({
  position: row.position,
  paymentId: row.payment_id,
  studentId: row.student_id,
  policyId: row.policy_id,
  term: row.term,
  date: row.moved_on,
  type: row.type,
  side: row.sign > 0 ? ('fiscal-year-only' as const) : ('school-year-only' as const),
  effect: fenText(row.sign * row.net),
});
