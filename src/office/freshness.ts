// Reads see the writes: how far the views must have come before an answer may rely on them.
import type { Projector } from '../read-models/projector.js';

export class Freshness {
  private registers = 0;

  constructor(private readonly projector: Projector) {}

  /** Called after every acknowledged append. */
  appended = (position: number, stream: string): void => {
    if (!stream.startsWith('student-')) this.registers = position;
    this.projector.wake(position);
  };

  /** Policies, districts and schools are as this process last acknowledged them. */
  registersCurrent(): Promise<void> {
    return this.projector.waitFor(this.registers);
  }

  /** Every view contains all that this process has acknowledged, and a given position. Answers with the position reached. */
  async current(atLeast = 0): Promise<number> {
    await this.projector.waitFor(Math.max(this.projector.acknowledged, atLeast));
    return this.projector.reached;
  }
}
