// Annual totals: money, person-times 人次 and persons 人数 of a period, in any grouping; and the bridge between years.
import { Injectable } from '@nestjs/common';
import { fromFen, toYuan } from '../core/money.js';
import { termsOf, type SchoolYear } from '../core/term.js';
import type { Reach } from '../core/reach.js';
import { paged, type Page } from '../office/page.js';
import { STUDENT_SCHOOL } from '../students/student.projection.js';
import { within } from '../tables/within.js';
import { MOVEMENT } from './movement.projection.js';
import { DIMENSIONS, type Dimension } from './dimensions.js';
import type { Period } from './period.js';
import { Tables, type Cell, type Row } from '../tables/tables.js';

export interface Scope {
  districtId?: string;
  schoolId?: string;
  policyId?: string;
  /** Only what counts within it. */
  reach: Reach;
  /** Only movements recorded up to this ledger position. */
  knownAt?: number;
}

interface Figures extends Row {
  disbursed: number;
  returned: number;
  reversed: number;
  net: number;
  person_times: number;
  persons: number;
}

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

/** Conditions and their parameters, numbered as they are added. */
class Where {
  readonly parameters: Cell[] = [];
  private readonly conditions: string[] = [];

  add(column: string, operator: string, value: Cell | undefined): this {
    if (value !== undefined) this.conditions.push(`${column} ${operator} $${this.parameters.push(value)}`);
    return this;
  }

  within(reach: Reach): this {
    const add = (value: Cell): string => `$${this.parameters.push(value)}`;
    this.conditions.push(within('movement', reach, MOVEMENT.belongs, STUDENT_SCHOOL.belongs, add));
    return this;
  }

  get text(): string {
    return this.conditions.length > 0 ? this.conditions.join(' and ') : '1 = 1';
  }
}

function during(period: Period, where = new Where()): Where {
  if ('fiscalYear' in period) return where.add('fiscal_year', '=', period.fiscalYear);
  if ('schoolYear' in period) return where.add('school_year', '=', period.schoolYear);
  if ('term' in period) return where.add('term', '=', period.term);
  return where.add('moved_on', '>=', period.from).add('moved_on', '<=', period.to);
}

const scoped = (where: Where, { reach, districtId, schoolId, policyId, knownAt }: Scope): Where =>
  where
    .within(reach)
    .add('district_id', '=', districtId)
    .add('school_id', '=', schoolId)
    .add('policy_id', '=', policyId)
    .add('position', '<=', knownAt);

/**
 * One pass: movements are summed by student, policy and term, those sums by student, those by row. Persons and
 * person-times are counted where the sum stands above zero within the row, so a row answers for its own scope.
 */
function totalsText(columns: readonly string[], where: string): string {
  const group = columns.map((column) => `${column}, `).join('');
  const rows = columns.length > 0 ? `group by ${columns.join(', ')} order by ${columns.join(', ')}` : '';
  return `
    with unit as (
      select ${group} student_id, policy_id as p, term as t, sum(disbursed) as disbursed, sum(returned) as returned,
        sum(reversed) as reversed, sum(net) as net, sum(days) as days
      from movement where ${where} group by ${group} student_id, policy_id, term
    ), student as (
      select ${group} student_id, sum(disbursed) as disbursed, sum(returned) as returned, sum(reversed) as reversed,
        sum(net) as net, sum(days) as days, sum(case when net > 0 or days > 0 then 1 else 0 end) as person_times
      from unit group by ${group} student_id
    )
    select ${group} coalesce(sum(disbursed), 0) as disbursed, coalesce(sum(returned), 0) as returned,
      coalesce(sum(reversed), 0) as reversed, coalesce(sum(net), 0) as net, coalesce(sum(person_times), 0) as person_times,
      coalesce(sum(case when net > 0 or days > 0 then 1 else 0 end), 0) as persons
    from student ${rows}`;
}

const yuanOf = (fen: number): string => toYuan(fromFen(fen));

const shownFigures = (row: Figures) => ({
  amount: yuanOf(row.net),
  disbursed: yuanOf(row.disbursed),
  returned: yuanOf(row.returned),
  reversed: yuanOf(row.reversed),
  personTimes: row.person_times,
  persons: row.persons,
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
  constructor(private readonly models: Tables) {}

  async totals(period: Period, by: readonly Dimension[], scope: Scope) {
    const where = scoped(during(period), scope);
    const columns = by.map((name) => DIMENSIONS[name].column);
    const rows = columns.length > 0 ? await this.figures(columns, where, scope.reach) : [];
    const [total] = await this.figures([], where, scope.reach);
    if (!total) throw new Error('a total without a row');
    const labelled = rows.map((row): TotalsRow => ({
      ...Object.fromEntries(by.map((name) => [DIMENSIONS[name].label, row[DIMENSIONS[name].column] || null])),
      ...shownFigures(row),
    }));
    const caliber = 'schoolYear' in period || 'term' in period ? CALIBER.byTerm : CALIBER.byDate;
    return { period, caliber, rows: labelled, total: shownFigures(total) };
  }

  private figures(columns: readonly string[], where: Where, reach: Reach): Promise<Figures[]> {
    return this.models.seenBy(reach).query<Figures>(totalsText(columns, where.text), where.parameters);
  }

  /**
   * Why a budget year and a school year differ: movements dated in the budget year for terms outside the school year
   * (added), and movements for the school year dated outside the budget year (taken away), entry by entry.
   */
  async bridge(fiscalYear: number, schoolYear: SchoolYear, { limit, after = '0' }: Page, reach: Reach) {
    const parameters: Cell[] = [fiscalYear, ...termsOf(schoolYear)];
    const add = (value: Cell): string => `$${parameters.push(value)}`;
    const seen = within('movement', reach, MOVEMENT.belongs, STUDENT_SCHOOL.belongs, add);
    const reader = this.models.seenBy(reach);
    const both = '(fiscal_year = $1) <> (term in ($2, $3))';
    const sums = await reader.query<{ fiscal: number; school: number; difference: number; entries: number }>(
      `select coalesce(sum(case when fiscal_year = $1 then net else 0 end), 0) as fiscal,
        coalesce(sum(case when term in ($2, $3) then net else 0 end), 0) as school,
        coalesce(sum(case when (fiscal_year = $1) = (term in ($2, $3)) then 0 when fiscal_year = $1 then net else -net end), 0) as difference,
        count(distinct case when ${both} then position end) as entries
      from movement where (fiscal_year = $1 or term in ($2, $3)) and ${seen}`,
      parameters,
    );
    const [from, most] = [parameters.length + 1, parameters.length + 2];
    const rows = await reader.query<BridgeRow>(
      `select position, payment_id, student_id, policy_id, term, moved_on, type, sum(net) as net,
        case when fiscal_year = $1 then 1 else -1 end as sign
      from movement where (fiscal_year = $1 or term in ($2, $3)) and ${both} and ${seen} and position > $${from}
      group by position, payment_id, student_id, policy_id, term, moved_on, type, fiscal_year order by position limit $${most}`,
      [...parameters, Number(after), limit + 1],
    );
    const [sum = { fiscal: 0, school: 0, difference: 0, entries: 0 }] = sums;
    return {
      fiscalYear: { year: fiscalYear, amount: yuanOf(sum.fiscal) },
      schoolYear: { year: schoolYear, amount: yuanOf(sum.school) },
      difference: yuanOf(sum.difference),
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
  effect: yuanOf(row.sign * row.net),
});
