// What the routes on the ledger itself answer.
import { ApiProperty } from '@nestjs/swagger';
import { ROLE_NAMES, type Role } from '../access/matrix.js';
import { ActorAnswer } from './shared.answer.dto.js';

export class ProjectionAnswer {
  /** Name of the view. */
  name!: string;

  /** Ledger position that it contains. */
  position!: number;
}

export class ParkedStreamAnswer {
  /** The stream that the views hold back. */
  stream!: string;

  /** Ledger position of its first event that cannot be applied. */
  position!: number;

  /** Type of that event. */
  type!: string;

  /** Why it cannot be applied, in the words of the program. */
  reason!: string;

  /** Events of the stream that are held back. */
  events!: number;
}

export class LedgerAnswer {
  /** Ledger position of the last event; 0 while the log is empty. */
  position!: number;

  /** SHA-256 of the last event in hex; every hash covers the one before it. */
  headHash!: string;

  /** Engine that holds the log, e.g. `sqlite`. */
  store!: string;

  /** Engine that holds the views, e.g. `sqlite`. */
  readModels!: string;

  /** How far each view is. */
  projections!: ProjectionAnswer[];

  /** Streams that the views hold back because of an event that cannot be applied; none in a sound ledger. */
  parked!: ParkedStreamAnswer[];
}

export class BadEventAnswer {
  /** Ledger position of the first event that is not what was recorded. */
  position!: number;

  /** What is wrong with it. */
  problem!: string;
}

export class VerificationAnswer {
  /** True where every event is what was recorded. */
  ok!: boolean;

  /** Number of events that are as they were recorded. */
  events!: number;

  /** SHA-256 of the last of them, in hex. */
  headHash!: string;

  /** Where `ok` is false: the first that is not. */
  firstBad?: BadEventAnswer;
}

export class EventMetaAnswer {
  /** Who recorded it. */
  actor!: ActorAnswer;

  /** The command that caused it; ids of events derive from it. */
  commandId!: string;

  /** Keyed digest of the request, by which a reused idempotency key is told from a retry. */
  fingerprint!: string;

  /** Id of the request, as the X-Request-Id header gave it. */
  requestId!: string;
}

export class EventAnswer {
  /** Id of the event. */
  id!: string;

  /** What happened, e.g. `PaymentDisbursed`. */
  type!: string;

  /** Ledger position: 1 for the first event, without gaps. */
  position!: number;

  /** Stream that the event belongs to, e.g. `policy-` or `student-` and an id. */
  stream!: string;

  /** Number of the event within its stream, from 0. */
  revision!: number;

  /** Instant of recording, UTC with milliseconds. */
  recordedAt!: string;

  /** SHA-256 in hex over header, hash of the event before and payload. */
  hash!: string;

  /** The facts, by type of event; personal fields stand sealed, as `{"sealed": "…"}`. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: object;

  /** What stands beside the facts of every event. */
  meta!: EventMetaAnswer;

  /** The exact text that is stored and hashed; `data` and `meta` are read from it. */
  payload!: string;
}

export class EventPage {
  /** Events in the order of their positions. */
  items!: EventAnswer[];

  /** The next `from`; null where the log ends before it. */
  next!: number | null;
}

/** One of them, from the widest to the narrowest. */
export class ScopeAnswer {
  /** True: everything. */
  all?: boolean;

  /** A province, by the first two digits of its code. */
  province?: string;

  /** A city, by the first four digits of its code. */
  city?: string;

  /** One district. */
  districtId?: string;

  /** One school, by its code of 10 digits. */
  schoolId?: string;
}

export class GrantHeldAnswer {
  /** The role. */
  @ApiProperty({ type: String, enum: ROLE_NAMES })
  role!: Role;

  /** How far. */
  scope!: ScopeAnswer;
}

export class PrincipalAnswer {
  /** Id under which the caller acts. */
  principal!: string;

  /** Name of the key. */
  name!: string;

  /** What the caller may do. */
  @ApiProperty({ type: [String], enum: ROLE_NAMES })
  roles!: Role[];

  /** For which students and schools; where several are granted, the widest; null where none is. */
  scope!: ScopeAnswer | null;

  /** Each role with its scope. */
  grants!: GrantHeldAnswer[];
}
