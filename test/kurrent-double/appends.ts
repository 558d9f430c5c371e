// The double's answers to Append and BatchAppend: one way through the log and the faults for both.
import type { sendUnaryData, ServerDuplexStream, ServerReadableStream } from '@grpc/grpc-js';
import type { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import {
  BatchAppendResp,
  type AppendReq,
  type AppendResp,
  type BatchAppendReq,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import type { Expected, Outcome, Proposal } from './event-log.js';
import { appendTooLarge, exceptionThrown, refusalOf, type Fault, type Refusal } from './faults.js';
import {
  appended,
  batchAppended,
  batchBadRequest,
  batchNotReady,
  batchTimeout,
  batchTooLarge,
  expectedBy,
  proposal,
  sizeOf,
  streamIdentifier,
  streamName,
} from './messages.js';
import type { Node } from './node.js';

const MAX_APPEND_SIZE = 1_048_576;

interface Append {
  stream: string;
  expected: Expected;
  proposals: Proposal[];
}

/** How one append is answered, whichever call it came by. */
interface Answers {
  outcome(outcome: Outcome): void;
  refuse(refusal: Refusal): void;
  /** The answers EventStoreDB gives within the stream of batches, where it does. */
  within?: { 'not-ready': () => void; timeout: () => void };
  drop(): void;
}

/** Plays a fault; true when the append goes on, because it stalled and was released. */
async function play(node: Node, fault: Fault<'append'>, answers: Answers): Promise<boolean> {
  const { failure } = fault;
  if (failure === 'stall') {
    await node.faults.hold();
    return true;
  }
  if (failure === 'drop') answers.drop();
  else if ((failure === 'not-ready' || failure === 'timeout') && answers.within) answers.within[failure]();
  else answers.refuse(refusalOf(failure, fault.leader ?? node.leader));
  return false;
}

const lie = (node: Node, stream: string): Outcome => ({
  is: 'wrong-revision',
  current: node.log.stream(stream).at(-1)?.revision ?? 'no-stream',
});

async function serve(node: Node, { stream, expected, proposals }: Append, answers: Answers): Promise<void> {
  node.calls.append += 1;
  const fault = node.faults.take('append');
  if (fault?.failure === 'wrong-revision' && !fault.afterCommit) return answers.outcome(lie(node, stream));
  if (fault && !fault.afterCommit && !(await play(node, fault, answers))) return;
  const outcome = node.log.append(stream, expected, proposals);
  if (fault?.failure === 'wrong-revision') return answers.outcome(lie(node, stream));
  if (fault?.afterCommit && !(await play(node, fault, answers))) return;
  answers.outcome(outcome);
}

const tooLarge = (proposals: Proposal[]): boolean =>
  proposals.reduce((size, one) => size + sizeOf(one), 0) > MAX_APPEND_SIZE;

export function append(
  node: Node,
  call: ServerReadableStream<AppendReq, AppendResp>,
  callback: sendUnaryData<AppendResp>,
): void {
  let request: Append | undefined;
  let malformed = false;
  call.on('data', (message: AppendReq) => {
    const options = message.getOptions();
    if (options) {
      request = { stream: streamName(options.getStreamIdentifier()), expected: expectedBy(options), proposals: [] };
      return;
    }
    const proposed = message.getProposedMessage();
    const one = proposed && proposal(proposed);
    if (one) request?.proposals.push(one);
    else malformed = true;
  });
  call.on('end', () => {
    if (!request || malformed) return callback(exceptionThrown());
    if (tooLarge(request.proposals)) return callback(appendTooLarge(MAX_APPEND_SIZE));
    const refused = node.refusalFor(call.metadata);
    if (refused) return callback(refused);
    const { expected } = request;
    void serve(node, request, {
      outcome: (outcome) => callback(null, appended(outcome, expected)),
      refuse: (refusal) => callback(refusal),
      drop: () => node.drop(call),
    });
  });
}

/** One stream of batches: a request may come in pieces, many may be under way, and a refusal ends them all. */
class Batches {
  readonly #pending = new Map<string, Append>();

  constructor(
    private readonly node: Node,
    private readonly call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>,
  ) {}

  receive(request: BatchAppendReq): void {
    const key = request.getCorrelationId()?.getString() ?? '';
    const options = request.getOptions();
    if (options) {
      const stream = streamName(options.getStreamIdentifier());
      if (this.#isLate(options)) return this.#answer(request, stream, new BatchAppendResp().setError(batchTimeout()));
      this.#pending.set(key, { stream, expected: expectedBy(options), proposals: [] });
    }
    const pending = this.#pending.get(key);
    if (!pending) return;
    const proposed = request.getProposedMessagesList().map(proposal);
    pending.proposals.push(...proposed.filter((one) => one !== undefined));
    if (proposed.includes(undefined)) return this.#reject(request, pending, batchBadRequest());
    if (tooLarge(pending.proposals)) return this.#reject(request, pending, batchTooLarge(MAX_APPEND_SIZE));
    if (request.getIsFinal()) this.#serve(request, pending);
  }

  #isLate(options: BatchAppendReq.Options): boolean {
    const deadline = options.getDeadline21100();
    return deadline !== undefined && deadline.toDate().getTime() <= Date.now();
  }

  #serve(request: BatchAppendReq, pending: Append): void {
    this.#forget(request);
    const refused = this.node.refusalFor(this.call.metadata);
    if (refused) return this.#end(refused);
    const within = (status: () => Status) => () =>
      this.#answer(request, pending.stream, new BatchAppendResp().setError(status()));
    void serve(this.node, pending, {
      outcome: (outcome) => this.#answer(request, pending.stream, batchAppended(outcome, pending.expected)),
      refuse: (refusal) => this.#end(refusal),
      within: { 'not-ready': within(batchNotReady), timeout: within(batchTimeout) },
      drop: () => this.node.drop(this.call),
    });
  }

  #reject(request: BatchAppendReq, { stream }: Append, error: Status): void {
    this.#forget(request);
    this.#answer(request, stream, new BatchAppendResp().setError(error));
  }

  #forget(request: BatchAppendReq): void {
    this.#pending.delete(request.getCorrelationId()?.getString() ?? '');
  }

  #answer(request: BatchAppendReq, stream: string, answer: BatchAppendResp): void {
    answer.setCorrelationId(request.getCorrelationId());
    answer.setStreamIdentifier(streamIdentifier(stream));
    if (!this.call.cancelled) this.call.write(answer);
  }

  #end(refusal: Refusal): void {
    this.call.emit('error', refusal);
  }
}

export function batchAppend(node: Node, call: ServerDuplexStream<BatchAppendReq, BatchAppendResp>): void {
  const batches = new Batches(node, call);
  call.on('data', (request: BatchAppendReq) => batches.receive(request));
  call.on('end', () => call.end());
}
