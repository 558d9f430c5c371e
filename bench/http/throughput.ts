// B1, B2, B3: payments a second through HTTP, recorded and in the totals, against three other ways in the same run.
import { cpus } from 'node:os';
import { Cluster, postgresBinaries } from '../../test/support/postgres.js';
import { inTurns, medianOf, type Contender, type Figure, type Measure, type RunOptions } from '../measure.js';
import { faultsOf } from './check.js';
import { bytesOf, CONNECTIONS, drive, type Outcome } from './driver.js';
import { startLedger } from './ledger.js';
import { startOpponent } from './opponent.js';
import { EMMETT_INSTALL, hasEmmett } from './opponents/emmett.js';
import { PART_YUAN, PARTS, paymentsOf } from './payments.js';
import type { Target } from './target.js';

const WARM_UP_SECONDS = 1;
const SECONDS = 6;
/** What is prepared for the first round; a contender that is quicker still ends that round early. */
const EXPECTED = 2500;

const UNIT = 'payments/s';
const LEDGER = 'ledger';
const ON_POSTGRES = 'ledger on PostgreSQL';

interface Contest {
  figures: readonly Figure[];
  remarks: readonly string[];
}

/** A target under load, and what it has to have recorded by now. */
class Contestant {
  private acknowledged = 0;
  private rate = EXPECTED;
  private before = 0;

  constructor(
    private readonly target: Target,
    private readonly told: (text: string) => void,
  ) {}

  get name(): string {
    return this.target.name;
  }

  async demandCorrect(): Promise<void> {
    const faults = await faultsOf(this.target);
    if (faults.length > 0) throw new Error(`${this.name} may not be timed: ${faults.join('; ')}`);
    this.before = (await this.target.total?.()) ?? 0;
  }

  /** Payments a second, the time included until the totals have them. */
  async round(): Promise<number> {
    const { target } = this;
    const students = await target.newStudents(studentsFor(this.rate));
    const requests = [...paymentsOf(students, target.headers)].map(bytesOf).values();
    await target.total?.();
    this.count(await drive(target.port, requests, WARM_UP_SECONDS));
    const started = performance.now();
    const outcome = await drive(target.port, requests, SECONDS);
    this.count(outcome);
    await this.demandAllRecorded();
    this.rate = outcome.acknowledged / ((performance.now() - started) / 1000);
    this.told(`${this.name}: ${Math.round(this.rate)} ${UNIT}`);
    return this.rate;
  }

  private count({ acknowledged, others }: Outcome): void {
    if (others.size > 0) throw new Error(`${this.name} answered ${[...others].map(([status]) => status).join(', ')}`);
    this.acknowledged += acknowledged;
  }

  private async demandAllRecorded(): Promise<void> {
    if (!this.target.total) return;
    const recorded = (await this.target.total()) - this.before;
    const due = this.acknowledged * PART_YUAN;
    if (recorded !== due) throw new Error(`${this.name} acknowledged ${due} yuan and has ${recorded}`);
  }
}

/** Students enough for twice the payments that a rate comes to. */
const studentsFor = (rate: number): number => Math.ceil((2 * rate * (WARM_UP_SECONDS + SECONDS)) / PARTS);

async function contest({ rounds, told }: RunOptions): Promise<Contest> {
  const cluster = postgresBinaries() === undefined ? undefined : await Cluster.start();
  const targets: Target[] = [];
  try {
    for (const start of startsOf(cluster)) targets.push(await start());
    const contestants = targets.map((target) => new Contestant(target, told));
    for (const contestant of contestants) await contestant.demandCorrect();
    const contenders = contestants.map((one): Contender => ({ name: one.name, round: () => one.round() }));
    const figures = await inTurns(contenders, rounds, UNIT);
    return { figures, remarks: [HOW, ...(cluster ? [await settingsOf(cluster)] : [])] };
  } finally {
    for (const target of targets) await target.stop();
    await cluster?.dispose();
  }
}

/** Whoever needs PostgreSQL has a database of its own on the same server. */
function startsOf(cluster: Cluster | undefined): (() => Promise<Target>)[] {
  const embedded = [() => startOpponent('bare'), () => startLedger(LEDGER)];
  if (!cluster) return embedded;
  return [
    ...embedded,
    async () => startLedger(ON_POSTGRES, await cluster.newDatabase()),
    async () => startOpponent('crud', await cluster.newDatabase()),
    ...(hasEmmett() ? [async () => startOpponent('emmett', await cluster.newDatabase())] : []),
  ];
}

const HOW = `${CONNECTIONS} kept connections on the same machine (${cpus().length} cores for client, service and database); ${SECONDS} s a round after ${WARM_UP_SECONDS} s of warm-up; the totals are read inside the time.`;

async function settingsOf(cluster: Cluster): Promise<string> {
  const names = ['fsync', 'synchronous_commit', 'full_page_writes'];
  const rows = await cluster.admin<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in (${names.map((name) => `'${name}'`).join(', ')})`,
  );
  return `PostgreSQL as it comes: ${rows.map(({ name, setting }) => `${name} ${setting}`).join(', ')}.`;
}

/** One run serves all three. */
let shared: Promise<Contest> | undefined;

/** The ledger against one opponent; what it is on PostgreSQL is told beside it. */
function against(id: string, says: string, opponent: string, limit: number): Measure {
  const run = async (options: RunOptions) => {
    const lacking = lackingFor(opponent);
    if (lacking !== undefined) throw new Error(lacking);
    shared ??= contest(options);
    const { figures, remarks } = await shared;
    const shown = figures.filter(({ name }) => [LEDGER, ON_POSTGRES, opponent].includes(name));
    const ratio = (name: string): number => medianOf(figures, name) / medianOf(figures, opponent);
    const goal = { says: `${LEDGER} ÷ ${opponent}`, value: ratio(LEDGER), limit, bound: 'at-least' as const };
    const beside = shown.some(({ name }) => name === ON_POSTGRES)
      ? [`${ON_POSTGRES} ÷ ${opponent}: ${ratio(ON_POSTGRES).toFixed(2)}.`]
      : [];
    return { figures: shown, goals: [goal], remarks: [...remarks, ...beside] };
  };
  return { id, says, run };
}

/** What the machine lacks for an opponent, in words. */
function lackingFor(opponent: string): string | undefined {
  if (opponent === 'bare') return undefined;
  if (postgresBinaries() === undefined) return 'PostgreSQL is not installed';
  if (opponent === 'crud' || hasEmmett()) return undefined;
  return `Emmett is not installed; it states no licence and is no dependency of this project. To measure it: ${EMMETT_INSTALL}`;
}

export const throughput: readonly Measure[] = [
  against('B1', 'payments a second through HTTP against the bare framework, which keeps nothing', 'bare', 0.6),
  against('B2', 'the same against a plain service on PostgreSQL, a row a payment', 'crud', 3),
  against('B3', 'the same against Emmett, an event store over PostgreSQL', 'emmett', 5),
];
