// Totals summed from the movements: any period, any grouping, any scope, and as it was known at a position.
import { EVERYTHING, type Reach } from '../core/reach.js';
import { termsOf } from '../core/term.js';
import { STUDENT_SCHOOL } from '../students/student.projection.js';
import { Tables, type Cell, type Row } from '../tables/tables.js';
import { within } from '../tables/within.js';
import type { Scope, Told } from './asked.js';
import { DIMENSIONS, type Dimension } from './dimensions.js';
import { MOVEMENT } from './movement.projection.js';
import type { Period } from './period.js';

/** Conditions on movements and their parameters, numbered as they are added. */
export class Where {
  private readonly conditions: string[] = [];

  /** `parameters` that conditions elsewhere in the text have taken come first. */
  constructor(readonly parameters: Cell[] = []) {}

  add(column: string, operator: string, value: Cell | undefined): this {
    if (value !== undefined) this.conditions.push(`${column} ${operator} ${this.parameter(value)}`);
    return this;
  }

  among(column: string, values: readonly Cell[]): this {
    this.conditions.push(`${column} in (${values.map((value) => this.parameter(value)).join(', ')})`);
    return this;
  }

  during(period: Period): this {
    if ('fiscalYear' in period) return this.between(`${period.fiscalYear}-01-01`, `${period.fiscalYear}-12-31`);
    if ('schoolYear' in period) return this.among('term', termsOf(period.schoolYear));
    if ('term' in period) return this.add('term', '=', period.term);
    return this.between(period.from, period.to);
  }

  private between(from: string, to: string): this {
    return this.add('moved_on', '>=', from).add('moved_on', '<=', to);
  }

  within(reach: Reach): this {
    const add = (value: Cell): string => this.parameter(value);
    this.conditions.push(within('movement', reach, MOVEMENT.belongs, STUDENT_SCHOOL.belongs, add));
    return this;
  }

  /** Says nothing that `within` does not say, and lets the engine look up the few movements of a school. */
  ofSchools(reach: Reach): this {
    if (reach === EVERYTHING || reach.districts.length + reach.areas.length > 0) return this;
    return this.among('school_id', [...reach.schools, '']);
  }

  private parameter(value: Cell): string {
    return `$${this.parameters.push(value)}`;
  }

  get text(): string {
    return this.conditions.join(' and ');
  }
}

const selected = (period: Period, { reach, districtId, schoolId, policyId, knownAt }: Scope): Where =>
  new Where()
    .during(period)
    .within(reach)
    .ofSchools(reach)
    .add('district_id', '=', districtId)
    .add('school_id', '=', schoolId)
    .add('policy_id', '=', policyId)
    .add('position', '<=', knownAt);

/** Dimensions that are no column of their own. */
const COMPUTED: Readonly<Partial<Record<string, string>>> = { month: 'substr(moved_on, 1, 7) as month' };

/**
 * One pass: movements are summed by student, policy and term, those sums by student, those by row. Persons and
 * person-times are counted where the sum stands above zero within the row, so a row answers for its own scope.
 */
function totalsText(columns: readonly string[], where: string): string {
  const group = columns.map((column) => `${column}, `).join('');
  const read = columns.map((column) => `${COMPUTED[column] ?? column}, `).join('');
  const rows = columns.length > 0 ? `group by ${columns.join(', ')} order by ${columns.join(', ')}` : '';
  return `
    with unit as (
      select ${read} student_id, policy_id as p, term as t, sum(net) as net, sum(days) as days,
        sum(case when type = 'PaymentDisbursed' then net else 0 end) as disbursed,
        sum(case when type = 'PaymentReturned' then net else 0 end) as returned,
        sum(case when type = 'PaymentReversed' then net else 0 end) as reversed
      from movement where ${where} group by ${group} student_id, policy_id, term
    ), student as (
      select ${group} student_id, sum(disbursed) as disbursed, sum(returned) as returned, sum(reversed) as reversed,
        sum(net) as net, sum(days) as days, sum(case when net > 0 or days > 0 then 1 else 0 end) as person_times
      from unit group by ${group} student_id
    )
    select ${group} coalesce(sum(disbursed), 0) as disbursed, coalesce(-sum(returned), 0) as returned,
      coalesce(-sum(reversed), 0) as reversed, coalesce(sum(person_times), 0) as person_times,
      coalesce(sum(case when net > 0 or days > 0 then 1 else 0 end), 0) as persons
    from student ${rows}`;
}

interface FiguresRow extends Row {
  disbursed: number;
  returned: number;
  reversed: number;
  person_times: number;
  persons: number;
}

export class SummedTotals {
  constructor(private readonly models: Tables) {}

  async told(period: Period, by: readonly Dimension[], scope: Scope): Promise<Told> {
    const where = selected(period, scope);
    const columns = by.map((name) => DIMENSIONS[name].column);
    const rows = columns.length > 0 ? await this.rows(columns, where, scope.reach) : [];
    const [whole] = await this.rows([], where, scope.reach);
    const groups = rows.map((row) => ({
      values: columns.map((column) => String(row[column])),
      figures: figuresOf(row),
    }));
    return { whole: whole && figuresOf(whole), groups };
  }

  private rows(columns: readonly string[], where: Where, reach: Reach): Promise<FiguresRow[]> {
    return this.models.seenBy(reach).query<FiguresRow>(totalsText(columns, where.text), where.parameters);
  }
}

const figuresOf = ({ disbursed, returned, reversed, person_times, persons }: FiguresRow): Told['whole'] & {} => [
  disbursed,
  returned,
  reversed,
  person_times,
  persons,
];
