// Minutes of load at a fixed pace, clients that go away included; then more clients than can be served.
import { Client } from '../../src/demo/client.js';
import { memoryOf } from '../ledger/visit.js';
import { quantile, type Figure, type Measure, type RunOptions } from '../measure.js';
import { Connection } from './connection.js';
import { bytesOf, CONNECTIONS, drive } from './driver.js';
import { startLedger } from './ledger.js';
import { paymentsOf } from './payments.js';
import type { Target } from './target.js';

const MINUTES = Number(process.env['AID_BENCH_MINUTES'] ?? '10');
const SHARE_OF_MOST = 0.7;
const MOST_SECONDS = 10;
/** The client of every fiftieth request goes away before the answer, and asks again. */
const LEAVES_EVERY = 50;
const LEAVES_WITHIN_MS = 60;
const SAMPLE_MS = 5000;
const CROWD = 1000;
const CROWD_SECONDS = 10;
/** As the refusal says. */
const RETRY_AFTER_MS = 1000;
/** More than enough at twelve payments a student. */
const studentsFor = (payments: number): number => Math.ceil(payments / 12) + 500;

/** A payment that was answered 201, and how long after its time. */
class Book {
  readonly paymentIds = new Set<string>();
  readonly latencies: number[] = [];
  readonly others = new Map<number, number>();
  left = 0;
  doubled = 0;

  note(status: number, body: string, latencyMs: number): void {
    this.latencies.push(latencyMs);
    if (status !== 201) {
      this.others.set(status, (this.others.get(status) ?? 0) + 1);
      return;
    }
    const { paymentId } = JSON.parse(body) as { paymentId: string };
    if (this.paymentIds.has(paymentId)) this.doubled++;
    this.paymentIds.add(paymentId);
  }

  get failures(): number {
    return [...this.others].filter(([status]) => status >= 500).reduce((sum, [, count]) => sum + count, 0);
  }
}

/** Each connection takes the next payment when its time has come; how late it was counts as waiting. */
async function keepPace(port: number, requests: IterableIterator<Buffer>, rate: number, book: Book): Promise<void> {
  const started = performance.now();
  const count = Math.floor(rate * MINUTES * 60);
  let next = 0;
  const visit = async (): Promise<void> => {
    const connection = new Connection(port);
    while (next < count) {
      const due = started + (next++ * 1000) / rate;
      const request = requests.next().value;
      if (!request) throw new Error('more payments than were prepared');
      await until(due);
      const asked = next % LEAVES_EVERY === 0 ? await leave(connection, request, book) : due;
      const { status, body } = await connection.ask(request);
      book.note(status, body, performance.now() - asked);
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, visit));
}

async function leave(connection: Connection, request: Buffer, book: Book): Promise<number> {
  book.left++;
  await connection.askAndLeave(request, Math.random() * LEAVES_WITHIN_MS);
  return performance.now();
}

const until = (due: number): Promise<void> | undefined => {
  const wait = due - performance.now();
  return wait > 1 ? new Promise((resolve) => setTimeout(resolve, wait)) : undefined;
};

/** Resident memory of the service in MiB, every few seconds until the work is done. */
async function watchMemory(target: Target, work: Promise<unknown>): Promise<number[]> {
  const samples = [await memoryOf(target)];
  const timer = setInterval(() => void memoryOf(target).then((mebibytes) => samples.push(mebibytes)), SAMPLE_MS);
  try {
    await work;
    return samples;
  } finally {
    clearInterval(timer);
  }
}

/** Payments that the ledger lists and nobody was told of, and those that somebody was told of and it does not list. */
export async function differences(listed: AsyncIterable<string>, told: ReadonlySet<string>) {
  const missing = new Set(told);
  let untold = 0;
  for await (const paymentId of listed) if (!missing.delete(paymentId)) untold++;
  return { missing: missing.size, untold };
}

async function* listedBy(client: Client): AsyncGenerator<string> {
  for (let cursor: string | null = ''; cursor !== null;) {
    const page: { items: { paymentId: string }[]; nextCursor: string | null } = await client.get(
      `/v1/payments?limit=500${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
    );
    for (const { paymentId } of page.items) yield paymentId;
    cursor = page.nextCursor;
  }
}

async function mostOf(target: Target): Promise<number> {
  const students = await target.newStudents(studentsFor(3000 * MOST_SECONDS));
  const requests = [...paymentsOf(students, target.headers)].map(bytesOf).values();
  const { acknowledged, seconds } = await drive(target.port, requests, MOST_SECONDS);
  return acknowledged / seconds;
}

async function run({ told }: RunOptions) {
  const target = await startLedger('ledger');
  try {
    const most = await mostOf(target);
    const before = new Set<string>();
    const client = clientOf(target);
    for await (const paymentId of listedBy(client)) before.add(paymentId);
    const rate = most * SHARE_OF_MOST;
    told(`${Math.round(most)} payments/s at most; ${MINUTES} minutes at ${Math.round(rate)}`);
    const students = await target.newStudents(studentsFor(rate * MINUTES * 60));
    const book = new Book();
    const work = keepPace(target.port, requestsOf(students, target), rate, book);
    const memory = await watchMemory(target, work);
    const { missing, untold } = await differences(listedBy(client), new Set([...before, ...book.paymentIds]));
    const { ok } = await client.get<{ ok: boolean }>('/v1/ledger/verification');
    if (!ok) throw new Error('the chain of the log is broken');
    const crowd = await crowded(target);
    return resultOf({ most, rate, book, memory, missing, untold, crowd });
  } finally {
    await target.stop();
  }
}

function* requestsOf(students: readonly string[], { headers }: Target): Generator<Buffer> {
  for (const request of paymentsOf(students, headers)) yield bytesOf(request);
}

const clientOf = ({ port, headers }: Target): Client =>
  new Client(`http://127.0.0.1:${port}`, String(headers['authorization']).slice('Bearer '.length));

interface Crowded {
  served: number;
  refused: number;
  others: number;
  /** Of those served. */
  latencies: readonly number[];
  /** Until any answer, a refusal included. */
  longestMs: number;
}

/** More clients than can be served, all knocking at once; each asks again when it is answered, or when it was told to. */
async function crowded(target: Target): Promise<Crowded> {
  const students = await target.newStudents(studentsFor(3000 * CROWD_SECONDS));
  const requests = requestsOf(students, target);
  const answers = new Map<number, number>();
  const latencies: number[] = [];
  let longestMs = 0;
  const end = performance.now() + CROWD_SECONDS * 1000;
  const visit = async (): Promise<void> => {
    const connection = new Connection(target.port);
    for (let request = requests.next().value; request && performance.now() < end; request = requests.next().value) {
      const asked = performance.now();
      const { status } = await connection.ask(request);
      answers.set(status, (answers.get(status) ?? 0) + 1);
      const latency = performance.now() - asked;
      longestMs = Math.max(longestMs, latency);
      if (status === 201) latencies.push(latency);
      else await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: CROWD }, visit));
  const [served = 0, refused = 0] = [answers.get(201), answers.get(503)];
  const all = [...answers.values()].reduce((sum, count) => sum + count, 0);
  return { served, refused, others: all - served - refused, latencies, longestMs };
}

interface Lived {
  most: number;
  rate: number;
  book: Book;
  memory: readonly number[];
  missing: number;
  untold: number;
  crowd: Crowded;
}

function resultOf({ most, rate, book, memory, missing, untold, crowd }: Lived) {
  const third = Math.ceil(memory.length / 3);
  const [early, late] = [quantile(memory.slice(0, third), 0.5), quantile(memory.slice(-third), 0.5)];
  const one = (name: string, unit: string, value: number): Figure => ({ name, unit, rounds: [value] });
  const latency = (share: number): number => quantile(book.latencies, share);
  return {
    figures: [
      one('most, closed loop', 'payments/s', most),
      one('pace', 'payments/s', rate),
      one('answered', 'payments', book.latencies.length),
      one('clients that went away and asked again', 'payments', book.left),
      one('latency p50', 'ms', latency(0.5)),
      one('latency p99', 'ms', latency(0.99)),
      one('latency, longest', 'ms', Math.max(...slowest(book.latencies))),
      one('memory, first third', 'MiB', early),
      one('memory, last third', 'MiB', late),
      one(`${CROWD} clients at once: served`, 'payments/s', crowd.served / CROWD_SECONDS),
      one(`${CROWD} clients at once: refused with 503`, 'requests/s', crowd.refused / CROWD_SECONDS),
      one(`${CROWD} clients at once: latency p99 of those served`, 'ms', quantile(crowd.latencies, 0.99)),
      one(`${CROWD} clients at once: longest wait for any answer`, 'ms', crowd.longestMs),
    ],
    goals: [
      { says: 'answers of 5xx at the pace', value: book.failures, limit: 0, bound: 'at-most' as const },
      {
        says: 'other answers than 201',
        value: book.latencies.length - book.paymentIds.size - book.doubled,
        limit: 0,
        bound: 'at-most' as const,
      },
      { says: 'acknowledged and not in the ledger', value: missing, limit: 0, bound: 'at-most' as const },
      { says: 'in the ledger and acknowledged to nobody', value: untold, limit: 0, bound: 'at-most' as const },
      { says: 'latency p99', value: latency(0.99), limit: 250, bound: 'at-most' as const, unit: 'ms' },
      { says: 'memory, last third ÷ first third', value: late / early, limit: 1.25, bound: 'at-most' as const },
      {
        says: 'overload: answers that are neither 201 nor 503',
        value: crowd.others,
        limit: 0,
        bound: 'at-most' as const,
      },
    ],
    remarks: [
      `${MINUTES} minutes at ${SHARE_OF_MOST * 100} % of the most; latency from the moment at which a payment was due; then ${CROWD_SECONDS} s with ${CROWD} clients.`,
    ],
  };
}

/** The tail is enough to find the longest, and spreads into a call. */
const slowest = (latencies: readonly number[]): number[] => latencies.toSorted((a, b) => b - a).slice(0, 1);

export const load: Measure = {
  id: 'load',
  says: 'minutes of load at a fixed pace with clients that go away, then more clients than can be served',
  run,
};
