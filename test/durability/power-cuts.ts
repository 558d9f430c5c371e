// Records what a writer does to its disk, then cuts the power at random moments of it and judges what is left.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Chance } from './chance.js';
import { Disk } from './disk.js';
import { inspect } from './inspection.js';
import { readTrace, Replay, stracing, type Call } from './trace.js';
import { hear, runWriter, silence, type Acknowledged, type WriterOrder } from './writing.js';

/** Several writers, however few the states; not too many, since each is slow to trace. */
const LEAST_TRACES = 5;
const MOST_STATES_OF_ONE_TRACE = 500;
/** A log that grew over several power cuts takes longer to read. */
const MOST_EVENTS = 1000;

export interface Figures {
  states: number;
  traces: number;
  calls: number;
  /** Of these, changes of files by the thread beside the writer. */
  beside: number;
  acknowledged: number;
  /** States in which an acknowledged event was lost. */
  losing: number;
  /** States that did not open, did not verify or took no further event. */
  broken: number;
}

/** How the writer or the disk is dishonest, for a control. */
export interface Dishonesty {
  synchronous?: 'normal';
  /** Calls that the disk answers and does not carry out. */
  ignored?: readonly string[];
}

/** What a later writer may begin with: the files that a power cut left, and what was acknowledged until then. */
interface Left {
  files: ReadonlyMap<string, Buffer>;
  acknowledged: readonly Acknowledged[];
}

const NOTHING: Left = { files: new Map(), acknowledged: [] };

interface Traced {
  directory: string;
  calls: Call[];
  began: Left;
}

export class PowerCuts {
  readonly figures: Figures = { states: 0, traces: 0, calls: 0, beside: 0, acknowledged: 0, losing: 0, broken: 0 };
  /** A copy of the files of the first state that was not as it should be. */
  evidence: string | undefined;

  constructor(
    private readonly scratch: string,
    private readonly chance: Chance,
    private readonly dishonesty?: Dishonesty,
  ) {}

  async suffer(states: number): Promise<Figures> {
    const ofOneTrace = Math.min(MOST_STATES_OF_ONE_TRACE, Math.ceil(states / LEAST_TRACES));
    let left = NOTHING;
    while (this.figures.states < states) {
      const traced = await this.trace(left);
      const cuts = Math.min(ofOneTrace, states - this.figures.states);
      const last = await this.replay(traced, cuts);
      rmSync(traced.directory, { recursive: true });
      // Half the writers begin with what a power cut left to another one, and recover it under the next power cut.
      const goesOn = !this.dishonesty && last.acknowledged.length < MOST_EVENTS && this.chance.happens(0.5);
      left = goesOn ? last : NOTHING;
    }
    return this.figures;
  }

  private async trace(began: Left): Promise<Traced> {
    const run = `t${++this.figures.traces}`;
    const directory = join(this.scratch, run);
    const trace = join(this.scratch, `${run}.strace`);
    put(began.files, directory);
    const said = await runWriter(this.order(join(directory, 'ledger.db'), run), stracing(trace));
    expect(said).toMatchObject({ exitCode: 0, failures: [], full: [] });
    const calls = readTrace(trace, directory);
    rmSync(trace);
    this.figures.calls += calls.length;
    this.figures.beside += calls.filter(
      ({ thread, name }) => thread !== calls[0]?.thread && name === 'pwrite64',
    ).length;
    this.figures.acknowledged += said.acknowledged.length;
    return { directory, calls, began };
  }

  private order(file: string, run: string): WriterOrder {
    const { synchronous } = this.dishonesty ?? {};
    const order = { file, run, rounds: 60, crowd: 5, largest: 1200 };
    return synchronous ? { ...order, synchronous } : { ...order, ...this.drawPace() };
  }

  /** Mostly a checkpoint every few commits, by the commit or beside it, so that there are many; else the store's own pace. */
  private drawPace(): Pick<WriterOrder, 'checkpointPages' | 'checkpointEveryMs' | 'reopenEvery'> {
    const { chance } = this;
    return {
      ...(chance.happens(0.7) && { checkpointPages: chance.pick([5, 20, 60]) }),
      ...(chance.happens(0.5) && { checkpointEveryMs: chance.pick([1, 10, 50]) }),
      ...(chance.happens(0.5) && { reopenEvery: 25 }),
    };
  }

  /** Makes the calls one after another, cuts the power between them, and gives the files of one of the cuts. */
  private async replay({ directory, calls, began }: Traced, cuts: number): Promise<Left> {
    const { chance, dishonesty } = this;
    const said = silence();
    const replay = new Replay(directory, new Disk(began.files), (line) => hear(line, said));
    const moments = Array.from({ length: cuts }, () => chance.below(calls.length)).sort((a, b) => a - b);
    const kept = moments[chance.below(cuts)];
    let left = NOTHING;
    for (const [index, call] of calls.entries()) {
      if (!dishonesty?.ignored?.includes(call.name)) replay.step(call);
      for (; moments[0] === index; moments.shift()) {
        const after = { files: replay.disk.cut(chance), acknowledged: [...began.acknowledged, ...said.acknowledged] };
        await this.judge(after);
        if (index === kept) left = after;
      }
    }
    if (!dishonesty?.ignored) expectSame(replay.disk.seen, filesIn(directory));
    return left;
  }

  private async judge({ files, acknowledged }: Left): Promise<void> {
    const directory = join(this.scratch, `cut-${++this.figures.states}`);
    put(files, directory);
    const { broken, lost } = await inspect(join(directory, 'ledger.db'), acknowledged);
    if (broken !== undefined) this.figures.broken++;
    else if (lost.length > 0) this.figures.losing++;
    if ((broken !== undefined || lost.length > 0) && !this.dishonesty) this.keep(files, { broken, lost });
    rmSync(directory, { recursive: true });
  }

  private keep(files: ReadonlyMap<string, Buffer>, found: object): void {
    if (this.evidence !== undefined) return;
    this.evidence = mkdtempSync(join(tmpdir(), 'aid-power-cut-'));
    put(files, this.evidence);
    writeFileSync(join(this.evidence, 'found.json'), JSON.stringify(found));
  }
}

function put(files: ReadonlyMap<string, Buffer>, directory: string): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, bytes] of files) writeFileSync(join(directory, name), bytes);
}

const filesIn = (directory: string): Map<string, Buffer> =>
  new Map(
    readdirSync(directory)
      .filter((name) => !name.endsWith('-shm'))
      .map((name) => [name, readFileSync(join(directory, name))]),
  );

/** The trace is whole: made again from its beginning to its end it gives the very files that the writer left. */
function expectSame(replayed: ReadonlyMap<string, Buffer>, real: ReadonlyMap<string, Buffer>): void {
  expect([...replayed.keys()].sort()).toEqual([...real.keys()].sort());
  for (const [name, bytes] of real) expect([name, replayed.get(name)?.equals(bytes)]).toEqual([name, true]);
}
