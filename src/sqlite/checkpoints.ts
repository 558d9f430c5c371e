// Brings the write-ahead log into its file in a thread of its own, so that whoever records does not wait for it.
import { Worker } from 'node:worker_threads';
import { checkpoint, CHECKPOINT_PAGES, type Database } from './database.js';

/** How long the log grows before it is brought into the file. */
const EVERY_MS = 1000;

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
    const thread = new Worker(new URL('checkpoints.worker.mjs', import.meta.url), { workerData: { file: this.file } });
    thread.unref();
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
