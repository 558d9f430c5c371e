// What a process did to one directory, read from the trace of its system calls (`strace -xx`), in order.
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Disk, Inode } from './disk.js';

/** Everything that changes a file, a directory or what is synced, and what the process says on its output. */
const CALLS =
  'openat,open,creat,close,dup,dup2,dup3,write,pwrite64,writev,pwritev,pwritev2,lseek,ftruncate,truncate,fallocate,' +
  'fsync,fdatasync,sync_file_range,msync,unlink,unlinkat,rename,renameat,renameat2,link,linkat';

/**
 * All threads are traced. That nothing else writes the files is seen at the end, when the replayed files must be those
 * on the disk.
 */
export const stracing = (trace: string): string[] => [
  'strace',
  '-f',
  '-o',
  trace,
  '-xx',
  '-s',
  '1000000',
  '-e',
  `trace=${CALLS}`,
];

export interface Call {
  thread: string;
  name: string;
  /** As printed, strings in hex. */
  args: string;
  result: number;
}

const [LINE, BEGUN, ENDED] = [/^(\d+) +(.*)$/, / <unfinished \.\.\.>$/, /^<\.\.\. \w+ resumed>/];
const CALL = /^(\w+)\((.*)\)\s+= (-?\d+)/;

/**
 * The calls that succeeded, from the first that names the directory. Where another thread made a call meanwhile, a sync
 * counts as of its beginning, since what is written during it may not be covered, and so does a close, whose number
 * may be given again before it ends. Everything else counts as of its end.
 */
export function readTrace(trace: string, directory: string): Call[] {
  const lines = readFileSync(trace, 'latin1').split('\n');
  const named = Buffer.from(directory).toString('hex').replaceAll(/../g, '\\x$&');
  const first = lines.findIndex((line) => line.includes(named));
  return wholeLines(lines.slice(Math.max(0, first))).flatMap(readCall);
}

interface Line {
  thread: string;
  text: string;
}

/** Lines that were cut in two by another thread's are put together. */
function wholeLines(lines: readonly string[]): Line[] {
  const whole: Line[] = [];
  const begun = new Map<string, { text: string; place: number }>();
  for (const line of lines) {
    const [, thread = '', text = ''] = LINE.exec(line) ?? [];
    if (BEGUN.test(text)) {
      begun.set(thread, { text: text.replace(BEGUN, ''), place: whole.push({ thread, text: '' }) - 1 });
      continue;
    }
    const beginning = ENDED.test(text) ? begun.get(thread) : undefined;
    const call = { thread, text: (beginning?.text ?? '') + text.replace(ENDED, '') };
    if (beginning && AS_BEGUN.test(call.text)) whole[beginning.place] = call;
    else whole.push(call);
  }
  return whole;
}

function readCall({ thread, text }: Line): Call[] {
  const [, name, args, result] = CALL.exec(text) ?? [];
  if (name === undefined || args === undefined || Number(result) < 0) return [];
  return [{ thread, name, args, result: Number(result) }];
}

/** The strings among the arguments, and the arguments with these left out. */
function strings(args: string): { texts: Buffer[]; rest: string } {
  const parts = args.split('"');
  if (parts.some((part) => part.startsWith('...'))) throw new Error('strace cut a string short');
  const texts = parts.filter((_, index) => index % 2 === 1).map((hex) => Buffer.from(hex.replaceAll('\\x', ''), 'hex'));
  return { texts, rest: parts.filter((_, index) => index % 2 === 0).join('') };
}

const numbers = (rest: string): number[] => (rest.match(/-?\d+/g) ?? []).map(Number);

interface OpenFile {
  kind: 'file';
  inode: Inode;
  offset: number;
}

type Target = OpenFile | { kind: 'directory' };

/** Makes the traced calls on a simulated disk, one at a time. */
export class Replay {
  private readonly open = new Map<number, Target>();

  constructor(
    private readonly directory: string,
    readonly disk: Disk,
    /** Told of each line that the process said. */
    private readonly hear: (line: string) => void,
  ) {}

  step({ name, args, result }: Call): void {
    const { texts, rest } = strings(args);
    const [text = Buffer.alloc(0), second = Buffer.alloc(0)] = texts;
    const [descriptor = -1, ...further] = numbers(rest);
    if (name === 'openat' || name === 'open') this.opened(text.toString(), rest, result);
    else if (name === 'unlink') this.unlinked(text.toString());
    else if (name === 'rename') this.renamed(text.toString(), second.toString());
    else if (name === 'write' && descriptor === 1) this.said(text.subarray(0, result));
    else if (name === 'close') this.open.delete(descriptor);
    else if (this.open.has(descriptor)) this.changed(name, descriptor, text.subarray(0, result), further, result);
    else if (NAMING.has(name)) throw new Error(`cannot replay ${name}`);
  }

  private said(bytes: Buffer): void {
    for (const line of bytes.toString().trimEnd().split('\n')) this.hear(line);
  }

  private nameIn(path: string): string | undefined {
    // The index of the write-ahead log is shared memory, made anew after a crash: it is no part of the disk.
    return dirname(path) === this.directory && !path.endsWith('-shm') ? basename(path) : undefined;
  }

  private opened(path: string, flags: string, descriptor: number): void {
    this.open.delete(descriptor);
    if (path === this.directory) this.open.set(descriptor, { kind: 'directory' });
    const name = this.nameIn(path);
    if (name === undefined) return;
    const inode = this.disk.find(name) ?? this.disk.create(name);
    if (flags.includes('O_TRUNC')) inode.change({ size: 0 });
    this.open.set(descriptor, { kind: 'file', inode, offset: 0 });
  }

  private unlinked(path: string): void {
    const name = this.nameIn(path);
    if (name !== undefined) this.disk.unlink(name);
  }

  private renamed(from: string, to: string): void {
    const [name, newName] = [this.nameIn(from), this.nameIn(to)];
    if (name !== undefined && newName !== undefined) this.disk.rename(name, newName);
    else if (name !== undefined || newName !== undefined) throw new Error(`cannot replay a rename of ${from} to ${to}`);
  }

  private changed(call: string, descriptor: number, bytes: Buffer, further: number[], result: number): void {
    const target = this.open.get(descriptor);
    if (target?.kind === 'file') onFile(call, target, bytes, further, result);
    else if (SYNCS.includes(call)) this.disk.syncEntries();
    else throw new Error(`cannot replay ${call} of a directory`);
  }
}

export const SYNCS: readonly string[] = ['fsync', 'fdatasync'];

const AS_BEGUN = new RegExp(`^(${SYNCS.join('|')}|close)\\(`);

/** Calls that name a file and are not modelled: the driver does not make them. */
const NAMING = new Set(['creat', 'truncate', 'unlinkat', 'renameat', 'renameat2', 'link', 'linkat']);

function onFile(call: string, file: OpenFile, bytes: Buffer, [first = 0, second = 0]: number[], result: number): void {
  if (SYNCS.includes(call)) file.inode.sync();
  else if (call === 'pwrite64') file.inode.change({ at: second, bytes });
  else if (call === 'ftruncate') file.inode.change({ size: first });
  else if (call === 'lseek') file.offset = result;
  else if (call === 'write') {
    file.inode.change({ at: file.offset, bytes });
    file.offset += bytes.length;
  } else throw new Error(`cannot replay ${call} of a file`);
}
