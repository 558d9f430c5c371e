// A refusal: nothing was written, and this is why.
import { REJECTIONS, type RejectionCode } from './rejections.js';

/** One failed item of a request or one unmet condition of a policy. */
export interface RejectionItem {
  path?: string;
  code: string;
  message: string;
  expected?: unknown;
  fact?: unknown;
}

export type RejectionDetails = Record<string, unknown> & { errors?: readonly RejectionItem[] };

export class Rejection extends Error {
  override name = 'Rejection';

  constructor(
    readonly code: RejectionCode,
    readonly details: RejectionDetails = {},
  ) {
    super(`${code}: ${fill(REJECTIONS[code].en, details)}`);
  }

  get status(): number {
    return REJECTIONS[this.code].status;
  }

  /** The sentence for the clerk: Chinese first, then English. */
  get sentence(): string {
    const { zh, en } = REJECTIONS[this.code];
    return `${fill(zh, this.details)} ${fill(en, this.details)}`;
  }
}

const fill = (text: string, details: RejectionDetails): string =>
  text.replaceAll(/\{(\w+)\}/g, (_, key: string) => textOf(details[key]));

/** Where there is no figure, e.g. no limit in yuan, a dash stands. */
const textOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : value ? JSON.stringify(value) : '—';
