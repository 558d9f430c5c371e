// What EventStoreDB answers the official client: cases that a real server and its double must both pass.
import {
  BACKWARDS,
  END,
  eventTypeFilter,
  FORWARDS,
  MaxAppendSizeExceededError,
  START,
  streamNameFilter,
  StreamNotFoundError,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  type AppendStreamState,
  type Filter,
  type KurrentDBClient,
} from '@kurrent/kurrentdb-client';
import {
  at,
  collect,
  connect,
  disconnectAll,
  Follower,
  names,
  newStream,
  ONE_CALL_EACH,
  positionOf,
  proposed,
  unsubscribeAll,
} from './driving.js';
import { eventually } from '../support/eventually.js';

const NO_STREAM = 'no_stream';
const ANY = 'any';
const EXISTS = 'stream_exists';

export function serverContract(name: string, url: () => string): void {
  describe(`answers of ${name}`, () => {
    let client: KurrentDBClient;
    let prefix: string;
    let [a, b] = ['', ''];
    beforeAll(() => {
      client = connect(url());
    });
    afterAll(disconnectAll);
    afterEach(unsubscribeAll);
    beforeEach(() => {
      prefix = newStream();
      [a, b] = [`${prefix}-a`, `${prefix}-b`];
    });

    const ours = () => streamNameFilter({ prefixes: [prefix] });

    describe.each([
      ['in batches', {}],
      ['one call each', ONE_CALL_EACH],
    ])('appends %s', (_, way) => {
      test('go on from each other, at growing positions with gaps', async () => {
        const first = await client.appendToStream(a, proposed(), { streamState: NO_STREAM, ...way });
        const second = await client.appendToStream(a, [proposed(), proposed()], { streamState: 0n, ...way });
        const third = await client.appendToStream(a, proposed(), { streamState: EXISTS, ...way });
        const revisions = [first, second, third].map(({ nextExpectedRevision }) => nextExpectedRevision);
        expect(revisions).toEqual([0n, 2n, 3n]);
        expect(positionOf(second)).toBeGreaterThan(positionOf(first) + 2n);
        expect(positionOf(third)).toBeGreaterThan(positionOf(second) + 1n);
      });

      test.each<[string, AppendStreamState, AppendStreamState]>([
        ['absent', 0n, NO_STREAM],
        ['absent', EXISTS, NO_STREAM],
        ['there', NO_STREAM, 1n],
        ['there', 0n, 1n],
        ['there', 2n, 1n],
      ])('a stream that is %s refuses %s and is as it was', async (is, streamState, actualState) => {
        if (is === 'there') await client.appendToStream(a, [proposed(), proposed()]);
        const refused = client.appendToStream(a, [proposed(), proposed()], { streamState, ...way });
        await expect(refused).rejects.toBeInstanceOf(WrongExpectedVersionError);
        await expect(refused).rejects.toMatchObject({ streamName: a, expectedState: streamState, actualState });
        expect(await names(client.readAll({ filter: ours() }))).toHaveLength(is === 'there' ? 2 : 0);
      });

      test.each<[string, AppendStreamState]>([
        ['the exact revision', NO_STREAM],
        ['any revision', ANY],
        ['that the stream exists', EXISTS],
      ])(
        'the same again, expecting %s, is answered with what is there, whatever came later',
        async (expected, streamState) => {
          const events = [proposed(), proposed(), proposed()];
          const first = await client.appendToStream(a, events, { streamState: NO_STREAM, ...way });
          await client.appendToStream(a, proposed(), { streamState: 2n, ...way });
          expect(await client.appendToStream(a, events, { streamState, ...way })).toEqual(first);
          const part = await client.appendToStream(a, events.slice(0, 2), { streamState, ...way });
          expect(part.nextExpectedRevision).toBe(1n);
          expect(positionOf(part)).toBeLessThan(positionOf(first));
          const longer = client.appendToStream(a, [...events, proposed()], { streamState, ...way });
          await expect(longer).rejects.toMatchObject({ expectedState: streamState, actualState: 3n });
          expect(await names(client.readStream(a))).toHaveLength(4);
        },
      );

      test('the same events at another place of the stream are new, or wrong', async () => {
        const [known, unknown] = [proposed(), proposed()];
        await client.appendToStream(a, [proposed(), known], way);
        const before = client.appendToStream(a, known, { streamState: NO_STREAM, ...way });
        await expect(before).rejects.toMatchObject({ actualState: 1n });
        const after = await client.appendToStream(a, known, { streamState: 1n, ...way });
        expect(after.nextExpectedRevision).toBe(2n);
        const mixed = await client.appendToStream(a, [unknown, known], { streamState: ANY, ...way });
        expect(mixed.nextExpectedRevision).toBe(4n);
      });

      test('the id of an event is free in another stream', async () => {
        const event = proposed();
        await client.appendToStream(a, event, { streamState: NO_STREAM, ...way });
        const other = await client.appendToStream(b, [proposed(), event], { streamState: NO_STREAM, ...way });
        expect(other.nextExpectedRevision).toBe(1n);
        expect(await names(client.readAll({ filter: ours() }))).toEqual(['a@0', 'b@0', 'b@1']);
      });

      test('of no events are answered and leave none', async () => {
        const none = await client.appendToStream(a, [], { streamState: NO_STREAM, ...way });
        expect(none.success).toBe(true);
        await expect(client.appendToStream(a, [], { streamState: 3n, ...way })).rejects.toMatchObject({
          actualState: NO_STREAM,
        });
        await expect(names(client.readStream(a))).rejects.toBeInstanceOf(StreamNotFoundError);
      });

      test('of more than 1 MiB, or with an id that is no UUID, are refused', async () => {
        const large = proposed({ text: 'x'.repeat(1_100_000) });
        await expect(client.appendToStream(a, large, way)).rejects.toBeInstanceOf(MaxAppendSizeExceededError);
        await expect(client.appendToStream(a, large, way)).rejects.toMatchObject({ maxAppendSize: 1_048_576 });
        await expect(client.appendToStream(a, proposed({}, { id: 'id-1' }), way)).rejects.toBeInstanceOf(UnknownError);
        expect((await client.appendToStream(a, proposed({ text: 'x'.repeat(900_000) }), way)).success).toBe(true);
      });
    });

    test('of many appends at one revision exactly one is written', async () => {
      const attempts = Array.from({ length: 16 }, () =>
        client.appendToStream(a, proposed(), { streamState: NO_STREAM }),
      );
      const outcomes = await Promise.allSettled(attempts);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await names(client.readStream(a))).toEqual(['a@0']);
    });

    test('what is read is what was appended', async () => {
      const data = { text: '张三 \u{1F600} " \\ \n', list: [null, true, 1e21] };
      const event = proposed(data, { id: crypto.randomUUID().toUpperCase() });
      const appended = await client.appendToStream(a, event);
      const [read] = await collect(client.readStream(a));
      const [inAll] = await collect(client.readAll({ filter: ours() }));
      expect(read).toEqual(inAll);
      expect(read?.commitPosition).toBe(positionOf(appended));
      expect(read?.event).toMatchObject({ id: event.id.toLowerCase(), type: 'Driven', data, metadata: { by: 'spec' } });
      expect(read?.event).toMatchObject({ streamId: a, revision: 0n, isJson: true, position: appended.position });
      expect(Math.abs(Date.now() - (read?.event?.created.getTime() ?? 0))).toBeLessThan(5_000);
    });

    test.each([
      [{}, ['a@0', 'a@1', 'a@2']],
      [{ maxCount: 2 }, ['a@0', 'a@1']],
      [{ fromRevision: 1n }, ['a@1', 'a@2']],
      [{ fromRevision: 9n }, []],
      [{ direction: BACKWARDS, fromRevision: END }, ['a@2', 'a@1', 'a@0']],
      [{ direction: BACKWARDS, fromRevision: END, maxCount: 1 }, ['a@2']],
      [{ direction: BACKWARDS, fromRevision: 1n }, ['a@1', 'a@0']],
      [{ direction: BACKWARDS, fromRevision: 9n, maxCount: 1 }, ['a@2']],
    ] as const)('a stream read with %o has %j', async (options, expected) => {
      await client.appendToStream(a, [proposed(), proposed(), proposed()]);
      expect(await names(client.readStream(a, options))).toEqual(expected);
    });

    test('a stream that is not there is not found', async () => {
      await expect(names(client.readStream(a))).rejects.toBeInstanceOf(StreamNotFoundError);
      await expect(names(client.readStream(a, { direction: BACKWARDS, fromRevision: END }))).rejects.toMatchObject({
        streamName: a,
      });
    });

    test('$all is read from a position on, and backwards from before it', async () => {
      await client.appendToStream(a, [proposed(), proposed()]);
      const middle = at(positionOf(await client.appendToStream(b, proposed())));
      await client.appendToStream(a, proposed());
      const read = (options: Parameters<KurrentDBClient['readAll']>[0]) =>
        names(client.readAll({ filter: ours(), ...options }));
      expect(await read({ fromPosition: START })).toEqual(['a@0', 'a@1', 'b@0', 'a@2']);
      expect(await read({ fromPosition: START, maxCount: 3 })).toEqual(['a@0', 'a@1', 'b@0']);
      expect(await read({ fromPosition: middle })).toEqual(['b@0', 'a@2']);
      expect(await read({ direction: BACKWARDS, fromPosition: END, maxCount: 2 })).toEqual(['a@2', 'b@0']);
      expect(await read({ direction: BACKWARDS, fromPosition: middle })).toEqual(['a@1', 'a@0']);
    });

    test('$all from a position that is none of its own is empty, and backwards an error', async () => {
      const position = positionOf(await client.appendToStream(a, [proposed(), proposed()]));
      const [within, behind] = [at(position - 1n), at(position + 1_000_000n)];
      expect(await names(client.readAll({ direction: FORWARDS, fromPosition: behind }))).toEqual([]);
      // Within a record it depends on the bytes there whether the server notices.
      const unnoticed = names(client.readAll({ direction: FORWARDS, fromPosition: within }));
      expect(await unnoticed.catch(() => [])).toEqual([]);
      for (const fromPosition of [within, behind]) {
        const backwards = names(client.readAll({ direction: BACKWARDS, fromPosition }));
        await expect(backwards).rejects.toBeInstanceOf(UnavailableError);
      }
    });

    test('$all is filtered by the names of streams and the types of events', async () => {
      const type = `Type${prefix}`;
      await client.appendToStream(a, [proposed(), proposed({}, { type })]);
      await client.appendToStream(b, [proposed({}, { type: `${type}Other` }), proposed()]);
      const filtered = (filter: Filter) => names(client.readAll({ filter }));
      expect(await filtered(streamNameFilter({ prefixes: ['none', b] }))).toEqual(['b@0', 'b@1']);
      expect(await filtered(streamNameFilter({ regex: `^${prefix}-(a|c)$` }))).toEqual(['a@0', 'a@1']);
      expect(await filtered(eventTypeFilter({ prefixes: [type] }))).toEqual(['a@1', 'b@0']);
      expect(await filtered(eventTypeFilter({ regex: `^${type}$` }))).toEqual(['a@1']);
    });

    test('a subscription to $all catches up, says so and goes on', async () => {
      const first = await client.appendToStream(a, [proposed(), proposed()]);
      const whole = new Follower(client.subscribeToAll({ filter: ours() }));
      const rest = new Follower(client.subscribeToAll({ filter: ours(), fromPosition: at(positionOf(first)) }));
      const live = new Follower(client.subscribeToAll({ filter: ours(), fromPosition: END }));
      await whole.sees('confirmation', 'a@0', 'a@1', 'caughtUp');
      await Promise.all([rest, live].map((follower) => follower.sees('confirmation', 'caughtUp')));
      await client.appendToStream(b, [proposed(), proposed()]);
      await whole.sees('confirmation', 'a@0', 'a@1', 'caughtUp', 'b@0', 'b@1');
      await Promise.all([rest, live].map((follower) => follower.sees('confirmation', 'caughtUp', 'b@0', 'b@1')));
    });

    test('a subscription to $all begins behind the log, but not within a record', async () => {
      const position = positionOf(await client.appendToStream(a, [proposed(), proposed()]));
      const behind = new Follower(client.subscribeToAll({ filter: ours(), fromPosition: at(position + 1_000_000n) }));
      const within = new Follower(client.subscribeToAll({ filter: ours(), fromPosition: at(position - 1n) }));
      await behind.sees('confirmation', 'caughtUp');
      await eventually(() => expect(within.errors).toMatchObject([{ type: 'unknown', code: 2 }]));
      await client.appendToStream(a, proposed());
      await behind.sees('confirmation', 'caughtUp', 'a@2');
    });

    test('a filtered subscription is told of the positions it has passed', async () => {
      const checkpoints: bigint[] = [];
      const filter = streamNameFilter({
        prefixes: [a],
        maxSearchWindow: 4,
        checkpointInterval: 1,
        checkpointReached: (_, { commit }) => void checkpoints.push(commit),
      });
      const follower = new Follower(client.subscribeToAll({ filter, fromPosition: END }));
      await follower.sees('confirmation', 'caughtUp');
      const passed = positionOf(
        await client.appendToStream(
          b,
          Array.from({ length: 9 }, () => proposed()),
        ),
      );
      await eventually(() => expect(checkpoints.length).toBeGreaterThanOrEqual(2));
      expect(checkpoints.every((position) => position <= passed)).toBe(true);
      expect(checkpoints).toEqual(checkpoints.toSorted((one, other) => Number(one - other)));
    });

    test('a subscription to a stream waits for it and begins behind a revision', async () => {
      const whole = new Follower(client.subscribeToStream(a));
      await whole.sees('confirmation');
      await client.appendToStream(a, [proposed(), proposed()]);
      await client.appendToStream(b, proposed());
      await whole.sees('confirmation', 'a@0', 'a@1', 'caughtUp');
      const rest = new Follower(client.subscribeToStream(a, { fromRevision: 0n }));
      await rest.sees('confirmation', 'a@1', 'caughtUp');
      await client.appendToStream(a, proposed());
      await Promise.all([
        whole.sees('confirmation', 'a@0', 'a@1', 'caughtUp', 'a@2'),
        rest.sees('confirmation', 'a@1', 'caughtUp', 'a@2'),
      ]);
    });
  });
}
