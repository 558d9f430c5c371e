// B6, B7, B8 and growth: what a ledger of many payments costs against one of few.
import { writeFileSync } from 'node:fs';
import { median, type Figure, type Goal, type Measure, type RunOptions } from '../measure.js';
import { chart } from './chart.js';
import { rebuiltCopy } from './rebuild.js';
import { visit, type Latency, type Visit } from './visit.js';

const CHART = 'docs/reference/growth.svg';

async function visits(options: RunOptions): Promise<Visit[]> {
  const visited: Visit[] = [];
  for (const size of options.sizes.toSorted((one, other) => one - other)) visited.push(await visit(size, options));
  return visited;
}

const sized = (payments: number): string => `${payments.toLocaleString('en')} payments`;

const one = (name: string, unit: string, value: number): Figure => ({ name, unit, rounds: [value] });

const atMost = (says: string, value: number, limit: number, unit?: string): Goal => ({
  says,
  value,
  limit,
  bound: 'at-most',
  ...(unit && { unit }),
});

/** The smallest and the largest ledger of a run. */
function ends(visited: readonly Visit[]): [Visit, Visit] {
  const [least, most] = [visited[0], visited.at(-1)];
  if (!least || !most) throw new Error('no size was asked for');
  return [least, most];
}

type Question = 'totals' | 'entitlements' | 'history' | 'entitlementsAgain' | 'historyAgain';

const ASKED: Record<Question, string> = {
  totals: 'totals',
  entitlements: 'entitlements',
  history: 'history',
  entitlementsAgain: 'entitlements of the same students again',
  historyAgain: 'history of the same students again',
};

const latencyFigures = (visited: readonly Visit[], questions: readonly Question[]): Figure[] =>
  visited.flatMap((at) =>
    questions.flatMap((question) => [
      one(`${ASKED[question]}, ${sized(at.payments)}, p50`, 'ms', at[question].p50),
      one(`${ASKED[question]}, ${sized(at.payments)}, p99`, 'ms', at[question].p99),
    ]),
  );

/** Medians are compared: at p99 a single pause of the machine would decide. */
const grown = (question: Question, least: Visit, most: Visit): Goal =>
  atMost(
    `${question}: p50 at ${sized(most.payments)} ÷ at ${sized(least.payments)}`,
    most[question].p50 / least[question].p50,
    1.5,
  );

const quick = (question: Question, { payments, ...at }: Visit): Goal =>
  atMost(`${question}: p99 at ${sized(payments)}`, at[question].p99, 5, 'ms');

const HOW =
  'One request after the other over one connection, through HTTP, authentication and, for students, the record of the look; students at random.';

export const totals: Measure = {
  id: 'B6',
  says: 'annual totals from kept figures, as the ledger grows',
  async run(options) {
    const visited = await visits(options);
    const [least, most] = ends(visited);
    return {
      figures: [
        ...latencyFigures(visited, ['totals']),
        ...visited.map((at) =>
          one(`the same sum by SQL over the register, ${sized(at.payments)}`, 'ms', at.sumByQuery),
        ),
      ],
      goals: [
        quick('totals', most),
        grown('totals', least, most),
        {
          says: `SUM … GROUP BY over the register ÷ totals, at ${sized(most.payments)}`,
          value: most.sumByQuery / most.totals.p50,
          limit: 100,
          bound: 'at-least',
        },
      ],
      remarks: [HOW, 'The sum by SQL has neither persons nor person-times nor HTTP.'],
    };
  },
};

export const student: Measure = {
  id: 'B7',
  says: 'entitlements and history of one student, as the ledger grows',
  async run(options) {
    const visited = await visits(options);
    const [least, most] = ends(visited);
    return {
      figures: latencyFigures(visited, ['entitlements', 'entitlementsAgain', 'history', 'historyAgain']),
      goals: (['entitlements', 'history'] as const).flatMap((question) => [
        quick(question, most),
        grown(question, least, most),
      ]),
      remarks: [HOW],
    };
  },
};

export const opening: Measure = {
  id: 'B8',
  says: 'opening a filled ledger, and its memory',
  async run(options) {
    const [, most] = ends(await visits(options));
    const events = `${most.events.toLocaleString('en')} events`;
    return {
      figures: [
        { name: 'start to first answer, empty ledger', unit: 'ms', rounds: most.openedEmpty },
        { name: `start to first answer, ${events}`, unit: 'ms', rounds: most.opened },
        one(`resident memory, idle, ${events}`, 'MiB', most.idle),
        one(`resident memory after the work of B6, B7 and recording, ${events}`, 'MiB', most.working),
      ],
      goals: [
        atMost(`start to first answer at ${events}`, median(most.opened), 1000, 'ms'),
        atMost('resident memory, idle', most.idle, 200, 'MiB'),
        atMost('resident memory after work', most.working, 512, 'MiB'),
      ],
      remarks: [
        'The goal is for 1,000,000 events; an empty ledger shows what Node.js, the framework and the code take by themselves.',
      ],
    };
  },
};

const spread = ({ p50, p99 }: Latency): string => `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`;

export const growth: Measure = {
  id: 'growth',
  says: 'the same ledger at several sizes',
  async run(options) {
    const visited = await visits(options);
    const lines = (['recording', 'entitlements', 'history', 'totals'] as const).map((question) => ({
      name: NAMES[question],
      points: visited.map((at): [number, number] => [at.payments, at[question].p50]),
    }));
    writeFileSync(CHART, chart('台账增长时的应答时间 Latency as the ledger grows (p50)', '笔 payments', 'ms', lines));
    return {
      figures: visited.flatMap((at) => [
        one(`bytes a payment, ${sized(at.payments)}`, 'bytes', at.bytes),
        one(`rebuild, ${sized(at.payments)}`, 'events/s', rebuiltCopy(at.payments, options.told)),
        one(`memory, idle, ${sized(at.payments)}`, 'MiB', at.idle),
      ]),
      goals: [],
      remarks: visited.map(
        (at) =>
          `${sized(at.payments)}, p50 / p99: recording ${spread(at.recording)}, entitlements ${spread(at.entitlements)}, history ${spread(at.history)}, totals ${spread(at.totals)}.`,
      ),
    };
  },
};

const NAMES = {
  recording: '记录 recording',
  entitlements: '应发 entitlements',
  history: '历史 history',
  totals: '统计 totals',
} as const;
