// Time, identity and chance come from outside the rules, so that a run can be repeated.
import type { CivilDate } from './civil-date.js';

export abstract class Clock {
  abstract now(): Date;

  /** The civil date in Asia/Shanghai, which keeps UTC+8 all year. */
  today(): CivilDate {
    const EIGHT_HOURS = 8 * 60 * 60 * 1000;
    return new Date(this.now().getTime() + EIGHT_HOURS).toISOString().slice(0, 10);
  }
}

export abstract class Ids {
  /** A fresh random UUID. */
  abstract next(): string;
}
