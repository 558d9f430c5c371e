// What is done with a student's record itself: shown in clear, restricted, erased.
import { Injectable } from '@nestjs/common';
import type { Disclosable, RecordDisclosed } from '../access/access.events.js';
import { disclosureStream } from '../access/streams.js';
import { Clock } from '../core/clock.js';
import type { Decider } from '../core/decider.js';
import { Rejection } from '../core/rejection.js';
import { Ledger } from '../event-store/ledger.js';
import type { CommandContext } from '../event-store/order.js';
import { KeyStore } from '../keys/key-store.js';
import { handle, OfficeCommand } from '../office/command.js';
import { demandOpen, erase, lift, restrict } from './privacy.js';
import type { PersonalDataErased, ProcessingRestricted, StudentEvent } from './student.events.js';
import { demandKnown, studentDecider, studentStream, type Student } from './student.js';

/** 查看原文 */
export class DiscloseRecord extends OfficeCommand<RecordDisclosed['data']> {}
/** 限制处理 */
export class RestrictProcessing extends OfficeCommand<ProcessingRestricted['data']> {}
/** 解除限制 */
export class LiftRestriction extends OfficeCommand<ProcessingRestricted['data']> {}
/** 删除个人信息 */
export class ErasePersonalData extends OfficeCommand<PersonalDataErased['data']> {}

const disclosures: Decider<null, RecordDisclosed> = { initial: null, evolve: () => null };

@Injectable()
export class PersonalRecords {
  constructor(
    private readonly ledger: Ledger,
    private readonly keys: KeyStore,
    private readonly clock: Clock,
  ) {}

  /** The look is on record before anything is opened; what is shown is read by the caller of this command. */
  async disclose({ order, context }: DiscloseRecord) {
    const { state, events } = await this.ledger.load<Student | null, StudentEvent>(
      studentStream(order.studentId),
      studentDecider,
    );
    const student = demandKnown(state, order.studentId, context.reach);
    demandOpen(student.privacy);
    const [registration] = events;
    if (registration?.type !== 'StudentRegistered') throw new Error('a student without a registration');
    demandRecorded(order.fields, registration.data);
    return this.ledger.execute({
      stream: disclosureStream(context.commandId),
      decider: disclosures,
      context,
      decide: (): RecordDisclosed[] => [{ type: 'RecordDisclosed', data: order }],
    });
  }

  restrict({ order, context }: RestrictProcessing) {
    return this.change(order.studentId, context, ({ privacy }) => restrict(privacy, order));
  }

  lift({ order, context }: LiftRestriction) {
    return this.change(order.studentId, context, ({ privacy }) => lift(privacy, order));
  }

  /** The event first: a key whose erasure is on record is destroyed at the next start, should this process end here. */
  async erase({ order, context }: ErasePersonalData) {
    const recorded = await this.change(order.studentId, context, (student) =>
      erase(student, order, this.clock.today()),
    );
    await this.keys.destroy([order.studentId]);
    return recorded;
  }

  private change(studentId: string, context: CommandContext, decide: (student: Student) => StudentEvent[]) {
    return this.ledger.execute({
      stream: studentStream(studentId),
      decider: studentDecider,
      context,
      demandKnown: (student) => void demandKnown(student, studentId, context.reach),
      decide: (student) => decide(demandKnown(student, studentId, context.reach)),
    });
  }
}

function demandRecorded(fields: readonly Disclosable[], recorded: object): void {
  const field = fields.find((name) => !(name in recorded));
  if (field !== undefined) throw new Rejection('field-not-recorded', { field });
}

export const privacyHandlers = [
  handle(DiscloseRecord, PersonalRecords, (records, command) => records.disclose(command)),
  handle(RestrictProcessing, PersonalRecords, (records, command) => records.restrict(command)),
  handle(LiftRestriction, PersonalRecords, (records, command) => records.lift(command)),
  handle(ErasePersonalData, PersonalRecords, (records, command) => records.erase(command)),
];
