// The contract of an event store, as cases that every store must pass.
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/core/event.js';
import { AppendConflict, EventStore, NO_STREAM, NotTheSameLog, readAll } from '../../src/event-store/event-store.js';
import { MemoryEventStore } from '../../src/event-store/memory-event-store.js';
import { describeWith } from '../support/missing.js';
import { verify } from '../../src/event-store/verification.js';

export interface StoreUnderTest {
  /** A fresh, empty store; `now` is its clock. */
  open(now?: () => Date): Promise<EventStore>;
  /** Closes the store and opens it again; absent where nothing outlives the process. */
  reopen?(store: EventStore): Promise<EventStore>;
  dispose(): Promise<void>;
}

export const event = (payload: object = {}, id: string = randomUUID()): NewEvent => ({
  id,
  type: 'Tested',
  payload: JSON.stringify({ data: payload, meta: {} }),
});

/** `isThere`: whether this machine has the server that the store needs. */
export function eventStoreContract(name: string, under: () => StoreUnderTest, isThere = true): void {
  describeWith(isThere, name)(`event store contract: ${name}`, () => {
    let subject: StoreUnderTest;
    let store: EventStore;
    beforeEach(async () => {
      subject = under();
      store = await subject.open();
    });
    afterEach(async () => {
      await store.close();
      await subject.dispose();
    });

    test('an empty store has position 0 and verifies', async () => {
      expect(await store.head()).toEqual({ position: 0, hash: '0'.repeat(64) });
      expect(await store.readStream('none')).toEqual([]);
      expect(await store.readAfter(0, 10)).toEqual([]);
      expect(await store.findEvent(randomUUID())).toBeUndefined();
      expect(await verify(store)).toMatchObject({ ok: true, events: 0 });
    });

    test('events get dense positions over all streams and revisions in their own', async () => {
      await store.append('a', NO_STREAM, [event(), event()]);
      await store.append('b', NO_STREAM, [event()]);
      await store.append('a', 1, [event()]);
      const all = await store.readAfter(0, 10);
      expect(all.map(({ position, stream, revision }) => [position, stream, revision])).toEqual([
        [1, 'a', 0],
        [2, 'a', 1],
        [3, 'b', 0],
        [4, 'a', 2],
      ]);
      expect((await store.readStream('a')).map(({ position }) => position)).toEqual([1, 2, 4]);
      expect((await store.readStream('a', 2)).map(({ position }) => position)).toEqual([1, 2]);
      expect((await store.readAfter(1, 2)).map(({ position }) => position)).toEqual([2, 3]);
      expect((await store.head()).position).toBe(4);
    });

    test('several streams and several ids are found at once; what does not exist is absent', async () => {
      const [one, two, three] = [event({ n: 1 }), event({ n: 2 }), event({ n: 3 })];
      await store.append('a', NO_STREAM, [one]);
      await store.append('b', NO_STREAM, [two]);
      await store.append('a', 0, [three]);
      const streams = await store.readStreams(['b', 'none', 'a']);
      expect(new Set(streams.keys())).toEqual(new Set(['a', 'b']));
      expect(streams.get('a')).toEqual(await store.readStream('a'));
      expect(streams.get('b')).toEqual(await store.readStream('b'));
      expect(await store.readStreams([])).toEqual(new Map());
      const found = await store.findEvents([three.id, randomUUID(), two.id]);
      expect(new Set(found.map(({ id }) => id))).toEqual(new Set([two.id, three.id]));
      expect(await store.findEvents([])).toEqual([]);
    });

    test('what is stored is what was appended, byte for byte', async () => {
      const odd = event({ text: '\u0001\u{1F600} 张三 "quotes" \\ \n', number: 1e21, nested: { list: [null, true] } });
      const [stored] = await store.append('a', NO_STREAM, [odd]);
      expect(stored).toMatchObject(odd);
      expect(await store.findEvent(odd.id)).toEqual(stored);
      expect((await store.readStream('a'))[0]).toEqual(stored);
    });

    test.each([
      ['a stream that is there already', NO_STREAM],
      ['an older revision', 0],
      ['a newer revision', 2],
    ])('%s is a conflict and writes nothing', async (_, expected) => {
      await store.append('a', NO_STREAM, [event(), event()]);
      await expect(store.append('a', expected, [event()])).rejects.toMatchObject({
        name: 'AppendConflict',
        revision: 1,
      });
      await expect(store.append('new', 0, [event()])).rejects.toBeInstanceOf(AppendConflict);
      expect((await store.head()).position).toBe(2);
    });

    test('the same events again are answered with what the log holds', async () => {
      const events = [event({ n: 1 }), event({ n: 2 })];
      const first = await store.append('a', NO_STREAM, events);
      await store.append('a', 1, [event()]);
      expect(await store.append('a', NO_STREAM, events)).toEqual(first);
      expect((await store.head()).position).toBe(3);
    });

    test('an id that is taken by other content, or in another stream, is a conflict', async () => {
      const taken = event({ n: 1 });
      await store.append('a', NO_STREAM, [taken]);
      await expect(store.append('a', 0, [event({ n: 2 }, taken.id)])).rejects.toBeInstanceOf(AppendConflict);
      await expect(store.append('b', NO_STREAM, [taken])).rejects.toBeInstanceOf(AppendConflict);
      await expect(store.append('b', NO_STREAM, [event(), taken])).rejects.toBeInstanceOf(AppendConflict);
      expect((await store.head()).position).toBe(1);
    });

    test('of many writers at one revision exactly one wins', async () => {
      const attempts = Array.from({ length: 32 }, () => store.append('a', NO_STREAM, [event()]));
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await store.head()).position).toBe(1);
    });

    test('a refused append does not disturb those that commit with it', async () => {
      await store.append('a', NO_STREAM, [event()]);
      const together = await Promise.allSettled([
        store.append('b', NO_STREAM, [event()]),
        store.append('a', 7, [event()]),
        store.append('c', NO_STREAM, [event(), event()]),
      ]);
      expect(together.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await verify(store)).toMatchObject({ ok: true, events: 4 });
    });

    test('recording instants never decrease, and an instant leads to its position', async () => {
      await store.close();
      const instants = [
        '2026-01-01T00:00:00.000Z',
        '2026-01-03T00:00:00.000Z',
        '2026-01-02T00:00:00.000Z',
        '2026-01-04T00:00:00.000Z',
      ];
      let tick = 0;
      store = await subject.open(() => new Date(instants[tick++] ?? ''));
      for (const stream of ['a', 'b', 'c', 'd']) await store.append(stream, NO_STREAM, [event()]);
      const recorded = (await store.readAfter(0, 10)).map(({ recordedAt }) => recordedAt.slice(8, 10));
      expect(recorded).toEqual(['01', '03', '03', '04']);
      expect(await store.positionAt('2025-12-31T00:00:00.000Z')).toBe(0);
      expect(await store.positionAt('2026-01-01T00:00:00.000Z')).toBe(1);
      expect(await store.positionAt('2026-01-03T12:00:00.000Z')).toBe(3);
      expect(await store.positionAt('2027-01-01T00:00:00.000Z')).toBe(4);
    });

    test('events of another store are taken over as they are, and only where they follow', async () => {
      const source = new MemoryEventStore(() => new Date('2026-01-01T00:00:00.000Z'));
      await source.append('a', NO_STREAM, [event({ n: 1 }), event({ n: 2 })]);
      await source.append('b', NO_STREAM, [event({ n: 3 })]);
      await source.append('a', 1, [event({ n: 4 })]);
      const [first, second, ...rest] = await source.readAfter(0, 10);
      if (!first || !second) throw new Error('the source is empty');
      await expect(store.adopt([second])).rejects.toBeInstanceOf(NotTheSameLog);
      await store.adopt([first, second]);
      await expect(store.adopt([first])).rejects.toBeInstanceOf(NotTheSameLog);
      const altered = rest.map((each) => ({ ...each, payload: each.payload.replace('3', '9') }));
      await expect(store.adopt(altered)).rejects.toBeInstanceOf(NotTheSameLog);
      await store.adopt(rest);
      expect(await store.readAfter(0, 10)).toEqual(await source.readAfter(0, 10));
      expect(await store.head()).toEqual(await source.head());
      await store.append('a', 2, [event()]);
      expect(await verify(store)).toMatchObject({ ok: true, events: 5 });
    });

    test('the whole log is read in bounded batches', async () => {
      for (let index = 0; index < 25; index++) await store.append(`s-${index}`, NO_STREAM, [event()]);
      const sizes: number[] = [];
      for await (const batch of readAll(store, 0, 10)) sizes.push(batch.length);
      expect(sizes).toEqual([10, 10, 5]);
    });

    test('a store opened again holds the same log and goes on', async () => {
      if (!subject.reopen) return;
      await store.append('a', NO_STREAM, [event(), event()]);
      const head = await store.head();
      store = await subject.reopen(store);
      expect(await store.head()).toEqual(head);
      await store.append('a', 1, [event()]);
      expect(await verify(store)).toMatchObject({ ok: true, events: 3 });
    });
  });
}
