// Public notices: their commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import { Clock, Ids } from '../core/clock.js';
import type { CivilDate } from '../core/civil-date.js';
import { covers } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { Term } from '../core/term.js';
import { Ledger } from '../event-store/ledger.js';
import { handle, OfficeCommand } from '../office/command.js';
import { Freshness } from '../office/freshness.js';
import { PolicyView } from '../policies/policy.view.js';
import { SchoolView } from '../schools/school.view.js';
import { enrolmentIn } from '../students/facts.js';
import { StudentView } from '../students/student.view.js';
import type { NoticeEvent } from './notice.events.js';
import { noticeDecider, publish, withdraw, type PublishedNotice } from './notice.js';

/** 发布公示 */
export class PublishNotice extends OfficeCommand<{
  schoolId: string;
  policyId: string;
  term: Term;
  expiresOn: CivilDate;
  studentIds: readonly string[];
}> {}
/** 撤下公示 */
export class WithdrawNotice extends OfficeCommand<{ noticeId: string; reason: string }> {}

const streamOf = (noticeId: string): string => `notice-${noticeId}`;

@Injectable()
export class NoticeBoard {
  constructor(
    private readonly ledger: Ledger,
    private readonly schools: SchoolView,
    private readonly policies: PolicyView,
    private readonly students: StudentView,
    private readonly freshness: Freshness,
    private readonly clock: Clock,
    private readonly ids: Ids,
  ) {}

  async publish({ order, context }: PublishNotice) {
    const replay = await this.ledger.replayOf<NoticeEvent>(context);
    if (replay) return replay;
    await this.freshness.registersCurrent();
    await this.freshness.current();
    const { schoolId, policyId, term, studentIds } = order;
    const school = await this.schools.school(schoolId);
    if (!school || !covers(context.reach, school)) throw new Rejection('school-unknown', { schoolId });
    if (!(await this.policies.book()).has(policyId)) throw new Rejection('policy-unknown', { policyId });
    const pupils = await this.students.named(studentIds, context.reach);
    const inSchool = new Set(
      pupils
        .filter(({ facts }) => enrolmentIn(facts, term)?.school.schoolId === schoolId)
        .map(({ facts }) => facts.studentId),
    );
    const outside = studentIds.filter((studentId) => !inSchool.has(studentId));
    const noticeId = this.ids.next();
    const notice = { noticeId, ...order, districtId: school.districtId, publishedOn: this.clock.today() };
    return this.ledger.execute<PublishedNotice | null, NoticeEvent>({
      stream: streamOf(noticeId),
      decider: noticeDecider,
      context,
      decide: () => publish(notice, outside),
    });
  }

  withdraw({ order, context }: WithdrawNotice) {
    return this.ledger.execute<PublishedNotice | null, NoticeEvent>({
      stream: streamOf(order.noticeId),
      decider: noticeDecider,
      context,
      decide: (notice) => withdraw(notice, order, context.reach),
    });
  }
}

export const noticeHandlers = [
  handle(PublishNotice, NoticeBoard, (board, command) => board.publish(command)),
  handle(WithdrawNotice, NoticeBoard, (board, command) => board.withdraw(command)),
];
