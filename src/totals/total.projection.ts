// Kept totals: every line of the totals up to a position that is a multiple of `BLOCK`, and the sheets of the students.
import type { TransactionUnder } from '../read-models/projection.js';
import type { Row, Table } from '../tables/tables.js';
import { Counting } from './counting.js';
import { GROUPINGS, lineId, Lines, type Figures, type Grouping, type Line } from './lines.js';
import { Sheet, type Movement } from './sheet.js';

/**
 * Lines are written once for so many events, however few of them come at a time. Whoever reads counts the movements
 * since then by the same rules, at most so many.
 */
export const BLOCK = 128;

export const TOTAL = {
  name: 'total',
  columns: { line: 'text', district_id: 'text', school_id: 'text', body: 'text' },
  key: ['line'],
  belongs: { school: 'school_id', district: 'district_id' },
} as const satisfies Table;

export const SHEET = {
  name: 'sheet',
  columns: { student_id: 'text', body: 'text' },
  key: ['student_id'],
  belongs: { through: { table: 'student_school', column: 'student_id' } },
} as const satisfies Table;

/** One row: the position up to which lines and sheets contain everything, and beyond which they contain nothing. */
export const COUNTED = {
  name: 'counted',
  columns: { name: 'text', position: 'integer' },
  key: ['name'],
} as const satisfies Table;

const TOTALS = 'totals';

export interface TotalRow extends Row {
  line: string;
  district_id: string;
  school_id: string;
  /** Figures of the whole, and of the groups of each grouping in the order of their values. */
  body: string;
}

export type MovementRow = Movement & Row;

interface SheetRow extends Row {
  student_id: string;
  /** A Sheet. */
  body: string;
}

interface CountedRow extends Row {
  name: string;
  position: number;
}

type Group = [value: string, figures: Figures];
type Body = { whole: Figures } & { [Name in Grouping]?: Group[] };

export function lineOf({ line, district_id, school_id, body }: TotalRow): Line {
  const { whole, ...groups } = JSON.parse(body) as Body;
  return {
    period: line.slice(0, line.indexOf('/')),
    district: district_id,
    school: school_id,
    whole,
    groups: GROUPINGS.map((grouping) => new Map(groups[grouping])),
  };
}

function rowOf({ period, district, school, whole, groups }: Line): TotalRow {
  const kept = groups.map((each, index) => [GROUPINGS[index], [...each].sort(byValue)]);
  return {
    line: lineId(period, district, school),
    district_id: district,
    school_id: school,
    body: JSON.stringify({ whole, ...Object.fromEntries(kept) } satisfies Body),
  };
}

const byValue = ([one]: Group, [other]: Group): number => (one < other ? -1 : 1);

/** Counts the blocks that are complete with the events from `first` to `last`, whose movements are `moved`. */
export async function keepTotals(
  moved: readonly Movement[],
  { first, last }: { first: number; last: number },
  rows: TransactionUnder,
): Promise<void> {
  const [counted] = await rows.load<CountedRow>(COUNTED, 'name', [TOTALS]);
  const [from, to] = [counted?.position ?? 0, last - (last % BLOCK)];
  if (to <= from) return;
  const earlier = await movementsBetween(from, first, rows);
  const due = [...earlier, ...moved.filter(({ position }) => position <= to)].sort(inOrder);
  const sheets = await sheetsOf(due, rows);
  // What these movements add; what stood before is needed only where it is added to.
  const lines = new Lines();
  const counting = new Counting((...of) => lines.of(...of));
  for (const movement of due) counting.count(movement, sheets.get(movement.student_id) ?? new Sheet());
  await rows.put(
    SHEET,
    [...sheets].map(([student_id, { text }]) => ({ student_id, body: text })),
  );
  for (const row of await rows.load<TotalRow>(TOTAL, 'line', [...lines.byId.keys()])) lines.add(lineOf(row));
  await rows.put(TOTAL, [...lines.byId.values()].map(rowOf));
  await rows.put(COUNTED, [{ name: TOTALS, position: to }]);
}

/** Movements of the block that came with earlier batches. */
const movementsBetween = (after: number, before: number, rows: TransactionUnder): Promise<MovementRow[]> =>
  rows.query<MovementRow>(`select * from ${rows.prefix}movement where position > $1 and position < $2`, [
    after,
    before,
  ]);

async function sheetsOf(movements: readonly Movement[], rows: TransactionUnder): Promise<Map<string, Sheet>> {
  const sheets = new Map(movements.map(({ student_id }) => [student_id, new Sheet()]));
  for (const row of await rows.load<SheetRow>(SHEET, 'student_id', [...sheets.keys()]))
    sheets.set(row.student_id, Sheet.parse(row.body));
  return sheets;
}

/** Names on a sheet stand in the order in which they came: it has to be the same however the events were batched. */
const inOrder = (one: Movement, other: Movement): number =>
  one.position - other.position || (one.source < other.source ? -1 : 1);
