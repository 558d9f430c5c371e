// `aid-ledger totals`: money, person-times and persons of one period, as a table, CSV or JSON.
import { EVERYTHING } from '../core/reach.js';
import type { CivilDate } from '../core/civil-date.js';
import type { SchoolYear, Term } from '../core/term.js';
import { PolicyView } from '../policies/policy.view.js';
import { SchoolView } from '../schools/school.view.js';
import { toCsv } from '../totals/totals.csv.js';
import { DIMENSION_NAMES, type Dimension } from '../totals/dimensions.js';
import { onePeriod, type Period } from '../totals/period.js';
import { TotalsView, type Scope, type TotalsRow } from '../totals/totals.view.js';
import { usageFailure } from './failure.js';
import { demandWhole, findLedger, openCurrent, viewedTo, type OpenLedger } from './ledger.js';
import { totalsTable, type Names } from './totals-table.js';

export interface TotalsOptions {
  store: string;
  fiscalYear?: number;
  schoolYear?: SchoolYear;
  term?: Term;
  from?: CivilDate;
  to?: CivilDate;
  by?: string;
  district?: string;
  school?: string;
  policy?: string;
  csv?: true;
  json?: true;
}

type Answer = Awaited<ReturnType<TotalsView['totals']>>;

export async function totals(options: TotalsOptions): Promise<void> {
  const [period, by] = [periodOf(options), groupingOf(options.by)];
  const ledger = await openCurrent(findLedger(options.store));
  try {
    await demandWhole(ledger);
    const answer = await new TotalsView(ledger.models).totals(period, by, scopeOf(options));
    const position = await viewedTo(ledger.models);
    if (options.json) console.log(JSON.stringify({ ...answer, knownAt: null, position }, null, 2));
    else if (options.csv) process.stdout.write(toCsv(by, answer));
    else print(answer, by, await namesOf(ledger, answer.rows), position);
  } finally {
    await ledger.close();
  }
}

function periodOf(options: TotalsOptions): Period {
  const period = onePeriod(options);
  if (!period)
    throw usageFailure(
      '请给出一种期间:--fiscal-year、--school-year、--term,或 --from 与 --to。 Give one period: --fiscal-year, --school-year, --term, or --from and --to.',
    );
  return period;
}

const isDimension = (name: string): name is Dimension => (DIMENSION_NAMES as readonly string[]).includes(name);

function groupingOf(list = ''): Dimension[] {
  const names = [...new Set(list.split(',').filter((name) => name !== ''))];
  const unknown = names.find((name) => !isDimension(name));
  if (unknown !== undefined)
    throw usageFailure(
      `不能按 ${unknown} 分组。 --by takes ${DIMENSION_NAMES.join(', ')}, separated by commas, not ${unknown}.`,
    );
  return names.filter(isDimension);
}

const scopeOf = ({ district, school, policy }: TotalsOptions): Scope => ({
  reach: EVERYTHING,
  ...(district && { districtId: district }),
  ...(school && { schoolId: school }),
  ...(policy && { policyId: policy }),
});

/** Names of the policies and schools that the rows mention. */
async function namesOf({ models, store }: OpenLedger, rows: readonly TotalsRow[]): Promise<Names> {
  const names = new Map<string, string>();
  const schools = new SchoolView(models);
  const book = await new PolicyView(models, store).book();
  for (const { policyId, schoolId } of rows) {
    if (policyId) names.set(policyId, book.get(policyId)?.name.zh ?? '');
    if (schoolId && !names.has(schoolId)) names.set(schoolId, (await schools.school(schoolId))?.name ?? '');
  }
  return names;
}

function print({ period, caliber, rows, total }: Answer, by: readonly Dimension[], names: Names, at: number): void {
  console.log(`${titleOf(period)} · 台账位置 ledger position ${at}\n`);
  for (const line of totalsTable(by, rows, total, names)) console.log(line);
  console.log(`\n口径 ${caliber.zh}\nCaliber: ${caliber.en}`);
}

function titleOf(period: Period): string {
  if ('fiscalYear' in period) return `年度 budget year ${period.fiscalYear}`;
  if ('schoolYear' in period) return `学年 school year ${period.schoolYear}`;
  if ('term' in period) return `学期 term ${period.term}`;
  return `${period.from} 至 to ${period.to}`;
}
