// What the routes on totals answer. Money is text in yuan with two decimals, e.g. `"312.50"`.
import { BilingualAnswer } from '../http/shared.answer.dto.js';

/** The period that was asked for: one of budget year, school year, term, or first and last day. */
export class PeriodAnswer {
  /** Budget year 年度, a calendar year. */
  fiscalYear?: number;

  /** School year 学年, e.g. `2026-2027`. */
  schoolYear?: string;

  /** Term, e.g. `2026-autumn`. */
  term?: string;

  /** First day, a civil date. */
  from?: string;

  /** Last day, a civil date. */
  to?: string;
}

export class FiguresAnswer {
  /** Net in yuan: disbursed less returned and reversed. */
  amount!: string;

  /** Paid, waived or given in meals, in yuan. */
  disbursed!: string;

  /** Come back, in yuan. */
  returned!: string;

  /** Reversed, in yuan. */
  reversed!: string;

  /** Person-times 人次: student × policy × term whose net is above zero. */
  personTimes!: number;

  /** Persons 人数: distinct students whose net is above zero; they do not add up across rows. */
  persons!: number;
}

/** One group. Only the dimensions that were asked for are present; null where the movement has none. */
export class TotalsRowAnswer extends FiguresAnswer {
  /** By policy: its id. */
  policyId?: string | null;

  /** By kind of aid: waiver, subsidy, grant or meals. */
  kind?: string | null;

  /** By school: its code. */
  schoolId?: string | null;

  /** By district: its id. */
  districtId?: string | null;

  /** By stage of education. */
  stage?: string | null;

  /** By funding source, e.g. `central`. */
  source?: string | null;

  /** By month, e.g. `2026-11`. */
  month?: string | null;

  /** By term, e.g. `2026-autumn`. */
  term?: string | null;
}

export class TotalsAnswer {
  /** The period that was asked for. */
  period!: PeriodAnswer;

  /** How movements are placed in time and how persons are counted. */
  caliber!: BilingualAnswer;

  /** Instant or ledger position, as it was asked for; null for the present. */
  knownAt!: string | null;

  /** Ledger position up to which movements are counted. */
  position!: number;

  /** One row a group; empty where no grouping was asked for. */
  rows!: TotalsRowAnswer[];

  /** The whole period within the scope. */
  total!: FiguresAnswer;
}

export class FiscalSumAnswer {
  /** Budget year 年度. */
  year!: number;

  /** Net of it in yuan, each movement on its own date. */
  amount!: string;
}

export class SchoolSumAnswer {
  /** School year 学年. */
  year!: string;

  /** Net of it in yuan, by the term that is paid for. */
  amount!: string;
}

/** One movement that counts in one of the two years only. */
export class BridgeItemAnswer {
  /** Ledger position of the movement. */
  position!: number;

  /** Id of the payment. */
  paymentId!: string;

  /** Id of the student. */
  studentId!: string;

  /** Policy of the payment. */
  policyId!: string;

  /** Term of the payment. */
  term!: string;

  /** Day of the movement, a civil date. */
  date!: string;

  /** What happened, e.g. `PaymentReturned`. */
  type!: string;

  /** The year in which it counts. */
  side!: 'fiscal-year-only' | 'school-year-only';

  /** What it adds to the difference, in yuan; negative where it takes away. */
  effect!: string;
}

export class BridgeAnswer {
  /** The budget year. */
  fiscalYear!: FiscalSumAnswer;

  /** The school year. */
  schoolYear!: SchoolSumAnswer;

  /** Budget year less school year, in yuan: the sum of all effects. */
  difference!: string;

  /** Number of all entries, on all pages. */
  entryCount!: number;

  /** A page of the entries, in the order of their positions. */
  items!: BridgeItemAnswer[];

  /** Cursor of the next page; null on the last. */
  nextCursor!: string | null;
}
