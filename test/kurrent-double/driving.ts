// The official client as the specs of the double drive it.
import {
  jsonEvent,
  KurrentDBClient,
  type AllStreamSubscription,
  type AppendResult,
  type JSONType,
  type StreamSubscription,
} from '@kurrent/kurrentdb-client';
import { eventually } from '../support/eventually.js';

export type Proposed = ReturnType<typeof proposed>;
type Read = AsyncIterable<Named>;

interface Named {
  event?: { streamId: string; revision: bigint };
}
type Subscribed = AllStreamSubscription | StreamSubscription;

const clients: KurrentDBClient[] = [];
const followers: Follower[] = [];

export function connect(url: string): KurrentDBClient {
  const client = KurrentDBClient.connectionString(url);
  clients.push(client);
  return client;
}

export async function disconnectAll(): Promise<void> {
  await Promise.all(clients.splice(0).map((client) => client.dispose()));
}

export async function unsubscribeAll(): Promise<void> {
  await Promise.all(followers.splice(0).map(({ subscription }) => subscription.unsubscribe()));
}

/** Waits until a client whose connection was lost has found the server again. */
export const recovered = (client: KurrentDBClient): Promise<void> =>
  eventually(async () => {
    await client.appendToStream(newStream(), proposed());
  });

/** A stream nobody else writes to; the last part of a name tells it apart within a case. */
export const newStream = (): string => `driven-${crypto.randomUUID()}`;

const randomId = (): string => crypto.randomUUID();

export const proposed = (data: JSONType = {}, { id = randomId(), type = 'Driven' } = {}) =>
  jsonEvent({ id, type, data, metadata: { by: 'spec' } });

/** With credentials the client makes a call of each append instead of batching them. */
export const ONE_CALL_EACH = { credentials: { username: 'admin', password: 'changeit' } };

/** The position of an append; commit and prepare position are one. */
export function positionOf({ position }: AppendResult): bigint {
  if (!position || position.commit !== position.prepare) throw new Error(`no single position: ${String(position)}`);
  return position.commit;
}

export const at = (position: bigint) => ({ commit: position, prepare: position });

const nameOf = ({ event }: Named): string => `${event?.streamId.split('-').at(-1)}@${event?.revision}`;

/** What a read yields, each event as the end of its stream's name and its revision. */
export async function names(read: Read): Promise<string[]> {
  const found: string[] = [];
  for await (const resolved of read) found.push(nameOf(resolved));
  return found;
}

export async function collect<Resolved>(read: AsyncIterable<Resolved>): Promise<Resolved[]> {
  const found: Resolved[] = [];
  for await (const resolved of read) found.push(resolved);
  return found;
}

export const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });

/** Whether a promise is still open after some time. */
export const isOpen = (promise: Promise<unknown>, ms = 100): Promise<boolean> =>
  Promise.race([
    promise.then(
      () => false,
      () => false,
    ),
    pause(ms).then(() => true),
  ]);

/** All that a subscription says, in its order. */
export class Follower {
  readonly seen: string[] = [];
  readonly errors: Error[] = [];

  constructor(readonly subscription: Subscribed) {
    followers.push(this);
    subscription.on('confirmation', () => this.seen.push('confirmation'));
    subscription.on('caughtUp', () => this.seen.push('caughtUp'));
    subscription.on('data', (resolved: Named) => this.seen.push(nameOf(resolved)));
    subscription.on('end', () => this.seen.push('end'));
    subscription.on('error', (error: Error) => this.errors.push(error));
  }

  async sees(...expected: string[]): Promise<void> {
    await eventually(() => expect(this.seen).toEqual(expected));
  }
}
