// The load: prepared requests over 32 kept connections, the next one sent when the last is answered. The client shares
// the machine with the service, so it writes prepared bytes and reads no more of an answer than it needs.
import { connect, type Socket } from 'node:net';

export const CONNECTIONS = 32;

export interface Request {
  path: string;
  headers: Record<string, string>;
  body: object;
}

/** What a round managed: how many were acknowledged in which time, or what else was answered. */
export interface Outcome {
  acknowledged: number;
  seconds: number;
  /** Answers other than 201, by status: a round that has one does not count. */
  others: ReadonlyMap<number, number>;
}

export function bytesOf({ path, headers, body }: Request): Buffer {
  const text = JSON.stringify(body);
  const lines = Object.entries({
    host: '127.0.0.1',
    ...headers,
    'content-type': 'application/json',
    'content-length': `${Buffer.byteLength(text)}`,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n${text}`);
}

export function bytesOfGet(path: string, headers: Record<string, string>): Buffer {
  const lines = Object.entries({ host: '127.0.0.1', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
}

/** Sends requests in their order until they are used up or the time is over; what was sent is waited for. */
export async function drive(port: number, requests: IterableIterator<Buffer>, seconds: number): Promise<Outcome> {
  const others = new Map<number, number>();
  let acknowledged = 0;
  const started = performance.now();
  const deadline = started + seconds * 1000;
  const next = (): Buffer | undefined => (performance.now() < deadline ? requests.next().value : undefined);
  const answered = (status: number): void => {
    if (status === 201) acknowledged++;
    else others.set(status, (others.get(status) ?? 0) + 1);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, () => exchange(connect(port, '127.0.0.1'), next, answered)));
  return { acknowledged, seconds: (performance.now() - started) / 1000, others };
}

/** One connection: a request, its answer, the next request. */
function exchange(socket: Socket, next: () => Buffer | undefined, answered: (status: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let unread: Buffer = Buffer.alloc(0);
    let waiting = false;
    const send = (): void => {
      const request = next();
      waiting = request !== undefined;
      if (request) socket.write(request);
      else socket.end(resolve);
    };
    socket.setNoDelay(true);
    socket.once('connect', send);
    socket.once('error', reject);
    socket.once('close', () => waiting && reject(new Error('the service closed a connection without an answer')));
    socket.on('data', (bytes: Buffer) => {
      unread = unread.length === 0 ? bytes : Buffer.concat([unread, bytes]);
      const answer = answerIn(unread);
      if (!answer) return;
      unread = unread.subarray(answer.length);
      answered(answer.status);
      send();
    });
  });
}

/** Every service here says how long its answer is. */
export function answerIn(bytes: Buffer): { status: number; bodyAt: number; length: number } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const head = bytes.toString('latin1', 0, end);
  const [, size] = /\r\ncontent-length: (\d+)/i.exec(head) ?? [];
  if (size === undefined) throw new Error(`an answer without its length: ${head}`);
  const bodyAt = end + 4;
  const length = bodyAt + Number(size);
  return bytes.length < length ? undefined : { status: Number(head.slice(9, 12)), bodyAt, length };
}
