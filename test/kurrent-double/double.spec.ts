// The double of EventStoreDB, driven by the official client; with KURRENTDB_URL a real server is held to the same.
import {
  DeadlineExceededError,
  END,
  NotLeaderError,
  START,
  streamNameFilter,
  UnavailableError,
  UnknownError,
  WrongExpectedVersionError,
  type KurrentDBClient,
} from '@kurrent/kurrentdb-client';
import { serverContract } from './contract.js';
import {
  at,
  connect,
  disconnectAll,
  Follower,
  isOpen,
  names,
  newStream,
  ONE_CALL_EACH,
  pause,
  positionOf,
  proposed,
  recovered,
  unsubscribeAll,
} from './driving.js';
import { eventually } from '../support/eventually.js';
import type { Failures } from './faults.js';
import { KurrentDouble } from './kurrent-double.js';

const NO_STREAM = 'no_stream';
const real = process.env['KURRENTDB_URL'];

describe('double of EventStoreDB', () => {
  let double: KurrentDouble;
  let client: KurrentDBClient;
  let stream: string;
  beforeAll(async () => {
    double = await KurrentDouble.start();
    client = connect(double.url);
  });
  afterAll(async () => {
    await disconnectAll();
    await double.dispose();
  });
  beforeEach(() => {
    stream = `${newStream()}-a`;
  });
  afterEach(async () => {
    double.faults.clear();
    double.faults.release();
    await unsubscribeAll();
    await eventually(() => expect(double.faults.subscriptions).toBe(0));
  });

  const readBack = () => names(client.readStream(stream));
  const subscribe = (fromPosition: typeof START | typeof END = END) =>
    new Follower(client.subscribeToAll({ fromPosition, filter: streamNameFilter({ prefixes: [stream] }) }));

  serverContract('the double', () => double.url);

  test('events of the system stand between the others, and only a filter keeps them away', async () => {
    for (let index = 0; index < 6; index++) await client.appendToStream(stream, proposed());
    const all = await names(client.readAll({ direction: 'backwards', fromPosition: END, maxCount: 8 }));
    const ofSystem = all.filter((name) => !name.startsWith('a@'));
    expect(ofSystem).toHaveLength(2);
    const filtered = client.readAll({ filter: streamNameFilter({ regex: '^[^$]' }) });
    expect((await names(filtered)).filter((name) => name.includes('127.0.0.1'))).toEqual([]);
  });

  describe.each([
    ['in batches', {}],
    ['one call each', ONE_CALL_EACH],
  ])('faults of appends %s', (way, options) => {
    const append = (event = proposed(), given = {}) =>
      client.appendToStream(stream, event, { streamState: NO_STREAM, ...options, ...given });

    test.each<[Failures['append'], new (...given: never[]) => Error, number | undefined]>([
      ['drop', UnavailableError, 14],
      ['unavailable', UnavailableError, 14],
      ['not-leader', NotLeaderError, 5],
      ['deadline-exceeded', DeadlineExceededError, 4],
      ['unknown', UnknownError, 2],
      ['wrong-revision', WrongExpectedVersionError, undefined],
      way === 'in batches' ? ['not-ready', UnknownError, undefined] : ['not-ready', UnavailableError, 14],
      way === 'in batches' ? ['timeout', DeadlineExceededError, undefined] : ['timeout', UnknownError, 10],
    ])('%s: before the commit nothing is written, after it the same again is answered', async (failure, type, code) => {
      const event = proposed();
      double.faults.next('append', failure);
      const before = append(event);
      await expect(before).rejects.toBeInstanceOf(type);
      await expect(before).rejects.toMatchObject({ code });
      expect(double.log.stream(stream)).toHaveLength(0);
      double.faults.next('append', failure, { afterCommit: true });
      await expect(append(event)).rejects.toBeInstanceOf(type);
      expect(double.log.stream(stream)).toHaveLength(1);
      expect(await append(event)).toMatchObject({ success: true, nextExpectedRevision: 0n });
      await expect(append()).rejects.toMatchObject({ actualState: 0n });
      expect(await readBack()).toEqual(['a@0']);
    });

    test('a stalled append is open until it is released, and written then where it was not', async () => {
      double.faults.next('append', 'stall');
      const waiting = append();
      expect(await isOpen(waiting)).toBe(true);
      expect([double.faults.stalled, double.log.stream(stream).length]).toEqual([1, 0]);
      double.faults.release();
      expect((await waiting).nextExpectedRevision).toBe(0n);
      double.faults.next('append', 'stall', { afterCommit: true });
      const written = append(proposed(), { streamState: 0n });
      await eventually(() => expect(double.log.stream(stream)).toHaveLength(2));
      expect(await isOpen(written)).toBe(true);
      double.faults.release();
      expect((await written).nextExpectedRevision).toBe(1n);
    });

    test('the next n fail, or all until it is cleared, and each is counted', async () => {
      const calls = double.appendCalls;
      double.faults.next('append', 'wrong-revision', { times: 2 });
      for (let index = 0; index < 2; index++) await expect(append()).rejects.toThrow(WrongExpectedVersionError);
      await append();
      double.faults.next('append', 'unknown', { times: Infinity });
      for (let index = 0; index < 4; index++) await expect(append()).rejects.toThrow(UnknownError);
      double.faults.clear();
      await append(proposed(), { streamState: 0n });
      expect(double.appendCalls - calls).toBe(8);
    });
  });

  test('a stalled append ends at the deadline only where it is a call of its own', async () => {
    double.faults.next('append', 'stall', { times: 2 });
    const alone = client.appendToStream(stream, proposed(), { deadline: 50, ...ONE_CALL_EACH });
    const batched = client.appendToStream(stream, proposed(), { deadline: 50 });
    await expect(alone).rejects.toBeInstanceOf(DeadlineExceededError);
    expect(await isOpen(batched)).toBe(true);
    double.faults.release();
    await batched;
    // The one nobody waited for is written all the same.
    await eventually(() => expect(double.log.stream(stream)).toHaveLength(2));
  });

  test('without the batches of the server each append is a call', async () => {
    const unbatched = await KurrentDouble.start({ batches: false });
    const other = connect(unbatched.url);
    unbatched.faults.next('append', 'stall');
    const stalled = other.appendToStream(stream, proposed(), { deadline: 50 });
    await expect(stalled).rejects.toBeInstanceOf(DeadlineExceededError);
    await unbatched.dispose();
  });

  test.each<[Failures['features'], number]>([
    ['drop', 14],
    ['unavailable', 14],
    ['deadline-exceeded', 4],
    ['unknown', 2],
  ])('features %s: an append fails with a bare gRPC error', async (failure, code) => {
    const fresh = connect(double.url);
    double.faults.next('features', failure);
    await expect(fresh.appendToStream(stream, proposed())).rejects.toMatchObject({ name: 'Error', code });
    // The client keeps an answer it cannot tell from a lost connection for good.
    const again = fresh.appendToStream(stream, proposed());
    if (code === 14) expect(await again).toMatchObject({ success: true });
    else await expect(again).rejects.toMatchObject({ code });
  });

  describe('faults of reads', () => {
    test.each<[Failures['read'], new (...given: never[]) => Error]>([
      ['drop', UnavailableError],
      ['unavailable', UnavailableError],
      ['unknown', UnavailableError],
      ['deadline-exceeded', DeadlineExceededError],
      ['not-leader', NotLeaderError],
    ])('%s: at once or after some events', async (failure, type) => {
      await client.appendToStream(stream, [proposed(), proposed(), proposed()]);
      for (const afterEvents of [0, 2]) {
        double.faults.next('read', failure, { afterEvents });
        await expect(readBack()).rejects.toBeInstanceOf(type);
        expect(await readBack()).toEqual(['a@0', 'a@1', 'a@2']);
      }
    });

    test('a read that ends early looks like a shorter stream', async () => {
      await client.appendToStream(stream, [proposed(), proposed(), proposed()]);
      double.faults.next('read', 'end', { afterEvents: 2 });
      expect(await readBack()).toEqual(['a@0', 'a@1']);
      expect(await readBack()).toEqual(['a@0', 'a@1', 'a@2']);
    });

    test('a stalled read is open until it is released', async () => {
      await client.appendToStream(stream, [proposed(), proposed()]);
      double.faults.next('read', 'stall', { afterEvents: 1 });
      const waiting = readBack();
      expect(await isOpen(waiting)).toBe(true);
      double.faults.release();
      expect(await waiting).toEqual(['a@0', 'a@1']);
    });
  });

  describe('faults of subscriptions', () => {
    test.each<[Failures['subscribe'], object[]]>([
      ['drop', [{ type: 'unavailable', code: 14 }]],
      ['unavailable', [{ type: 'unavailable', code: 14 }]],
      ['unknown', [{ type: 'unknown', code: 2 }]],
      ['deadline-exceeded', [{ type: 'deadline-exceeded', code: 4 }]],
      ['not-leader', [{ type: 'not-leader', code: 5 }]],
      ['too-slow', [{ type: 'unknown', code: 10, message: expect.stringContaining('Consumer too slow') }]],
      ['end', []],
    ])('%s: at once or after some events', async (failure, errors) => {
      await client.appendToStream(stream, [proposed(), proposed()]);
      double.faults.next('subscribe', failure);
      const refused = subscribe(START);
      await eventually(() => expect(refused.errors).toMatchObject(errors));
      await refused.sees(...(failure === 'end' ? ['end'] : []));
      double.faults.next('subscribe', failure, { afterEvents: 1 });
      const broken = subscribe(START);
      await eventually(() => expect(broken.errors).toMatchObject(errors));
      // A connection that drops may take along what was under way on it.
      if (failure === 'drop') expect(broken.seen).not.toContain('a@1');
      else await broken.sees('confirmation', 'a@0', ...(failure === 'end' ? ['end'] : []));
      await subscribe(START).sees('confirmation', 'a@0', 'a@1', 'caughtUp');
    });

    test.each<['drop' | 'end' | 'too-slow', object[]]>([
      ['drop', [{ code: 14 }]],
      ['end', []],
      ['too-slow', [{ code: 10 }]],
    ])('live ones are cut: %s', async (how, errors) => {
      const live = subscribe();
      await live.sees('confirmation', 'caughtUp');
      expect(double.faults.cutSubscriptions(how)).toBe(1);
      await eventually(() => expect(live.errors).toMatchObject(errors));
      expect(double.faults.subscriptions).toBe(0);
      await client.appendToStream(stream, proposed());
      await live.sees('confirmation', 'caughtUp', ...(how === 'end' ? ['end'] : []));
    });

    test('a stalled one goes on where it was', async () => {
      double.faults.next('subscribe', 'stall', { afterEvents: 1 });
      const live = subscribe();
      await live.sees('confirmation', 'caughtUp');
      await client.appendToStream(stream, [proposed(), proposed(), proposed()]);
      await pause(50);
      await live.sees('confirmation', 'caughtUp', 'a@0');
      double.faults.release();
      await live.sees('confirmation', 'caughtUp', 'a@0', 'a@1', 'a@2');
    });

    test('live events come late when they are delayed', async () => {
      const live = subscribe();
      await live.sees('confirmation', 'caughtUp');
      double.faults.deliveryDelay = 150;
      await client.appendToStream(stream, proposed());
      expect(await readBack()).toEqual(['a@0']);
      await pause(50);
      expect(live.seen).toEqual(['confirmation', 'caughtUp']);
      await live.sees('confirmation', 'caughtUp', 'a@0');
      double.faults.deliveryDelay = 0;
      await client.appendToStream(stream, proposed());
      await live.sees('confirmation', 'caughtUp', 'a@0', 'a@1');
    });

    test('an unsubscribed one is served no more', async () => {
      const live = subscribe();
      await live.sees('confirmation', 'caughtUp');
      await live.subscription.unsubscribe();
      await eventually(() => expect(double.faults.subscriptions).toBe(0));
      expect(live.errors).toEqual([]);
    });
  });

  test('a node that stops drops what runs, and has its log when it starts again', async () => {
    const [event, other] = [proposed(), proposed()];
    const first = await client.appendToStream(stream, event, { streamState: NO_STREAM });
    const live = subscribe();
    await live.sees('confirmation', 'caughtUp');
    double.faults.next('append', 'stall');
    const stalled = client.appendToStream(stream, other, { streamState: 0n });
    await eventually(() => expect(double.faults.stalled).toBe(1));
    const url = double.url;
    await double.stop();
    await expect(stalled).rejects.toMatchObject({ type: 'unavailable', code: 14 });
    await eventually(() => expect(live.errors).toMatchObject([{ type: 'unavailable', code: 14 }]));
    await expect(client.appendToStream(stream, proposed())).rejects.toMatchObject({ name: 'Error', code: 14 });
    await expect(readBack()).rejects.toBeInstanceOf(UnavailableError);
    await double.start();
    expect([double.url, await readBack()]).toEqual([url, ['a@0']]);
    expect(await client.appendToStream(stream, event, { streamState: NO_STREAM })).toEqual(first);
    const next = await client.appendToStream(stream, other, { streamState: 0n });
    expect(positionOf(next)).toBeGreaterThan(positionOf(first));
    const rest = client.readAll({
      fromPosition: at(positionOf(next)),
      filter: streamNameFilter({ prefixes: [stream] }),
    });
    expect(await names(rest)).toEqual(['a@1']);
  });

  test('a restart forgets the ids, so that only an exact revision finds a repeat', async () => {
    const event = proposed();
    await client.appendToStream(stream, event);
    expect((await client.appendToStream(stream, event)).nextExpectedRevision).toBe(0n);
    await double.stop();
    await double.start();
    await recovered(client);
    expect((await client.appendToStream(stream, event, { streamState: NO_STREAM })).nextExpectedRevision).toBe(0n);
    expect((await client.appendToStream(stream, event)).nextExpectedRevision).toBe(1n);
  });

  test('the client of a cluster goes to the leader, and with it', async () => {
    const node = await KurrentDouble.start({ leader: double });
    const member = connect(node.clusterUrl);
    await member.appendToStream(stream, proposed());
    expect(node.appendCalls).toBe(0);
    expect(await names(member.readStream(stream))).toEqual(['a@0']);
    node.lead();
    double.faults.next('append', 'not-leader');
    await expect(member.appendToStream(stream, proposed())).rejects.toMatchObject({ leader: node.endpoint });
    await member.appendToStream(stream, proposed());
    expect(node.appendCalls).toBe(1);
    const asked = client.appendToStream(stream, proposed(), { requiresLeader: true, ...ONE_CALL_EACH });
    await expect(asked).rejects.toMatchObject({ leader: node.endpoint });
    double.lead();
    await node.dispose();
  });

  test('when the leader is gone the client finds the next for appends, and for reads only as a new client', async () => {
    const gone = await KurrentDouble.start();
    const node = await KurrentDouble.start({ leader: gone });
    const url = `${gone.clusterUrl}&nodePreference=leader`;
    const member = connect(url);
    await member.appendToStream(stream, proposed());
    expect(await names(member.readStream(stream))).toEqual(['a@0']);
    node.lead();
    await gone.stop();
    await recovered(member);
    for (let index = 0; index < 3; index++) {
      await expect(names(member.readStream(stream))).rejects.toBeInstanceOf(UnavailableError);
    }
    expect(await names(connect(url).readStream(stream))).toEqual(['a@0']);
    await node.dispose();
    await gone.dispose();
  });
});

if (real) serverContract('a real server', () => real);
