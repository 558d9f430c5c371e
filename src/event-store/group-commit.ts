// Group commit: the appends of one tick share one transaction and one sync of the disk, then all are answered.

interface Waiting<Order, Answer> {
  order: Order;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** What became of one order in the batch: its answer, or why it alone was refused. */
export type Outcome<Answer> = { answer: Answer } | { refused: Error };

/** What arrives while a batch is being committed makes up the next one, up to this size. */
const MOST = 1000;

export class GroupCommit<Order, Answer> {
  private waiting: Waiting<Order, Answer>[] = [];
  private committing: Promise<void> | undefined;

  /** `commit` writes a batch durably before it answers; if it throws, each order of the batch is told so. */
  constructor(private readonly commit: (orders: Order[]) => Outcome<Answer>[] | Promise<Outcome<Answer>[]>) {}

  submit(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ order, resolve, reject });
      this.committing ??= this.run();
    });
  }

  /** Resolves when nothing submitted is left; used on close. */
  async drained(): Promise<void> {
    await this.committing;
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0) {
      await new Promise(setImmediate);
      await this.commitBatch(this.waiting.splice(0, MOST));
    }
    this.committing = undefined;
  }

  private async commitBatch(batch: Waiting<Order, Answer>[]): Promise<void> {
    let outcomes: Outcome<Answer>[];
    try {
      outcomes = await this.commit(batch.map(({ order }) => order));
    } catch (error) {
      for (const { reject } of batch) reject(error);
      return;
    }
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index];
      if (outcome && 'answer' in outcome) resolve(outcome.answer);
      else reject(outcome?.refused ?? new Error('commit gave no outcome'));
    });
  }
}
