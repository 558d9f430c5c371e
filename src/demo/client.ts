// The office's client in the demo: plain fetch with the owner's key; an answer that is not the expected one ends the demo.
import type { BulkAnswer, ProblemAnswer } from './answers.js';

/** The service answered otherwise than the demo knows it must. */
export class UnexpectedAnswer extends Error {
  override name = 'UnexpectedAnswer';
}

interface Sent {
  body?: object;
  key?: string | undefined;
}

export interface Written<Body> {
  body: Body;
  /** The answer of an earlier request with the same key. */
  replayed: boolean;
}

export class Client {
  private keys = 0;

  constructor(
    readonly url: string,
    private readonly apiKey: string,
  ) {}

  async get<Body>(path: string): Promise<Body> {
    return (await this.read<Body>(await this.send('GET', path), `GET ${path}`, 200)).body;
  }

  /** Every write has an idempotency key: a fresh one, or the one given. */
  async post<Body>(path: string, body: object, key?: string): Promise<Written<Body>> {
    return this.read<Body>(await this.send('POST', path, { body, key }), `POST ${path}`, 201);
  }

  /** A write that the rules refuse, with the reason. */
  async postRefused(path: string, body: object, code: string): Promise<ProblemAnswer> {
    const reply = await this.send('POST', path, { body });
    const problem = (await reply.json()) as ProblemAnswer;
    if (reply.status !== 422 || problem.code !== code)
      throw unexpected(`POST ${path}`, `422 ${code}`, reply.status, JSON.stringify(problem));
    return problem;
  }

  /** Many payments in one request; `answered` is told of each as the service decides it. */
  async payInBulk(payments: readonly object[], answered: (count: number) => void): Promise<void> {
    const body = payments.map((payment) => JSON.stringify({ idempotencyKey: this.nextKey(), ...payment })).join('\n');
    const reply = await fetch(`${this.url}/v1/payments/bulk`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/x-ndjson' },
      body,
    });
    if (reply.status !== 200) throw unexpected('POST /v1/payments/bulk', '200', reply.status, await reply.text());
    let count = 0;
    for await (const text of linesOf(reply)) {
      const { line, status, code, title } = JSON.parse(text) as BulkAnswer;
      if (status !== 201) throw unexpected(`POST /v1/payments/bulk line ${line}`, '201', status, `${code} ${title}`);
      answered(++count);
    }
    if (count !== payments.length)
      throw unexpected('POST /v1/payments/bulk', `${payments.length} lines`, 200, `${count}`);
  }

  private send(method: string, path: string, { body, key }: Sent = {}): Promise<Response> {
    return fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.apiKey}`,
        ...(body && { 'content-type': 'application/json', 'idempotency-key': key ?? this.nextKey() }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  private async read<Body>(reply: Response, request: string, expected: number): Promise<Written<Body>> {
    if (reply.status !== expected) throw unexpected(request, `${expected}`, reply.status, await reply.text());
    // The shape of a successful answer is the API's promise.
    const body = (await reply.json()) as Body;
    return { body, replayed: reply.headers.get('idempotent-replayed') === 'true' };
  }

  private nextKey(): string {
    return `demo-${++this.keys}`;
  }
}

const unexpected = (request: string, expected: string, status: number, text: string): UnexpectedAnswer =>
  new UnexpectedAnswer(`${request}: 意外的回答 unexpected answer ${status}, not ${expected}: ${text.slice(0, 500)}`);

async function* linesOf({ body }: Response): AsyncGenerator<string> {
  if (!body) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  if (rest !== '') yield rest;
}

/** Runs work on every item, a bounded number at a time, in order of start. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items.values();
  const worker = async (): Promise<void> => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
