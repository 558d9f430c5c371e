// Totals from the kept lines: what stands there, and the movements since then, counted by the same rules.
import { EVERYTHING, type Reach } from '../core/reach.js';
import { Tables, type Cell } from '../tables/tables.js';
import { within } from '../tables/within.js';
import { askedOf, isAt, placesOf, toldBy, type Asked, type Scope, type Told } from './asked.js';
import { Counting } from './counting.js';
import type { Dimension } from './dimensions.js';
import { Lines, type Line } from './lines.js';
import type { Period } from './period.js';
import { Sheet } from './sheet.js';
import { Where } from './summed-totals.view.js';
import { lineOf, TOTAL, type MovementRow, type TotalRow } from './total.projection.js';

/** Only the position where no line stands. */
type KeptRow = { counted: number } & (TotalRow | { [Column in keyof TotalRow]: null });

/** With the sheet of the student, where there is one. */
type RecentRow = MovementRow & { counted: number; sheet: string | null };

export class KeptTotals {
  constructor(private readonly models: Tables) {}

  /** Undefined where the kept lines do not say it. */
  async told(period: Period, by: readonly Dimension[], scope: Scope): Promise<Told | undefined> {
    const asked = askedOf(period, by, scope);
    if (!asked) return undefined;
    const lines = await this.lines(asked, period, scope.reach);
    return (await this.holdsPlaceless(period, scope)) ? undefined : toldBy(lines, asked);
  }

  private async lines(asked: Asked, period: Period, reach: Reach): Promise<Line[]> {
    for (;;) {
      const { lines, counted } = await this.kept(asked, reach);
      const recent = await this.recent(counted, asked, period, reach);
      // Another block was counted in between: the sheets are no longer where the lines were.
      if (recent.some((row) => row.counted !== counted)) continue;
      countIn(lines, recent, asked);
      return [...lines.byId.values()];
    }
  }

  private async kept(asked: Asked, reach: Reach): Promise<{ lines: Lines; counted: number }> {
    const { district, school } = placesOf(asked);
    const head = school === undefined ? asked.period : `${asked.period}/${school}`;
    // What follows a slash in the order of lines is a nought.
    const parameters: Cell[] = [`${head}/`, `${head}0`];
    const add = (value: Cell): string => `$${parameters.push(value)}`;
    const conditions = ['line >= $1', 'line < $2', within('total', reach, TOTAL.belongs, {}, add)];
    if (district !== undefined) conditions.push(`district_id = ${add(district)}`);
    // In two steps, or the engine makes an index of all lines to find those of a district.
    const text = `with kept as materialized (select * from total where ${conditions.join(' and ')})
      select counted.position as counted, kept.* from counted left join kept on true`;
    const rows = await this.models.seenBy(reach).query<KeptRow>(text, parameters);
    const lines = new Lines();
    for (const row of rows) if (row.line !== null) lines.add(lineOf(row));
    return { lines, counted: rows[0]?.counted ?? 0 };
  }

  /**
   * Movements of the period and the place that no line contains yet, each with the sheet of its student as it stood
   * before them. Those of others change nothing there.
   */
  private recent(counted: number, { district, school }: Asked, period: Period, reach: Reach): Promise<RecentRow[]> {
    const where = new Where().add('position', '>', counted).within(reach);
    const recent = where.text;
    const there = new Where(where.parameters)
      .during(period)
      .add('district_id', '=', district)
      .add('school_id', '=', school);
    // In two steps, or the engine takes the index of the period and reads all of it.
    return this.models.seenBy(reach).query<RecentRow>(
      `with recent as materialized (select * from movement where ${recent})
      select recent.*, sheet.body as sheet, coalesce((select counted.position from counted), 0) as counted
      from recent left join sheet on sheet.student_id = recent.student_id
      where ${there.text} order by position, source`,
      there.parameters,
    );
  }

  /** Money without a place counts wherever its student belongs, which no line can say. */
  private async holdsPlaceless(period: Period, { reach, districtId, schoolId }: Scope): Promise<boolean> {
    if (reach === EVERYTHING || districtId !== undefined || schoolId !== undefined) return false;
    const where = new Where().add('school_id', '=', '').during(period).within(reach);
    const text = `select 1 as found from movement where ${where.text} limit 1`;
    return (await this.models.seenBy(reach).query(text, where.parameters)).length > 0;
  }
}

function countIn(lines: Lines, recent: readonly RecentRow[], asked: Asked): void {
  const places = placesOf(asked);
  const counting = new Counting((period, district, school) =>
    period === asked.period && isAt({ district, school }, places) ? lines.of(period, district, school) : undefined,
  );
  const sheets = new Map<string, Sheet>();
  for (const movement of recent) {
    const { student_id, sheet: text } = movement;
    const sheet = sheets.get(student_id) ?? (text === null ? new Sheet() : Sheet.parse(text));
    sheets.set(student_id, sheet);
    counting.count(movement, sheet);
  }
}
