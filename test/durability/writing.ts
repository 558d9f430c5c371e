// Runs the writer process and reads what it says.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const WRITER = join(import.meta.dirname, 'writer.mjs');
const BUILT = join(import.meta.dirname, '../../dist/event-store/sqlite/sqlite-event-store.js');

export interface WriterOrder {
  file: string;
  /** Begins the ids and streams of this run. */
  run: string;
  /** How many groups of appends before it ends; without it the writer goes on until it is stopped. */
  rounds?: number;
  /** Most callers in one group commit. */
  crowd?: number;
  /** Most bytes in a common payload; one in ten may be five times as large. */
  largest?: number;
  /** Rounds after which the log is closed and opened again. */
  reopenEvery?: number;
  checkpointPages?: number;
  /** How often the thread beside the writer brings the log into the file. */
  checkpointEveryMs?: number;
  /** For a control: ends without waiting for the thread. */
  heedless?: boolean;
  synchronous?: 'normal' | 'off';
  /** For a control: acknowledges before it writes. */
  dishonest?: boolean;
  /** Commands to libfiu, given at a round. */
  arm?: { atRound: number; commands: string[] };
}

export interface Acknowledged {
  position: number;
  hash: string;
  id: string;
}

/** What a writer said until it ended. */
export interface Said {
  ready: boolean;
  acknowledged: Acknowledged[];
  /** How many were acknowledged when calls began to fail. */
  beforeFaults: number | undefined;
  /** Ids that were refused because the disk was full. */
  full: string[];
  /** Lines that tell of a failure. */
  failures: string[];
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

export interface Writing {
  child: ChildProcess;
  said: Said;
  ended: Promise<Said>;
}

/** `through`: a command that runs the writer, such as strace with its options. */
export function startWriter(order: WriterOrder, through: readonly string[] = []): Writing {
  if (!existsSync(BUILT)) throw new Error('the writer runs on dist/: run `npm run build` first');
  const line = [...through, process.execPath, WRITER, JSON.stringify(order)];
  const child = spawn(line[0] ?? '', line.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
  const said = silence();
  return { child, said, ended: listen(child, said) };
}

export const silence = (): Said => ({
  ready: false,
  acknowledged: [],
  beforeFaults: undefined,
  full: [],
  failures: [],
  exitCode: null,
  signal: null,
});

export const runWriter = (order: WriterOrder, through: readonly string[] = []): Promise<Said> =>
  startWriter(order, through).ended;

async function listen(child: ChildProcess, said: Said): Promise<Said> {
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => hear(line, said));
  const [exitCode, signal] = await closed;
  return Object.assign(said, { exitCode, signal });
}

export function hear(line: string, said: Said): void {
  const [word = '', ...rest] = line.split(' ');
  if (word === 'ready') said.ready = true;
  else if (word === 'armed') said.beforeFaults = said.acknowledged.length;
  else if (word === 'full') said.full.push(rest[0] ?? '');
  else if (word === 'ack' && rest.length === 3) said.acknowledged.push(readAcknowledged(rest));
  else if (word !== 'ack') said.failures.push(line);
}

export const readAcknowledged = ([position, hash = '', id = '']: string[]): Acknowledged => ({
  position: Number(position),
  hash,
  id,
});
