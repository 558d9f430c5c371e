// Every look at a student's record is on record before the answer leaves; where it cannot be recorded nothing leaves
// (rules on the protection of minors online, art. 36: least privilege, every access recorded).
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { mergeMap, type Observable } from 'rxjs';
import type { RecordsSeen } from '../access/access.events.js';
import { dutyOf } from '../access/matrix.js';
import { actorOf } from '../access/principal.js';
import { seenStream } from '../access/streams.js';
import { Ledger } from '../event-store/ledger.js';
import { Answer } from './answer.js';

@Injectable()
export class LookRecorder implements NestInterceptor {
  constructor(private readonly ledger: Ledger) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return next.handle().pipe(mergeMap((result: unknown) => this.afterRecording(request, result)));
  }

  /** A command is an event of its own; only what is read is recorded here. */
  private async afterRecording({ id, principal, permit }: FastifyRequest, result: unknown): Promise<unknown> {
    if (result instanceof Answer || !principal || !permit) return result;
    const shows = dutyOf(permit.duty).shows;
    const studentIds = studentsIn(result);
    if (studentIds.length === 0) return result;
    // Whose record it is, is a look in itself, whatever the duty says of its fields.
    const seen: RecordsSeen = { type: 'RecordsSeen', data: { duty: permit.duty, shows, studentIds } };
    const meta = { actor: actorOf(principal, permit.role), commandId: id, fingerprint: '', requestId: id };
    await this.ledger.note(seenStream(id), seen, meta);
    return result;
  }
}

const SHOWN = new WeakMap<object, readonly string[]>();

/** An answer that shows students without their ids: whose record it is, is said beside it. */
export function showing<Body extends object>(body: Body, studentIds: readonly string[]): Body {
  SHOWN.set(body, studentIds);
  return body;
}

/** The students that an answer names: at its head, in its items, or by the stream of an event. */
export function studentsIn(answer: unknown): string[] {
  if (typeof answer !== 'object' || answer === null) return [];
  const beside = SHOWN.get(answer) ?? [];
  const items = 'items' in answer && Array.isArray(answer.items) ? (answer.items as unknown[]) : [];
  return [...new Set([answer, ...items].flatMap(studentOf).concat(beside))];
}

function studentOf(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  if ('studentId' in part && typeof part.studentId === 'string') return [part.studentId];
  const [, ofStream] =
    'stream' in part && typeof part.stream === 'string' ? (/^student-(.+)$/.exec(part.stream) ?? []) : [];
  return ofStream === undefined ? [] : [ofStream];
}
