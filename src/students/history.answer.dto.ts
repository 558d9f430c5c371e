// What a student's history answers.
import { ApiProperty } from '@nestjs/swagger';
import { ActorAnswer, BilingualAnswer } from '../http/shared.answer.dto.js';
import type { StudentEvent } from './student.events.js';

export class HistoryItemAnswer {
  /** Ledger position of the event. */
  position!: number;

  /** Instant of recording, UTC with milliseconds. */
  recordedAt!: string;

  /** Day on which it takes effect, a civil date; null for the registration. */
  effectiveOn!: string | null;

  /** What happened. */
  type!: StudentEvent['type'];

  /** Who recorded it. */
  actor!: ActorAnswer;

  /** Why, where the event carries a reason that is not erased. */
  reason?: string;

  /** Id of the request that recorded it. */
  requestId!: string;

  /** The event in a sentence. */
  summary!: BilingualAnswer;

  /** The facts of the event, by its type: money in yuan, civil dates; names and numbers masked. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  data!: object;

  /** Id of the event. */
  eventId!: string;

  /** SHA-256 of the event in hex. */
  hash!: string;
}

export class HistoryAnswer {
  /** Id of the student. */
  studentId!: string;

  /** Events in the order of recording. */
  items!: HistoryItemAnswer[];
}
