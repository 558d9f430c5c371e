// The log of the double: EventStoreDB's rules of appending (IndexWriter.CheckCommit of 23.10), in memory.

/** The revision an append expects of its stream. */
export type Expected = 'any' | 'no-stream' | 'stream-exists' | bigint;

export interface Proposal {
  id: string;
  type: string;
  isJson: boolean;
  data: Uint8Array;
  metadata: Uint8Array;
}

export interface Recorded extends Proposal {
  stream: string;
  revision: bigint;
  /** Commit and prepare position: one number for every event written through gRPC. */
  position: bigint;
  /** Ticks of 100 ns since 1970. */
  created: bigint;
}

export type Outcome =
  { is: 'written'; revision: bigint; position: bigint } | { is: 'wrong-revision'; current: bigint | 'no-stream' };

const NO_STREAM = -1n;
const EPOCH_SIZE = 181n;
/** A record of the statistics before every third append, so that who reads $all unfiltered meets $-streams. */
const APPENDS_PER_STATISTICS = 3;
const STATISTICS = '$stats-127.0.0.1:2113';

const utf8 = new TextEncoder();

function prefixedSize(text: string): number {
  const { length } = utf8.encode(text);
  return length + (length < 128 ? 1 : 2);
}

/** What a prepare record takes in the log, and so the distance of two positions. */
const recordSize = (stream: string, { type, data, metadata }: Proposal): bigint =>
  BigInt(88 + prefixedSize(stream) + prefixedSize(type) + data.length + metadata.length);

const systemEvent = (type: string, content: object): Proposal => ({
  id: crypto.randomUUID(),
  type,
  isJson: true,
  data: utf8.encode(JSON.stringify(content)),
  metadata: new Uint8Array(),
});

export class EventLog {
  /** The log as $all shows it, system events too. */
  readonly events: Recorded[] = [];
  readonly #streams = new Map<string, Recorded[]>();
  /** The server's memory of ids, which a restart empties: without an exact revision nothing else is asked. */
  readonly #places = new Map<string, Recorded>();
  readonly #boundaries = new Set<bigint>();
  readonly #listeners = new Set<() => void>();
  #end = 0n;
  #created = 0n;
  #appends = 0;

  constructor() {
    this.#skip(EPOCH_SIZE);
    this.#record(`$$${STATISTICS}`, systemEvent('$metadata', { $maxAge: 86_400 }));
  }

  stream(name: string): readonly Recorded[] {
    return this.#streams.get(name) ?? [];
  }

  /** Whether a record begins at a position, or the log ends there. */
  isBoundary(position: bigint): boolean {
    return position === this.#end || this.#boundaries.has(position);
  }

  get end(): bigint {
    return this.#end;
  }

  /** The place in `events` of the first at a position or behind it. */
  indexAt(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  onCommit(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  append(stream: string, expected: Expected, proposals: readonly Proposal[]): Outcome {
    const checked = this.#check(stream, expected, proposals);
    return checked === 'new' ? this.#write(stream, proposals) : checked;
  }

  /** What a start of the server leaves: an epoch record nobody sees, and no memory of ids. */
  restarted(): void {
    this.#places.clear();
    this.#skip(EPOCH_SIZE);
  }

  #check(stream: string, expected: Expected, proposals: readonly Proposal[]): Outcome | 'new' {
    const last = this.stream(stream).at(-1)?.revision ?? NO_STREAM;
    const wrong: Outcome = { is: 'wrong-revision', current: last === NO_STREAM ? 'no-stream' : last };
    if (last === NO_STREAM) return expected === 'any' || expected === 'no-stream' ? 'new' : wrong;
    if (expected === 'any' || expected === 'stream-exists') return this.#known(stream, proposals) ?? wrong;
    const exact = expected === 'no-stream' ? NO_STREAM : expected;
    if (exact === last) return 'new';
    return exact > last ? wrong : (this.#repeated(stream, exact, proposals) ?? wrong);
  }

  /** Without an exact revision the first id decides: unknown is new; then all must be known. */
  #known(stream: string, proposals: readonly Proposal[]): Outcome | 'new' | undefined {
    const places = proposals
      .map(({ id }) => this.#places.get(id))
      .map((place) => (place?.stream === stream ? place : null));
    if (!places[0]) return 'new';
    const last = places.at(-1);
    return last && places.every(Boolean)
      ? { is: 'written', revision: last.revision, position: last.position }
      : undefined;
  }

  /** With an exact revision the same ids must follow it: all of them, however much came later. */
  #repeated(stream: string, exact: bigint, proposals: readonly Proposal[]): Outcome | undefined {
    const there = this.stream(stream).slice(Number(exact) + 1, Number(exact) + 1 + proposals.length);
    const last = there.at(-1);
    if (!last || !proposals.every(({ id }, index) => there[index]?.id === id)) return undefined;
    return { is: 'written', revision: last.revision, position: last.position };
  }

  #write(stream: string, proposals: readonly Proposal[]): Outcome {
    if (this.#appends++ % APPENDS_PER_STATISTICS === 0) {
      this.#record(STATISTICS, systemEvent('$statsCollected', { 'proc-threadsCount': 42 }));
    }
    const last = proposals.map((proposal) => this.#record(stream, proposal)).at(-1);
    for (const listener of this.#listeners) listener();
    return last ? { is: 'written', revision: last.revision, position: last.position } : this.#writeNothing(stream);
  }

  /** An append of no events takes room in the log and is seen by nobody. */
  #writeNothing(stream: string): Outcome {
    const position = this.#end;
    this.#skip(BigInt(89 + prefixedSize(stream)));
    return { is: 'written', revision: this.stream(stream).at(-1)?.revision ?? NO_STREAM, position };
  }

  #record(stream: string, proposal: Proposal): Recorded {
    const before = this.#streams.get(stream) ?? [];
    const recorded = {
      ...proposal,
      stream,
      revision: BigInt(before.length),
      position: this.#end,
      created: this.#tick(),
    };
    this.#streams.set(stream, before);
    before.push(recorded);
    this.events.push(recorded);
    this.#places.set(proposal.id, recorded);
    this.#skip(recordSize(stream, proposal));
    return recorded;
  }

  #skip(size: bigint): void {
    this.#boundaries.add(this.#end);
    this.#end += size;
  }

  /** Finer than a Date can hold, and different for the events of one append. */
  #tick(): bigint {
    const now = BigInt(Date.now()) * 10_000n + 1_234n;
    this.#created = now > this.#created ? now : this.#created + 17n;
    return this.#created;
  }
}
