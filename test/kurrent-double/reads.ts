// The double's answers to Read: of a stream and of $all, at once or as a subscription.
import type { ServerWritableStream } from '@grpc/grpc-js';
import { ReadReq, type ReadResp } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Recorded } from './event-log.js';
import { exceptionThrown, refusalOf, unexpectedResult, type Fault, type Refusal } from './faults.js';
import { eventRead, firstStreamPosition, lastStreamPosition, streamName, streamNotFound } from './messages.js';
import type { Node } from './node.js';
import { Subscription, type Source } from './subscription.js';

type ReadCall = ServerWritableStream<ReadReq, ReadResp>;
type Filter = (event: Recorded) => boolean;

const BACKWARDS = ReadReq.Options.ReadDirection.BACKWARDS;
const WINDOW = 32;

class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.details);
  }
}

function filterOf(options: ReadReq.Options): Filter {
  const filter = options.getFilter();
  const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
  if (!filter || !expression) return () => true;
  const text = filter.hasStreamIdentifier() ? ({ stream }: Recorded) => stream : ({ type }: Recorded) => type;
  const regex = expression.getRegex() && new RegExp(expression.getRegex(), 'u');
  const prefixes = expression.getPrefixList();
  if (regex) return (event) => regex.test(text(event));
  return (event) => prefixes.some((prefix) => text(event).startsWith(prefix));
}

function eventsOfAll({ log }: Node, options: ReadReq.Options): Recorded[] {
  const all = options.getAll();
  const backwards = options.getReadDirection() === BACKWARDS;
  if (all?.hasStart()) return backwards ? [] : log.events;
  if (all?.hasEnd()) return backwards ? log.events.toReversed() : [];
  const position = BigInt(all?.getPosition()?.getCommitPosition() ?? 0);
  if (backwards) {
    // Only what ends at a position or before it is behind it, and an unknown position is an error only this way round.
    if (!log.isBoundary(position)) {
      throw new Refused(unexpectedResult(options.hasFilter() ? 'FilteredReadAllResult' : 'ReadAllResult'));
    }
    return log.events.slice(0, log.indexAt(position)).toReversed();
  }
  // A real server may also notice and refuse; that it sees nothing is the worse for a client.
  return log.isBoundary(position) ? log.events.slice(log.indexAt(position)) : [];
}

function eventsOfStream(events: readonly Recorded[], options: ReadReq.Options): readonly Recorded[] {
  const from = options.getStream();
  if (options.getReadDirection() === BACKWARDS) {
    if (from?.hasEnd()) return events.toReversed();
    return events.slice(0, from?.hasStart() ? 1 : Number(from?.getRevision() ?? 0) + 1).toReversed();
  }
  if (from?.hasEnd() || options.getCount() === '0') throw new Refused(unexpectedResult('ReadStreamResult'));
  return from?.hasStart() ? events : events.slice(Number(from?.getRevision() ?? 0));
}

const isText = (options: ReadReq.Options): boolean => options.getUuidOption()?.hasString() ?? false;

function* readStream(node: Node, options: ReadReq.Options): Generator<ReadResp> {
  const name = streamName(options.getStream()?.getStreamIdentifier());
  const stream = node.log.stream(name);
  const last = stream.at(-1)?.revision;
  if (last === undefined) return yield streamNotFound(name);
  const wanted = eventsOfStream(stream, options);
  const positions = (options.getControlOption()?.getCompatibility() ?? 0) > 0;
  if (positions && wanted.length === 0) yield firstStreamPosition(last + 1n);
  for (const event of wanted.slice(0, Number(options.getCount()))) yield eventRead(event, isText(options));
  if (positions) yield lastStreamPosition(last);
}

function* readAll(node: Node, options: ReadReq.Options): Generator<ReadResp> {
  const wanted = filterOf(options);
  let left = BigInt(options.getCount());
  for (const event of eventsOfAll(node, options)) {
    if (!wanted(event)) continue;
    yield eventRead(event, isText(options));
    left -= 1n;
    if (left === 0n) return;
  }
}

const drained = (call: ReadCall): Promise<void> =>
  new Promise((resolve) => {
    call.once('drain', resolve).once('cancelled', resolve);
  });

async function send(call: ReadCall, answers: ReadResp[]): Promise<void> {
  for (const answer of answers) {
    if (call.cancelled) return;
    if (!call.write(answer)) await drained(call);
  }
}

async function serveRead(node: Node, call: ReadCall, options: ReadReq.Options): Promise<void> {
  node.calls.read += 1;
  const fault = node.faults.take('read');
  const answers = [...(options.hasStream() ? readStream(node, options) : readAll(node, options))];
  await send(call, answers.splice(0, fault?.afterEvents ?? 0));
  // A read of no events of $all keeps the real server busy until the client gives up.
  const endless = options.hasAll() && options.getCount() === '0';
  if (fault && fault.failure !== 'stall') return fail(node, call, fault);
  if (fault || endless) await node.faults.hold();
  await send(call, answers);
  call.end();
}

function fail(node: Node, call: ReadCall, { failure, leader }: Fault<'read'>): void {
  if (failure === 'drop') node.drop(call);
  else if (failure === 'end') call.end();
  else call.emit('error', refusalOf(failure, leader ?? node.leader));
}

function sourceInAll({ log }: Node, options: ReadReq.Options): Omit<Source, 'idsAsText'> {
  const all = options.getAll();
  const filter = options.getFilter();
  const size = filter?.hasMax() ? filter.getMax() : WINDOW;
  const window = filter && { size, interval: size * filter.getCheckpointintervalmultiplier() };
  const wanted = filterOf(options);
  if (all?.hasStart()) return { from: 0, wanted, window };
  if (all?.hasEnd()) return { from: log.events.length, wanted, window };
  const position = BigInt(all?.getPosition()?.getCommitPosition() ?? 0);
  if (position < log.end && !log.isBoundary(position)) throw new Refused(exceptionThrown());
  return { from: log.indexAt(position + 1n), wanted, window };
}

function sourceInStream({ log }: Node, options: ReadReq.Options): Omit<Source, 'idsAsText'> {
  const stream = options.getStream();
  const name = streamName(stream?.getStreamIdentifier());
  const after = stream?.hasRevision() ? BigInt(stream.getRevision()) : -1n;
  return {
    from: stream?.hasEnd() ? log.events.length : 0,
    wanted: (event) => event.stream === name && event.revision > after,
    ...(!stream?.hasEnd() && { awaits: name }),
  };
}

function subscribe(node: Node, call: ReadCall, options: ReadReq.Options): void {
  node.calls.subscribe += 1;
  const source = options.hasStream() ? sourceInStream(node, options) : sourceInAll(node, options);
  new Subscription(node, call, { ...source, idsAsText: isText(options) }).start();
}

export async function read(node: Node, call: ReadCall): Promise<void> {
  const options = call.request.getOptions() ?? new ReadReq.Options();
  try {
    // Who subscribes to $all or a stream from its end reads nothing, and only reading asks for the leader.
    const fromEnd = options.hasSubscription() && (options.getAll() ?? options.getStream())?.hasEnd();
    const refused = fromEnd ? undefined : node.refusalFor(call.metadata);
    if (refused) throw new Refused(refused);
    if (options.hasSubscription()) subscribe(node, call, options);
    else await serveRead(node, call, options);
  } catch (error) {
    call.emit('error', error instanceof Refused ? error.refusal : exceptionThrown());
  }
}
