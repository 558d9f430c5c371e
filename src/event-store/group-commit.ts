// Group commit: the appends of one tick share one transaction and one sync of the disk, then all are answered.

interface Waiting<Order, Answer> {
  order: Order;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** What became of one order in the batch: its answer, or why it alone was refused. */
export type Outcome<Answer> = { answer: Answer } | { refused: Error };

export class GroupCommit<Order, Answer> {
  private waiting: Waiting<Order, Answer>[] = [];

  /** `commit` writes a batch durably before it returns; if it throws, nothing of the batch was written. */
  constructor(private readonly commit: (orders: Order[]) => Outcome<Answer>[]) {}

  submit(order: Order): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ order, resolve, reject });
      if (this.waiting.length === 1) setImmediate(() => this.flush());
    });
  }

  /** Commits what waits now; used on close so that nothing submitted is left behind. */
  flush(): void {
    const batch = this.waiting;
    this.waiting = [];
    if (batch.length === 0) return;
    let outcomes: Outcome<Answer>[];
    try {
      outcomes = this.commit(batch.map(({ order }) => order));
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
