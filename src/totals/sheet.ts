// A student's sheet: what the student has been given, in the smallest parts that a line of the totals tells apart.
import { ordinal, type Term } from '../core/term.js';

/** One step of one funding source, in fen and days of meals; dimensions that it lacks are empty text. */
export interface Movement {
  position: number;
  source: string;
  type: string;
  student_id: string;
  policy_id: string;
  kind: string;
  term: string;
  school_id: string;
  district_id: string;
  stage: string;
  moved_on: string;
  net: number;
  days: number;
}

/** What a cell can share with a movement, as bits: a line, a group and a person-time each ask for some of them. */
export const SHARED = {
  policy: 1,
  kind: 2,
  district: 4,
  school: 8,
  stage: 16,
  source: 32,
  month: 64,
  term: 128,
  schoolYear: 256,
  fiscalYear: 512,
} as const;

/** Numbers of a cell: policy, place and source by their index on the sheet, term by its ordinal, month as `202611`, fen, days. */
const [POLICY, PLACE, SOURCE, TERM, MONTH, NET, DAYS, WIDTH] = [0, 1, 2, 3, 4, 5, 6, 7];

type Policy = [policy: string, kind: string];
type Place = [district: string, school: string, stage: string];

/** It is read and written with every payment, so it is small: names stand once, and a cell that comes to nothing goes. */
export class Sheet {
  constructor(
    private readonly policies: Policy[] = [],
    private readonly places: Place[] = [],
    private readonly sources: string[] = [],
    /** Cell after cell, in the order in which they came to something. */
    private readonly cells: number[] = [],
  ) {}

  static parse(text: string): Sheet {
    return new Sheet(...(JSON.parse(text) as ConstructorParameters<typeof Sheet>));
  }

  get text(): string {
    return JSON.stringify([this.policies, this.places, this.sources, this.cells]);
  }

  /** Of each cell of the same year: what it shares with a movement, its fen, its days. */
  sharing(movement: Movement): number[] {
    const { cells } = this;
    const policies = this.policies.map((policy) => sharedPolicy(policy, movement));
    const places = this.places.map((place) => sharedPlace(place, movement));
    const sources = this.sources.map((source) => (source === movement.source ? SHARED.source : 0));
    const [term, month] = timeOf(movement);
    const sharing: number[] = [];
    for (let at = 0; at < cells.length; at += WIDTH) {
      const time = sharedTime(cells[at + TERM] ?? 0, term) | sharedDate(cells[at + MONTH] ?? 0, month);
      if (time === 0) continue;
      const [policy, place, source] = [cells[at + POLICY] ?? 0, cells[at + PLACE] ?? 0, cells[at + SOURCE] ?? 0];
      const shared = time | (policies[policy] ?? 0) | (places[place] ?? 0) | (sources[source] ?? 0);
      sharing.push(shared, cells[at + NET] ?? 0, cells[at + DAYS] ?? 0);
    }
    return sharing;
  }

  add(movement: Movement): void {
    const { policy_id, kind, district_id, school_id, stage, source, net, days } = movement;
    const { cells } = this;
    const cell = [
      indexIn(this.policies, [policy_id, kind]),
      indexIn(this.places, [district_id, school_id, stage]),
      indexIn(this.sources, source),
      ...timeOf(movement),
      net,
      days,
    ];
    const at = this.find(cell);
    if (at === undefined) {
      if (net !== 0 || days !== 0) cells.push(...cell);
      return;
    }
    const [sum, sumOfDays] = [(cells[at + NET] ?? 0) + net, (cells[at + DAYS] ?? 0) + days];
    if (sum === 0 && sumOfDays === 0) cells.splice(at, WIDTH);
    else [cells[at + NET], cells[at + DAYS]] = [sum, sumOfDays];
  }

  private find(cell: readonly number[]): number | undefined {
    for (let at = 0; at < this.cells.length; at += WIDTH) {
      let index = 0;
      while (index < NET && this.cells[at + index] === cell[index]) index++;
      if (index === NET) return at;
    }
    return undefined;
  }
}

const timeOf = ({ term, moved_on }: Movement): [term: number, month: number] => [
  ordinal(term as Term),
  Number(moved_on.slice(0, 4)) * 100 + Number(moved_on.slice(5, 7)),
];

const sharedPolicy = ([policy, kind]: Policy, movement: Movement): number =>
  (policy === movement.policy_id ? SHARED.policy : 0) | (kind === movement.kind ? SHARED.kind : 0);

const sharedPlace = ([district, school, stage]: Place, movement: Movement): number =>
  (district === movement.district_id ? SHARED.district : 0) |
  (school === movement.school_id ? SHARED.school : 0) |
  (stage === movement.stage ? SHARED.stage : 0);

function sharedTime(term: number, other: number): number {
  if (term === other) return SHARED.term | SHARED.schoolYear;
  // An autumn is odd, and the spring after it belongs to the same school year.
  return (term + 1) >> 1 === (other + 1) >> 1 ? SHARED.schoolYear : 0;
}

function sharedDate(month: number, other: number): number {
  if (month === other) return SHARED.month | SHARED.fiscalYear;
  return Math.trunc(month / 100) === Math.trunc(other / 100) ? SHARED.fiscalYear : 0;
}

/** Where a name stands, or is put now. */
function indexIn<Name extends string | readonly string[]>(names: Name[], name: Name): number {
  const index = names.findIndex((known) => isSame(known, name));
  return index < 0 ? names.push(name) - 1 : index;
}

const isSame = (one: string | readonly string[], other: string | readonly string[]): boolean =>
  typeof one === 'string' || typeof other === 'string'
    ? one === other
    : one.every((part, index) => part === other[index]);
