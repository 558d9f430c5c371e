// Counting as money moves: what one movement adds to the lines of the totals, in money, person-times and persons.
import { schoolYearOf, type Term } from '../core/term.js';
import {
  ALL,
  DISBURSED,
  groupIn,
  GROUPINGS,
  PERSON_TIMES,
  PERSONS,
  RETURNED,
  REVERSED,
  type Figures,
  type Line,
} from './lines.js';
import { SHARED, type Movement, type Sheet } from './sheet.js';

/** Person-times are counted by policy and term. */
const UNIT = SHARED.policy | SHARED.term;

/** The periods in which a movement counts, and what else counts in the same. */
const PERIODS: readonly { needs: number; of: (movement: Movement) => string }[] = [
  { needs: SHARED.fiscalYear, of: ({ moved_on }) => moved_on.slice(0, 4) },
  { needs: SHARED.schoolYear, of: ({ term }) => schoolYearOf(term as Term) },
  { needs: SHARED.term, of: ({ term }) => term },
];

const PLACES: readonly { needs: number; of: (movement: Movement) => [district: string, school: string] }[] = [
  { needs: 0, of: () => [ALL, ALL] },
  { needs: SHARED.district, of: ({ district_id }) => [district_id, ALL] },
  { needs: SHARED.district | SHARED.school, of: ({ district_id, school_id }) => [district_id, school_id] },
];

/** In the order of `GROUPINGS`. */
const GROUP_NEEDS = GROUPINGS.map((grouping) => SHARED[grouping]);

const valuesOf = ({ policy_id, kind, stage, source, moved_on, term }: Movement): string[] => [
  policy_id,
  kind,
  stage,
  source,
  moved_on.slice(0, 7),
  term,
];

/** A line in which a movement counts, and what else counts there shares with it. */
interface Target {
  line: Line;
  needs: number;
}

/** The line of a period and a place; undefined where nobody asks for it. */
export type LineOf = (period: string, district: string, school: string) => Line | undefined;

export class Counting {
  /** By what places a movement in time and in a school. */
  private readonly targets = new Map<string, readonly Target[]>();

  constructor(private readonly lineOf: LineOf) {}

  /** Counts a movement in every line that it belongs to, and puts it on the sheet of its student. */
  count(movement: Movement, sheet: Sheet): void {
    const sharing = sheet.sharing(movement);
    const values = valuesOf(movement);
    for (const { line, needs } of this.targetsOf(movement)) {
      addTo(line.whole, needs, movement, sharing);
      for (let index = 0; index < line.groups.length; index++) {
        const figures = groupIn(line.groups[index] ?? new Map(), values[index] ?? '');
        addTo(figures, needs | (GROUP_NEEDS[index] ?? 0), movement, sharing);
      }
    }
    sheet.add(movement);
  }

  private targetsOf(movement: Movement): readonly Target[] {
    const { district_id, school_id, term, moved_on } = movement;
    const id = `${district_id}/${school_id}/${term}/${moved_on.slice(0, 4)}`;
    const known = this.targets.get(id);
    if (known) return known;
    const targets = PERIODS.flatMap((period) =>
      PLACES.flatMap((place) => {
        const line = this.lineOf(period.of(movement), ...place.of(movement));
        return line ? [{ line, needs: period.needs | place.needs }] : [];
      }),
    );
    this.targets.set(id, targets);
    return targets;
  }
}

const stands = (net: number, days: number): number => (net > 0 || days > 0 ? 1 : 0);

/** Somebody counts where the sum stands above zero with this movement, and did not without it; or the other way round. */
function addTo(figures: Figures, needs: number, { type, net, days }: Movement, sharing: readonly number[]): void {
  let [unitNet, unitDays, allNet, allDays] = [0, 0, 0, 0];
  for (let at = 0; at < sharing.length; at += 3) {
    const [shared, cellNet, cellDays] = [sharing[at] ?? 0, sharing[at + 1] ?? 0, sharing[at + 2] ?? 0];
    if ((shared & needs) !== needs) continue;
    allNet += cellNet;
    allDays += cellDays;
    if ((shared & UNIT) !== UNIT) continue;
    unitNet += cellNet;
    unitDays += cellDays;
  }
  figures[PERSON_TIMES] += stands(unitNet + net, unitDays + days) - stands(unitNet, unitDays);
  figures[PERSONS] += stands(allNet + net, allDays + days) - stands(allNet, allDays);
  if (type === 'PaymentDisbursed') figures[DISBURSED] += net;
  else if (type === 'PaymentReturned') figures[RETURNED] -= net;
  else figures[REVERSED] -= net;
}
