// Between the log and the protobuf messages of the official client.
import { Code } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/code_pb.js';
import {
  AllStreamPosition,
  Empty,
  MaximumAppendSizeExceeded,
  StreamIdentifier,
  Timeout,
  UUID,
  WrongExpectedVersion,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/shared_pb.js';
import { Status } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/status_pb.js';
import {
  AppendReq,
  AppendResp,
  BatchAppendReq,
  BatchAppendResp,
  ReadResp,
} from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/streams_pb.js';
import { Any } from 'google-protobuf/google/protobuf/any_pb.js';
import { Empty as GoogleEmpty } from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Expected, Outcome, Proposal, Recorded } from './event-log.js';

type ProposedMessage = AppendReq.ProposedMessage | BatchAppendReq.ProposedMessage;

const JSON_CONTENT = 'application/json';
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const streamName = (identifier: StreamIdentifier | undefined): string =>
  Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');

export const streamIdentifier = (name: string): StreamIdentifier =>
  new StreamIdentifier().setStreamName(Buffer.from(name, 'utf8'));

const signed = (hex: string): string => BigInt.asIntN(64, BigInt(`0x${hex}`)).toString();

export function structured(id: string): UUID {
  const hex = id.replaceAll('-', '');
  const bits = new UUID.Structured();
  bits.setMostSignificantBits(signed(hex.slice(0, 16)));
  bits.setLeastSignificantBits(signed(hex.slice(16)));
  return new UUID().setStructured(bits);
}

/** An event as it is proposed; undefined where its id is no UUID, which the server cannot take. */
export function proposal(message: ProposedMessage): Proposal | undefined {
  const id = message.getId()?.getString().toLowerCase() ?? '';
  if (!GUID.test(id)) return undefined;
  return {
    id,
    type: message.getMetadataMap().get('type') ?? '',
    isJson: message.getMetadataMap().get('content-type') === JSON_CONTENT,
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

/** How the server counts an event towards the largest append. */
export const sizeOf = ({ type, data, metadata }: Proposal): number => data.length + metadata.length + 2 * type.length;

export function expectedBy(options: AppendReq.Options | BatchAppendReq.Options): Expected {
  if (options.hasAny()) return 'any';
  if (options.hasNoStream()) return 'no-stream';
  if (options.hasStreamExists()) return 'stream-exists';
  return BigInt('getRevision' in options ? options.getRevision() : options.getStreamPosition());
}

function recordedEvent(event: Recorded, idsAsText: boolean): ReadResp.ReadEvent.RecordedEvent {
  const message = new ReadResp.ReadEvent.RecordedEvent();
  message.setId(idsAsText ? new UUID().setString(event.id) : structured(event.id));
  message.setStreamIdentifier(streamIdentifier(event.stream));
  message.setStreamRevision(String(event.revision));
  message.setCommitPosition(String(event.position));
  message.setPreparePosition(String(event.position));
  message.getMetadataMap().set('type', event.type);
  message.getMetadataMap().set('created', String(event.created));
  message.getMetadataMap().set('content-type', event.isJson ? JSON_CONTENT : 'application/octet-stream');
  message.setData(event.data);
  message.setCustomMetadata(event.metadata);
  return message;
}

export function eventRead(event: Recorded, idsAsText: boolean): ReadResp {
  const read = new ReadResp.ReadEvent();
  read.setEvent(recordedEvent(event, idsAsText));
  read.setCommitPosition(String(event.position));
  return new ReadResp().setEvent(read);
}

export const streamNotFound = (name: string): ReadResp =>
  new ReadResp().setStreamNotFound(new ReadResp.StreamNotFound().setStreamIdentifier(streamIdentifier(name)));

export const firstStreamPosition = (revision: bigint): ReadResp =>
  new ReadResp().setFirstStreamPosition(String(revision));

export const lastStreamPosition = (revision: bigint): ReadResp =>
  new ReadResp().setLastStreamPosition(String(revision));

export const confirmation = (): ReadResp =>
  new ReadResp().setConfirmation(new ReadResp.SubscriptionConfirmation().setSubscriptionId(crypto.randomUUID()));

export const caughtUp = (): ReadResp => new ReadResp().setCaughtUp(new ReadResp.CaughtUp());

export function checkpoint(position: bigint): ReadResp {
  const message = new ReadResp.Checkpoint();
  message.setCommitPosition(String(position));
  message.setPreparePosition(String(position));
  return new ReadResp().setCheckpoint(message);
}

function success({ revision, position }: Outcome & { is: 'written' }): AppendResp.Success {
  const message = new AppendResp.Success();
  if (revision < 0n) message.setNoStream(new Empty());
  else message.setCurrentRevision(String(revision));
  const place = new AppendResp.Position();
  place.setCommitPosition(String(position));
  place.setPreparePosition(String(position));
  return message.setPosition(place);
}

function wrongExpectedVersion(current: bigint | 'no-stream', expected: Expected): AppendResp.WrongExpectedVersion {
  const message = new AppendResp.WrongExpectedVersion();
  if (current === 'no-stream') message.setCurrentNoStream(new Empty());
  else message.setCurrentRevision(String(current));
  if (expected === 'any') message.setExpectedAny(new Empty());
  else if (expected === 'no-stream') message.setExpectedNoStream(new Empty());
  else if (expected === 'stream-exists') message.setExpectedStreamExists(new Empty());
  else message.setExpectedRevision(String(expected));
  return message;
}

export const appended = (outcome: Outcome, expected: Expected): AppendResp =>
  outcome.is === 'written'
    ? new AppendResp().setSuccess(success(outcome))
    : new AppendResp().setWrongExpectedVersion(wrongExpectedVersion(outcome.current, expected));

function batchSuccess({ revision, position }: Outcome & { is: 'written' }): BatchAppendResp.Success {
  const message = new BatchAppendResp.Success();
  if (revision < 0n) message.setNoStream(new GoogleEmpty());
  else message.setCurrentRevision(String(revision));
  const place = new AllStreamPosition();
  place.setCommitPosition(String(position));
  place.setPreparePosition(String(position));
  return message.setPosition(place);
}

/** An answer within the stream of batches that is no success. */
export function batchError(code: Code, text: string, type: string, details: { serializeBinary(): Uint8Array }): Status {
  const packed = new Any();
  packed.pack(details.serializeBinary(), type);
  return new Status().setCode(code).setMessage(text).setDetails(packed);
}

function batchWrongVersion(current: bigint | 'no-stream', expected: Expected): Status {
  const message = new WrongExpectedVersion();
  if (current === 'no-stream') message.setCurrentNoStream(new GoogleEmpty());
  else message.setCurrentStreamRevision(String(current));
  if (expected === 'any') message.setExpectedAny(new GoogleEmpty());
  else if (expected === 'no-stream') message.setExpectedNoStream(new GoogleEmpty());
  else if (expected === 'stream-exists') message.setExpectedStreamExists(new GoogleEmpty());
  else message.setExpectedStreamPosition(String(expected));
  return batchError(Code.ALREADY_EXISTS, 'WrongExpectedVersion', 'event_store.client.WrongExpectedVersion', message);
}

export const batchTimeout = (): Status =>
  batchError(Code.DEADLINE_EXCEEDED, 'Timeout', 'event_store.client.Timeout', new Timeout());

/** What the server says while it is not ready; the client knows no error for it. */
export const batchNotReady = (): Status =>
  batchError(Code.OK, 'Server Is Not Ready', 'google.protobuf.Empty', new GoogleEmpty());

export const batchTooLarge = (limit: number): Status =>
  batchError(
    Code.INVALID_ARGUMENT,
    'MaximumAppendSizeExceeded',
    'event_store.client.MaximumAppendSizeExceeded',
    new MaximumAppendSizeExceeded().setMaxappendsize(limit),
  );

export const batchBadRequest = (): Status =>
  batchError(Code.INVALID_ARGUMENT, 'BadRequest', 'event_store.client.BadRequest', new GoogleEmpty());

export const batchAppended = (outcome: Outcome, expected: Expected): BatchAppendResp =>
  outcome.is === 'written'
    ? new BatchAppendResp().setSuccess(batchSuccess(outcome))
    : new BatchAppendResp().setError(batchWrongVersion(outcome.current, expected));
