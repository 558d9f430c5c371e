// How many requests a caller, or an address without a valid key, may send in a minute; counted in this process.
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { Rejection } from '../core/rejection.js';

const SECONDS = 60;

export class RateLimit {
  private readonly limiter: RateLimiterMemory | undefined;

  /** `perMinute` 0 sets no limit. */
  constructor(perMinute: number) {
    this.limiter = perMinute > 0 ? new RateLimiterMemory({ points: perMinute, duration: SECONDS }) : undefined;
  }

  async demandRoom(caller: string): Promise<void> {
    try {
      await this.limiter?.consume(caller);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      throw new Rejection('too-many-requests', { retryAfter: Math.ceil(refusal.msBeforeNext / 1000) });
    }
  }
}
