// B5: building every view anew, against reading the same log and parsing it.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readAll } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { inTurns, medianOf, type Measure, type RunOptions } from '../measure.js';
import { copyOf, filledWith } from './filled.js';

const REBUILD = 'rebuild of all views';
const READING = 'reading and parsing the log';

/** Events a second, as `aid-ledger rebuild` says; it also says whether the views were equal before and after. */
function rebuilt(directory: string): number {
  const store = `sqlite:${join(directory, 'ledger.db')}`;
  const said = execFileSync(process.execPath, ['dist/cli.js', 'rebuild', '--store', store], {
    env: { PATH: process.env['PATH'] },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [, rate] = /(\d+) events\/s/.exec(said) ?? [];
  if (rate === undefined || !said.includes('一致')) throw new Error(`the rebuild said ${said}`);
  return Number(rate);
}

/** The same of a ledger that is kept as it is. */
export function rebuiltCopy(payments: number, told: (text: string) => void): number {
  const { directory, remove } = copyOf(filledWith(payments, told));
  try {
    told(`rebuilding ${payments} payments`);
    return rebuilt(directory);
  } finally {
    remove();
  }
}

async function readThrough(directory: string): Promise<number> {
  const store = new SqliteEventStore(join(directory, 'ledger.db'), { readOnly: true });
  const started = performance.now();
  let events = 0;
  for await (const batch of readAll(store)) {
    for (const { payload } of batch) JSON.parse(payload);
    events += batch.length;
  }
  const rate = events / ((performance.now() - started) / 1000);
  const { position } = await store.head();
  await store.close();
  if (events !== position) throw new Error(`${events} events of ${position} were read`);
  return rate;
}

async function run({ rounds, sizes, told }: RunOptions) {
  const payments = Math.min(...sizes);
  const { directory, remove } = copyOf(filledWith(payments, told));
  try {
    const contenders = [
      { name: REBUILD, round: async () => rebuilt(directory) },
      { name: READING, round: () => readThrough(directory) },
    ];
    const figures = await inTurns(contenders, rounds, 'events/s');
    const value = medianOf(figures, REBUILD) / medianOf(figures, READING);
    return {
      figures,
      goals: [{ says: `${REBUILD} ÷ ${READING}`, value, limit: 0.5, bound: 'at-least' as const }],
      remarks: [
        `A ledger of ${payments.toLocaleString('en')} payments; the rebuilt views were equal to the live ones.`,
      ],
    };
  } finally {
    remove();
  }
}

export const rebuild: Measure = {
  id: 'B5',
  says: 'building every view anew against reading the log and parsing it',
  run,
};
