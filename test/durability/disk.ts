// A disk as a power cut finds it: of what was not synced yet, each part may be lost, kept, torn or scrambled.
import { randomBytes } from 'node:crypto';
import type { Chance } from './chance.js';

const SECTOR = 512;
const PAGE = 4096;

type Change = { at: number; bytes: Buffer } | { size: number };

/** What becomes of the changes that no sync has covered; drawn once for each power cut. */
interface Fate {
  /** Share of the changes that reached the disk whole. */
  kept: number;
  /** Share of the others of which some sectors reached it. */
  torn: number;
  /** In sectors of the disk or in pages of the cache. */
  unit: number;
  /** Share of the lost units that hold noise in place of the old bytes. */
  scrambled: number;
  /** The disk wrote in order: changes are kept up to one, which is torn, and lost after it. */
  inOrder: boolean;
}

const drawFate = (chance: Chance): Fate => ({
  kept: chance.pick([0, 0.1, 0.5, 0.9, 1, chance.next()]),
  torn: chance.pick([0, 0, 0.5, 1]),
  unit: chance.pick([SECTOR, PAGE]),
  scrambled: chance.pick([0, 0, 0, 0.3]),
  inOrder: chance.happens(0.4),
});

/** The bytes of a file and its size; grows as it is written. */
class Bytes {
  private space: Buffer;
  private size: number;

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.space = Buffer.from(bytes);
    this.size = bytes.length;
  }

  get view(): Buffer {
    return this.space.subarray(0, this.size);
  }

  make(change: Change): void {
    if ('size' in change) this.resize(change.size);
    else this.write(change.at, change.bytes);
  }

  write(at: number, bytes: Buffer): void {
    this.resize(Math.max(this.size, at + bytes.length));
    bytes.copy(this.space, at);
  }

  resize(size: number): void {
    if (size > this.space.length) {
      const space = Buffer.alloc(Math.max(size, this.space.length * 2));
      this.view.copy(space);
      this.space = space;
    }
    this.space.fill(0, Math.min(size, this.size), this.size);
    this.size = size;
  }
}

/** A file by itself, whatever its names. */
export class Inode {
  private readonly synced: Bytes;
  private unsynced: Change[] = [];

  constructor(bytes?: Buffer) {
    this.synced = new Bytes(bytes);
  }

  change(change: Change): void {
    this.unsynced.push(change);
  }

  sync(): void {
    for (const change of this.unsynced) this.synced.make(change);
    this.unsynced = [];
  }

  /** What every process sees while the power is on. */
  get seen(): Buffer {
    return this.after((bytes, change) => bytes.make(change));
  }

  cut(fate: Fate, chance: Chance): Buffer {
    const firstLost = chance.below(this.unsynced.length + 1);
    return this.after((bytes, change, index) => {
      const keeps = fate.inOrder ? index < firstLost : chance.happens(fate.kept);
      const tears = fate.inOrder ? index === firstLost : chance.happens(fate.torn);
      if (keeps) bytes.make(change);
      else if ('at' in change && (tears || fate.scrambled > 0)) tear(bytes, change, tears ? 0.5 : 0, fate, chance);
    });
  }

  private after(suffer: (bytes: Bytes, change: Change, index: number) => void): Buffer {
    const bytes = new Bytes(this.synced.view);
    this.unsynced.forEach((change, index) => suffer(bytes, change, index));
    return bytes.view;
  }
}

/** Of one write some units are kept, at their places on the disk; where a unit after a lost one is kept, zeros stand. */
function tear(file: Bytes, { at, bytes }: { at: number; bytes: Buffer }, kept: number, fate: Fate, chance: Chance) {
  for (let from = 0, to; from < bytes.length; from = to) {
    to = Math.min(bytes.length, (Math.floor((at + from) / fate.unit) + 1) * fate.unit - at);
    if (chance.happens(kept)) file.write(at + from, bytes.subarray(from, to));
    else if (chance.happens(fate.scrambled)) file.write(at + from, noise(to - from, chance));
  }
}

const NOISE = randomBytes(16 * PAGE);

const noise = (length: number, chance: Chance): Buffer => {
  const from = chance.below(NOISE.length - length);
  return NOISE.subarray(from, from + length);
};

type Entry = [name: string, inode: Inode | undefined];

/** One directory. Its entries are durable when the directory is synced, its files' bytes when the file is. */
export class Disk {
  private readonly entries = new Map<string, Inode>();
  private readonly syncedEntries = new Map<string, Inode>();
  private unsyncedEntries: Entry[][] = [];

  constructor(files: ReadonlyMap<string, Buffer> = new Map()) {
    for (const [name, bytes] of files) this.entries.set(name, new Inode(bytes));
    this.syncedEntries = new Map(this.entries);
  }

  find(name: string): Inode | undefined {
    return this.entries.get(name);
  }

  create(name: string): Inode {
    const inode = new Inode();
    this.enter([[name, inode]]);
    return inode;
  }

  unlink(name: string): void {
    this.enter([[name, undefined]]);
  }

  rename(from: string, to: string): void {
    this.enter([
      [from, undefined],
      [to, this.entries.get(from)],
    ]);
  }

  private enter(together: Entry[]): void {
    this.unsyncedEntries.push(together);
    apply(this.entries, together);
  }

  syncEntries(): void {
    for (const together of this.unsyncedEntries) apply(this.syncedEntries, together);
    this.unsyncedEntries = [];
  }

  get seen(): Map<string, Buffer> {
    return new Map([...this.entries].map(([name, inode]) => [name, inode.seen]));
  }

  /** The files after a power cut at this moment. Entries are kept up to one, or each by itself. */
  cut(chance: Chance): Map<string, Buffer> {
    const fate = drawFate(chance);
    const entries = new Map(this.syncedEntries);
    const firstLost = chance.below(this.unsyncedEntries.length + 1);
    this.unsyncedEntries.forEach((together, index) => {
      const keeps = fate.inOrder ? index < firstLost : chance.happens(fate.kept);
      if (keeps) apply(entries, together);
    });
    return new Map([...entries].map(([name, inode]) => [name, inode.cut(fate, chance)]));
  }
}

function apply(entries: Map<string, Inode>, together: readonly Entry[]): void {
  for (const [name, inode] of together) {
    if (inode) entries.set(name, inode);
    else entries.delete(name);
  }
}
