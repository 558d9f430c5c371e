// Clerks who record payments over HTTP at whichever service answers: what broke off is sent again under the same key.
import { pause } from '../../src/core/storage.js';
import { paymentOf } from '../crash/office.js';
import { post } from '../crash/process.js';

export class Clerks {
  /** Payment by key; the key is the reference of the payment too. */
  readonly acknowledged = new Map<string, string>();
  /** Times that a connection broke or a service could not say: the payment is then sent again. */
  unanswered = 0;
  /** Answers that a payment had been recorded before. */
  replayed = 0;
  private sent = 0;
  private over = false;

  /** `anyUrl` names a service, if one is there. */
  constructor(
    private readonly studentIds: readonly string[],
    private readonly anyUrl: () => string | undefined,
  ) {}

  /** So many at once, until they are told to stop; each ends when its last payment is acknowledged. */
  async work(clerks: number): Promise<void> {
    const one = async (): Promise<void> => {
      while (!this.over) await this.pay(`key-${++this.sent}`);
    };
    await Promise.all(Array.from({ length: clerks }, one));
  }

  stop(): void {
    this.over = true;
  }

  async pay(key: string): Promise<void> {
    for (;;) {
      const url = this.anyUrl();
      const paymentId = url === undefined ? undefined : await this.attempt(url, key);
      if (paymentId !== undefined) return void this.acknowledged.set(key, paymentId);
      await pause(50);
    }
  }

  private async attempt(url: string, key: string): Promise<string | undefined> {
    const answer = await answerIfAny(url, paymentOf(this.studentIds, key), key);
    if (!answer || answer.status === 503) return void this.unanswered++;
    if (answer.status !== 201) throw new Error(`${key}: ${answer.status} ${JSON.stringify(answer.body)}`);
    if (answer.replayed) this.replayed++;
    return answer.body['paymentId'] ?? '';
  }
}

/** `fetch` says TypeError, that of Node and not of Jest, where a connection is refused, reset or cut. */
async function answerIfAny(url: string, payment: object, key: string) {
  try {
    return await post(url, '/v1/payments', payment, key);
  } catch (error) {
    if ((error as Error).name !== 'TypeError') throw error;
    return undefined;
  }
}
