// Reads see the writes: how far the views must have come before an answer may rely on them.
import { Rejection } from '../core/rejection.js';
import { isSeenStream } from '../access/streams.js';
import type { Projector } from '../read-models/projector.js';

/** Decisions rely on these. */
const isRegister = (stream: string): boolean => /^(policy|district|school)-/.test(stream);

/** Events that the views take in well under a second. */
const MOST_BEHIND = 1000;

export class Freshness {
  private registers = 0;
  private written = 0;
  private looked = 0;

  constructor(private readonly projector: Projector) {}

  /** Called after every acknowledged append. */
  appended = (position: number, stream: string): void => {
    if (isRegister(stream)) this.registers = Math.max(this.registers, position);
    // A look changes nothing that a read could show, but for the log of looks.
    if (isSeenStream(stream)) this.looked = Math.max(this.looked, position);
    else this.written = Math.max(this.written, position);
    this.projector.wake(position);
  };

  /** Policies, districts and schools are as this process last acknowledged them; decisions rely on all of them. Answers with the position reached. */
  async registersCurrent(): Promise<number> {
    const stream = [...this.projector.parked.keys()].find(isRegister);
    if (stream !== undefined) throw new Rejection('records-withheld', { stream });
    await this.projector.waitFor(this.registers);
    return this.projector.reached;
  }

  /** Every view contains all that this process has acknowledged, and a given position. Answers with the position reached. */
  async current(atLeast = 0): Promise<number> {
    await this.projector.waitFor(Math.max(this.written, atLeast));
    return this.projector.reached;
  }

  /** Who records without pause lets the views follow, so that whoever reads meanwhile does not wait for long. */
  nearlyCurrent(): Promise<void> {
    return this.projector.waitFor(this.written - MOST_BEHIND);
  }

  /** The log of looks contains every look that this process has answered. */
  looksCurrent(): Promise<void> {
    return this.projector.waitFor(this.looked);
  }

  /** Sums over students are given only while no event is held back from the views. */
  demandWhole(): void {
    const count = this.projector.parked.size;
    if (count > 0) throw new Rejection('totals-withheld', { count });
  }

  /** A student is not shown without the events that are held back. */
  demandWholeStudent(studentId: string): void {
    const stream = `student-${studentId}`;
    if (this.projector.parked.has(stream)) throw new Rejection('records-withheld', { stream });
  }
}
