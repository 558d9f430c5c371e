// R3: reads, writes, syncs and opens fail (EIO, ENOSPC): nothing is answered with success that is not in the log.
import { readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { newDirectory } from '../support/service.js';
import { Chance, SEED } from './chance.js';
import { inspect } from './inspection.js';
import { testWith } from '../support/missing.js';
import { canFailCalls, canTrace, printFigures } from './tools.js';
import { runWriter, type Said, type WriterOrder } from './writing.js';

const RUNS = Number(process.env['AID_FAILING_IO_RUNS'] ?? 60);
const RUNS_OF_EACH = Math.ceil(RUNS / 2);
const CONTROL_RUNS = Math.max(5, Math.ceil(RUNS / 12));
const ROUNDS = 40;
const HOURS = 14_400_000;

const chance = new Chance(SEED);
const testWithStrace = testWith(canTrace(), 'strace, or the right to trace');
const testWithFiu = testWith(canFailCalls(), 'fiu-run of fiu-utils');

/** How a run fails: what the writer is told, what it runs through, and how many faults it met, if that is known. */
interface Fault {
  order: Partial<WriterOrder>;
  through: string[];
  met: () => number | undefined;
}

interface Figures {
  runs: number;
  /** Runs in which the log refused, failed or could not be opened. */
  struck: number;
  /** Runs with a fault that the log bore: no answer depended on the call. */
  bore: number;
  /** How the runs ended. */
  stopped: number;
  unopened: number;
  'went on after 507': number;
  acknowledged: number;
  /** Acknowledged and not in the log. */
  lost: number;
  /** Refused and yet in the log. */
  'refused yet there': number;
  broken: number;
  /** Runs that ended in no known way, or failed without ending. */
  odd: string[];
}

const none = (): Figures => ({
  runs: 0,
  struck: 0,
  bore: 0,
  stopped: 0,
  unopened: 0,
  'went on after 507': 0,
  acknowledged: 0,
  lost: 0,
  'refused yet there': 0,
  broken: 0,
  odd: [],
});

const WHOLE = { lost: 0, 'refused yet there': 0, broken: 0, odd: [] };

testWithStrace(
  `${RUNS_OF_EACH} writers whose n-th call fails answer with success only what is in the log`,
  async () => {
    const figures = await sufferOften(RUNS_OF_EACH, nthCallFails);
    printFigures('R3 n-th call fails (strace)', { ...figures, seed: SEED });
    expect(figures).toMatchObject(WHOLE);
    expect(figures.struck + figures.bore).toBeGreaterThan(RUNS_OF_EACH * 0.5);
    expect(figures.struck).toBeGreaterThan(RUNS_OF_EACH * 0.25);
  },
  HOURS,
);

testWithFiu(
  `${RUNS_OF_EACH} writers whose calls fail at random answer with success only what is in the log`,
  async () => {
    const figures = await sufferOften(RUNS_OF_EACH, callsFailAtRandom);
    printFigures('R3 calls fail at random (fiu)', { ...figures, seed: SEED });
    expect(figures).toMatchObject(WHOLE);
    expect(figures.struck).toBeGreaterThan(RUNS_OF_EACH * 0.25);
  },
  HOURS,
);

testWithFiu(
  'once no sync succeeds nothing is acknowledged and the writer stops; control: it must not sync to go on',
  async () => {
    const honest = await acknowledgedWithoutSync({});
    const control = await acknowledgedWithoutSync({ synchronous: 'off' });
    printFigures('R3 no sync succeeds (fiu)', {
      runs: honest.length,
      'acknowledged after': sum(honest),
      'by the control': sum(control),
    });
    expect(sum(honest)).toBe(0);
    expect(Math.min(...control)).toBeGreaterThan(0);
  },
  HOURS,
);

testWithFiu(
  'control: a writer that acknowledges before it writes is found out',
  async () => {
    const dishonestly = (directory: string): Fault => {
      const fault = fiu(directory, [`enable name=posix/io/rw/pwrite,failinfo=${EIO}`]);
      return { ...fault, order: { ...fault.order, dishonest: true } };
    };
    const found: number[] = [];
    for (let run = 0; run < CONTROL_RUNS; run++) found.push((await sufferOne(none(), dishonestly)).lost);
    printFigures('R3 control, a dishonest writer', { runs: found.length, 'found out': found.filter(Boolean).length });
    expect(Math.min(...found)).toBeGreaterThan(0);
  },
  HOURS,
);

const sum = (counts: readonly number[]): number => counts.reduce((total, one) => total + one, 0);

/** After a failed sync the events may be in the file and yet not on the disk: to acknowledge them would be to lie. */
async function acknowledgedWithoutSync(how: Partial<WriterOrder>): Promise<number[]> {
  const counts: number[] = [];
  for (let run = 0; run < CONTROL_RUNS; run++) {
    const directory = newDirectory();
    const { order, through } = fiu(directory, [`enable name=posix/io/sync/*,failinfo=${EIO}`]);
    const file = join(directory, 'ledger.db');
    const said = await runWriter({ file, run: 'f', rounds: ROUNDS, ...order, ...how }, through);
    expect(said.exitCode).toBe(how.synchronous ? DONE : LOG_FAILED);
    counts.push(said.acknowledged.length - (said.beforeFaults ?? said.acknowledged.length));
    rmSync(directory, { recursive: true, force: true });
  }
  return counts;
}

async function sufferOften(runs: number, fault: (directory: string) => Fault): Promise<Figures> {
  const figures = none();
  while (figures.runs < runs) await sufferOne(figures, fault);
  return figures;
}

async function sufferOne(figures: Figures, drawFault: (directory: string) => Fault): Promise<Figures> {
  const directory = realpathSync(newDirectory());
  const file = join(directory, 'ledger.db');
  const fault = drawFault(directory);
  const order = {
    file,
    run: 'f',
    rounds: ROUNDS,
    checkpointPages: 15,
    checkpointEveryMs: 5,
    reopenEvery: 25,
    ...fault.order,
  };
  const said = await runWriter(order, fault.through);
  const { broken, lost, refusedYetThere } = await inspect(file, said.acknowledged, said.full);
  figures.runs++;
  figures.acknowledged += said.acknowledged.length;
  figures.lost += lost.length;
  figures['refused yet there'] += refusedYetThere.length;
  if (broken !== undefined) figures.broken++;
  count(figures, said, fault.met() ?? 0);
  rmSync(directory, { recursive: true, force: true });
  return figures;
}

const DONE = 0;
const LOG_FAILED = 70;
const CANNOT_OPEN = 78;

/** Each run ends in one of these ways: it bore the fault, refused for want of room and went on, or stopped. */
function count(figures: Figures, said: Said, met: number): void {
  const { exitCode, failures, full } = said;
  if (failures.length > 0 || full.length > 0) figures.struck++;
  else if (met > 0) figures.bore++;
  if (exitCode === LOG_FAILED && failures.length === 1) figures.stopped++;
  else if (exitCode === CANNOT_OPEN && failures.length === 1) figures.unopened++;
  else if (exitCode === DONE && failures.length === 0) figures['went on after 507'] += Math.sign(full.length);
  else figures.odd.push(JSON.stringify({ ...said, acknowledged: said.acknowledged.length }));
}

/** Calls by what they do, how often the writer makes them, and how they may fail. */
const CALLS = [
  { calls: 'pwrite64,write', most: 700, errors: ['EIO', 'ENOSPC'] },
  { calls: 'fsync,fdatasync', most: 60, errors: ['EIO', 'ENOSPC'] },
  { calls: 'openat', most: 12, errors: ['EIO', 'ENOSPC', 'EMFILE'] },
  { calls: 'ftruncate', most: 4, errors: ['EIO', 'ENOSPC'] },
  { calls: 'pread64,read', most: 60, errors: ['EIO'] },
  { calls: 'unlink', most: 3, errors: ['EIO'] },
];

/** strace answers the n-th such call on the files of the log with an error; sometimes every later one too. */
function nthCallFails(directory: string): Fault {
  const { calls, most, errors } = chance.pick(CALLS);
  const from = `${1 + chance.below(most)}${chance.pick(['', '', '+'])}`;
  const error = chance.pick(errors);
  const trace = join(directory, 'trace');
  const files = ['', '/ledger.db', '/ledger.db-wal', '/ledger.db-shm', '/ledger.db-journal'];
  const only = files.flatMap((name) => ['-P', directory + name]);
  const inject = ['-e', `trace=${calls}`, '-e', `inject=${calls}:error=${error}:when=${from}`];
  return {
    order: {},
    through: ['strace', '-o', trace, ...only, ...inject],
    met: () => readFileSync(trace, 'latin1').split('(INJECTED)').length - 1,
  };
}

const POINTS = [
  'posix/io/rw/pwrite',
  'posix/io/rw/pwrite/reduce',
  'posix/io/rw/pread',
  'posix/io/rw/ftruncate',
  'posix/io/sync/fsync',
  'posix/io/sync/fdatasync',
  'posix/io/oc/open',
  'posix/io/dir/unlink',
];

const EIO = 5;
const ENOSPC = 28;

/** libfiu fails some calls by chance, from some round on: before that Node would not load its own files. */
function callsFailAtRandom(directory: string): Fault {
  const probability = chance.pick([0.003, 0.02, 0.1, 0.5]);
  const reasons = POINTS.filter(() => chance.happens(0.5)).map((name) => {
    const error = /pwrite$|ftruncate$|open$/.test(name) ? chance.pick([EIO, ENOSPC]) : EIO;
    return `enable_random name=${name},probability=${probability},failinfo=${error}`;
  });
  return fiu(directory, reasons);
}

function fiu(directory: string, commands: string[]): Fault {
  const atRound = 1 + chance.below(ROUNDS);
  const through = ['fiu-run', '-x', '-f', join(directory, 'fiu')];
  return { order: { arm: { atRound, commands } }, through, met: () => undefined };
}
