// The path into the log, of two services on one store: what one remembers of a stream never decides against the other.
import type { Decider } from '../../src/core/decider.js';
import type { DomainEvent, StoredEvent } from '../../src/core/event.js';
import { EVERYTHING } from '../../src/core/reach.js';
import { Rejection } from '../../src/core/rejection.js';
import { foresee } from '../../src/event-store/foresight.js';
import { Ledger, Sealer } from '../../src/event-store/ledger.js';
import type { Order, Recorded } from '../../src/event-store/order.js';
import { MemoryEventStore } from '../../src/event-store/memory-event-store.js';
import { atStart, type Standing } from '../../src/event-store/standing.js';

type Counted = DomainEvent<'Counted', { by: number }>;

const counter: Decider<number, Counted> = {
  initial: 0,
  evolve: (count, { data }) => count + data.by,
};

class OpenSealer extends Sealer {
  override async seal(_: string, __: string, { data }: DomainEvent): Promise<object> {
    return data;
  }
}

/** Counts how often streams are read; may be told to lose the index of ids for a while, as a follower's lags. */
class WatchedStore extends MemoryEventStore {
  reads = 0;
  batches = 0;
  idsAreLate = false;

  override readStream(stream: string): Promise<StoredEvent[]> {
    this.reads++;
    return super.readStream(stream);
  }

  override readStreams(streams: readonly string[]) {
    this.batches++;
    return super.readStreams(streams);
  }

  override async findEvents(ids: readonly string[]): Promise<StoredEvent[]> {
    return this.idsAreLate ? [] : super.findEvents(ids);
  }
}

const FEW = 3;

/** Adds one, as long as the count stays below a few. */
const order = (commandId: string, stream = 'a', fingerprint = 'f'): Order<number, Counted> => ({
  stream,
  decider: counter,
  context: {
    actor: { id: 'a', role: 'officer', name: '甲' },
    reach: EVERYTHING,
    commandId,
    fingerprint,
    requestId: 'r',
  },
  decide: (count) => {
    if (count >= FEW) throw new Rejection('entitlement-exceeded', {});
    return [{ type: 'Counted', data: { by: 1 } }];
  },
});

let store: WatchedStore;
let ledger: Ledger;
let other: Ledger;
beforeEach(() => {
  store = new WatchedStore();
  ledger = new Ledger(store, new OpenSealer());
  other = new Ledger(store, new OpenSealer());
});

const outcomes = (results: readonly PromiseSettledResult<Recorded>[]) =>
  results.map((result) =>
    result.status === 'fulfilled'
      ? result.value.replayed
        ? 'replayed'
        : 'recorded'
      : (result.reason as Rejection).code,
  );

test('a stream is read for the first command on it and then remembered', async () => {
  for (const command of ['1', '2', '3']) await ledger.execute(order(command));
  expect(store.reads).toBe(1);
});

test('what another service has recorded is seen before anything is refused or recorded', async () => {
  await ledger.execute(order('1'));
  await other.execute(order('2'));
  expect(await ledger.execute(order('3'))).toMatchObject({ revision: 2, replayed: false });
  await expect(other.execute(order('4'))).rejects.toMatchObject({ code: 'entitlement-exceeded' });
  expect((await store.head()).position).toBe(FEW);
});

test('a refusal that only the memory knows of is not given', async () => {
  const withdraw: Order<number, Counted> = {
    ...order('withdraw'),
    decide: () => [{ type: 'Counted', data: { by: -1 } }],
  };
  for (const command of ['1', '2', '3']) await ledger.execute(order(command));
  await expect(other.execute(order('4'))).rejects.toMatchObject({ code: 'entitlement-exceeded' });
  await other.execute(withdraw);
  expect(await ledger.execute(order('5'))).toMatchObject({ revision: 4 });
});

test('a command is known by the stream that is remembered where the index of ids is late', async () => {
  const first = await ledger.execute(order('1'));
  store.idsAreLate = true;
  expect(await ledger.execute(order('1'))).toEqual({ ...first, replayed: true });
  await other.execute(order('2'));
  expect(await ledger.execute(order('2'))).toMatchObject({ revision: 1, position: 2 });
  expect(await store.readStream('a')).toHaveLength(2);
});

test('many orders are read at once, and each is taken or refused by itself', async () => {
  await ledger.execute(order('old', 'b'));
  store.reads = 0;
  const orders = [
    order('1'),
    order('2'),
    order('old', 'b'),
    order('3'),
    order('4'),
    order('1'),
    order('2', 'b', 'other request'),
    order('5', 'c'),
  ];
  expect(outcomes(await other.executeAll(orders))).toEqual([
    'recorded',
    'recorded',
    'replayed',
    'recorded',
    'entitlement-exceeded',
    'replayed',
    'idempotency-key-reused',
    'recorded',
  ]);
  expect(store.batches).toBe(1);
  expect((await store.readStream('a')).map(({ revision }) => revision)).toEqual([0, 1, 2]);
});

test('a batch beside another service that records on the same streams loses and doubles nothing', async () => {
  const streams = Array.from({ length: 40 }, (_, index) => `s-${index}`);
  const both = await Promise.all(
    [ledger, other].map((one, who) =>
      one.executeAll(streams.flatMap((stream) => [0, 1].map((n) => order(`${who}-${n}-${stream}`, stream)))),
    ),
  );
  const given = both.flatMap(outcomes);
  expect(given.filter((outcome) => outcome === 'recorded')).toHaveLength(FEW * streams.length);
  expect(given.filter((outcome) => outcome === 'entitlement-exceeded')).toHaveLength(streams.length);
  for (const stream of streams) expect(await store.readStream(stream)).toHaveLength(FEW);
});

/** The commands that are foreseen on each stream. */
const foreseen = (
  orders: readonly Order<number, Counted>[],
  standing = (): Standing<number> | undefined => atStart(counter),
) =>
  Object.fromEntries(
    foresee(orders, standing).map(({ stream, steps }) => [
      stream,
      steps.map(({ order: { context } }) => context.commandId),
    ]),
  );

test('an order is foreseen on what those before it will have written, up to the first that is refused', () => {
  const orders = [order('1'), order('2'), order('1b', 'b'), order('3'), order('4'), order('2b', 'b')];
  expect(foreseen(orders)).toEqual({ a: ['1', '2', '3'], b: ['1b', '2b'] });
});

test('nothing is foreseen of what is not remembered, of a command that was given before, and of what follows it', () => {
  expect(foreseen([order('1')], () => undefined)).toEqual({});
  expect(foreseen([order('1'), order('1', 'b'), order('2b', 'b'), order('2')])).toEqual({ a: ['1', '2'] });
  const known = { ...atStart(counter), commands: new Set(['1']) };
  expect(foreseen([order('1'), order('2')], () => known)).toEqual({});
});

test('the orders on one stream are one append; where one of them is not new, each is taken by itself', async () => {
  await ledger.execute(order('2', 'b', 'other request'));
  const given = [order('1'), order('2'), order('3')];
  expect(outcomes(await other.executeAll(given))).toEqual(['recorded', 'idempotency-key-reused', 'recorded']);
  expect((await store.readStream('a')).map(({ revision }) => revision)).toEqual([0, 1]);
  expect(outcomes(await other.executeAll(given))).toEqual(['replayed', 'idempotency-key-reused', 'replayed']);
});

describe('what the log took before, and another service recorded beside it, is not remembered as if it came next', () => {
  // This service stands after the first; the other has recorded two more, of which the second is asked for here again.
  beforeEach(async () => {
    await ledger.execute(order('1'));
    await other.executeAll([order('2'), order('3')]);
  });

  test.each([
    ['one by one', (again: Order<number, Counted>) => ledger.execute(again)],
    ['in a batch', (again: Order<number, Counted>) => ledger.executeAll([again])],
  ])('%s', async (_, ask) => {
    await ask(order('3'));
    await expect(ledger.execute(order('4'))).rejects.toMatchObject({ code: 'entitlement-exceeded' });
    expect(await store.readStream('a')).toHaveLength(FEW);
  });
});
