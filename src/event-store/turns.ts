// Work is done in the order in which it was asked for wherever it has a name in common; other work goes on side by side.

export class Turns {
  private readonly last = new Map<string, Promise<unknown>>();

  /** What waits for nobody begins at once. */
  take<T>(names: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = names.flatMap((name) => this.last.get(name) ?? []);
    const turn = before.length > 0 ? Promise.allSettled(before).then(work) : work();
    for (const name of names) this.last.set(name, turn);
    const leave = (): void => {
      for (const name of names) if (this.last.get(name) === turn) this.last.delete(name);
    };
    turn.then(leave, leave);
    return turn;
  }
}
