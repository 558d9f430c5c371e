// Runs a scenario: plays what is given, then the one step, and compares what came of it with what is expected.
import { EVERYTHING } from '../../src/core/reach.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DomainEvent } from '../../src/core/event.js';
import { toYuan, type Money } from '../../src/core/money.js';
import { Rejection } from '../../src/core/rejection.js';
import { isSchoolYear, isTerm, type Term } from '../../src/core/term.js';
import { linesOf, type Line } from '../../src/entitlements/calculation.js';
import { PROJECTIONS } from '../../src/installation.js';
import { readCatalogues } from '../../src/policies/catalogue.js';
import { Projector } from '../../src/read-models/projector.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import type { Period } from '../../src/totals/period.js';
import { TotalsView } from '../../src/totals/totals.view.js';
import { Office } from './office.js';
import type { Outcome, Scenario } from './scenario.js';

export const CATALOGUES = readCatalogues(['rencheng', 'shizhong']);

export async function run({ at, given, when, then }: Scenario): Promise<void> {
  const office = new Office();
  await office.open(CATALOGUES);
  await office.play({ word: 'today', of: at });
  for (const step of given) await office.play(step);
  const before = await office.store.head();
  const result = await office.play(when).catch((error: unknown) => error);
  if (!(result instanceof Rejection) && result instanceof Error) throw result;
  // A refused enrolment may have registered its school, as the office does before it enrols.
  const written = (await office.store.readAfter(before.position, 100)).filter(
    ({ type }) => type !== 'SchoolRegistered',
  );
  if (result instanceof Rejection) expect(written).toEqual([]);
  expectResult(result, then);
  if (then.entitlement) await expectLines(office, then.entitlement);
  if (then.totals) await expectTotals(office, then.totals);
}

function expectResult(result: unknown, { events, rejected, conditions, details = {} }: Outcome): void {
  if (!(result instanceof Rejection)) {
    expect(rejected).toBeUndefined();
    const shown = (result as DomainEvent[]).map(({ type, data }) => ({ type, ...data }));
    if (events) expect(shown).toEqual(events.map((event) => expect.objectContaining(event)));
    return;
  }
  expect({ code: result.code, details: result.details }).toMatchObject({ code: rejected, details });
  if (conditions) expect(result.details.errors?.map(({ code }) => code)).toEqual(conditions);
}

async function expectLines(office: Office, expected: NonNullable<Outcome['entitlement']>): Promise<void> {
  const student = await office.student();
  for (const [term, byPolicy] of Object.entries(expected)) {
    if (!isTerm(term)) throw new Error(`${term} is no term`);
    const lines = new Map(linesOf(student, office.policies, term).map((line) => [line.policy.policyId, line]));
    const found = Object.keys(byPolicy).map((policyId) => [policyId, shownLine(lines.get(policyId))]);
    expect({ term, lines: Object.fromEntries(found) as unknown }).toMatchObject({ term, lines: byPolicy });
  }
}

const text = (money: Money | null): string | null => money && toYuan(money);

const shownLine = (line: Line | undefined) =>
  line && {
    version: line.version.version,
    status: line.status,
    entitled: text(line.entitled),
    paid: toYuan(line.given.paid),
    returned: toYuan(line.given.returned),
    netPaid: toYuan(line.given.net),
    outstanding: text(line.outstanding),
    days: line.days,
    netDays: line.given.netDays,
    unmet: line.because.filter(({ met }) => !met).map(({ condition }) => condition),
  };

async function expectTotals(office: Office, expected: NonNullable<Outcome['totals']>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'aid-scenario-'));
  const models = new SqliteTables(join(directory, 'views.db'));
  try {
    await new Projector(office.store, models, PROJECTIONS).start();
    const view = new TotalsView(models);
    for (const [period, { policies, sources, ...figures }] of Object.entries(expected)) {
      const [byPolicy, bySource] = await Promise.all([
        view.totals(periodOf(period), ['policy'], { reach: EVERYTHING }),
        view.totals(periodOf(period), ['source'], { reach: EVERYTHING }),
      ]);
      expect({ period, ...byPolicy.total }).toMatchObject({ period, ...figures });
      expect(bySource.total).toEqual(byPolicy.total);
      if (policies)
        expectRows(
          byPolicy.rows.map(({ policyId, ...row }) => [policyId, row]),
          policies,
        );
      if (sources)
        expectRows(
          bySource.rows.map(({ source, ...row }) => [source, row]),
          sources,
        );
    }
  } finally {
    await models.close();
    rmSync(directory, { recursive: true });
  }
}

/** The rows that there are, and no other. */
function expectRows(rows: [key: string | null | undefined, figures: object][], expected: Record<string, object>): void {
  const found = Object.fromEntries(rows.map(([key, figures]) => [String(key), figures]));
  expect(found).toMatchObject(expected);
  expect(Object.keys(found).toSorted()).toEqual(Object.keys(expected).toSorted());
}

/** `2024` is a budget year, `2023-2024` a school year. */
function periodOf(words: string): Period {
  if (/^\d{4}$/.test(words)) return { fiscalYear: Number(words) };
  if (isSchoolYear(words)) return { schoolYear: words };
  if (isTerm(words)) return { term: words satisfies Term };
  throw new Error(`${words} is no budget year, school year or term`);
}
