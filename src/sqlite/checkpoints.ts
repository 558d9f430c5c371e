// Brings the write-ahead log into its file in a thread of its own, so that whoever records does not wait for it.
import { Worker } from 'node:worker_threads';
import { checkpoint, CHECKPOINT_PAGES, type Database } from './database.js';

/** How long the log grows before it is brought into the file. */
const EVERY_MS = 1000;

/** How long an end of the process that nobody announced waits for a thread at most. */
const LAST_WAIT_MS = 5000;

/** What a thread shares with the process: whether it is in the driver, and whether the process ends. */
const IN_DRIVER = 0;
const ENDING = 1;
type Signals = Int32Array;

/**
 * The process may end at any time, and ends its threads too. One that just then comes back from the driver would abort
 * the process, which would lose its exit code.
 */
const threads = new Set<Signals>();
process.on('exit', () => {
  for (const signals of threads) {
    Atomics.store(signals, ENDING, 1);
    Atomics.wait(signals, IN_DRIVER, 1, LAST_WAIT_MS);
  }
});

export class Checkpoints {
  private thread: Worker | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isUnderWay = false;

  constructor(
    private readonly file: string,
    private readonly database: Database,
    private readonly everyMs = EVERY_MS,
  ) {}

  /** To be told of each commit. */
  committed(): void {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    this.timer = setTimeout(() => this.order('checkpoint'), this.everyMs).unref();
  }

  private order(order: 'checkpoint' | 'close'): void {
    this.thread ??= this.newThread();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
    this.thread.postMessage(order);
  }

  private newThread(): Worker {
    const signals = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
    const thread = new Worker(new URL('checkpoints.worker.mjs', import.meta.url), {
      workerData: { file: this.file, signals, IN_DRIVER, ENDING },
    });
    thread.unref();
    threads.add(signals);
    thread.on('exit', () => threads.delete(signals));
    thread.on('message', ({ pages }: { pages: number }) => this.done(pages));
    // Where the thread or the disk fails, the log grows until a commit brings it into the file by itself.
    thread.on('error', () => {
      this.thread = undefined;
      this.isUnderWay = false;
    });
    return thread;
  }

  /** Only where all of the log is in the file is it begun anew: the few pages that came meanwhile are brought here. */
  private done(pages: number): void {
    this.isUnderWay = false;
    if (pages < CHECKPOINT_PAGES) return;
    try {
      checkpoint(this.database);
    } catch {
      // What was acknowledged stands in the log; the next time tries again.
    }
  }

  /** Ends the thread and its connection, so that the caller's is the last. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    const { thread } = this;
    if (!thread) return;
    thread.ref();
    this.order('close');
    await new Promise<void>((resolve) => void thread.once('exit', () => resolve()));
  }
}
