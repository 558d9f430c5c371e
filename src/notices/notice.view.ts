// Reading public notices: the list, and one of them with names, while it stands.
import { Injectable } from '@nestjs/common';
import { Clock } from '../core/clock.js';
import type { Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { paged, type Page } from '../office/page.js';
import { PolicyView } from '../policies/policy.view.js';
import { SchoolView } from '../schools/school.view.js';
import { enrolmentIn } from '../students/facts.js';
import { StudentView } from '../students/student.view.js';
import { Tables, type Cell } from '../tables/tables.js';
import { within } from '../tables/within.js';
import type { Notice } from './notice.events.js';
import { demandStanding, type NoticeLine } from './notice.js';
import { NOTICE, type NoticeRow } from './notice.projection.js';

@Injectable()
export class NoticeView {
  constructor(
    private readonly models: Tables,
    private readonly students: StudentView,
    private readonly schools: SchoolView,
    private readonly policies: PolicyView,
    private readonly clock: Clock,
  ) {}

  /** Newest first, without names. */
  async page({ limit, after }: Page, schoolId: string | undefined, reach: Reach) {
    const parameters: Cell[] = [after === undefined ? Number.MAX_SAFE_INTEGER : Number(after), limit + 1];
    const add = (value: Cell): string => `$${parameters.push(value)}`;
    const conditions = ['position < $1', within('notice', reach, NOTICE.belongs, {}, add)];
    if (schoolId !== undefined) conditions.push(`school_id = ${add(schoolId)}`);
    const text = `select * from notice where ${conditions.join(' and ')} order by position desc limit $2`;
    const rows = await this.models.seenBy(reach).query<NoticeRow>(text, parameters);
    return paged(
      rows,
      limit,
      ({ position }) => position,
      (row) => this.listed(row),
    );
  }

  private listed({ body, withdrawn, position }: NoticeRow) {
    const { studentIds, ...notice } = JSON.parse(body) as Notice;
    const expired = this.clock.today() > notice.expiresOn;
    const state = withdrawn ? ('withdrawn' as const) : expired ? ('expired' as const) : ('standing' as const);
    return { ...notice, persons: studentIds.length, state, position };
  }

  /** With the students whose names it shows, for the record of the look. */
  async one(noticeId: string, reach: Reach) {
    const row = await this.row(noticeId, reach);
    if (!row) throw new Rejection('notice-unknown', { noticeId });
    demandStanding({ expiresOn: row.expires_on, withdrawn: row.withdrawn === 1 }, this.clock.today());
    const { studentIds, ...notice } = JSON.parse(row.body) as Notice;
    const school = (await this.schools.school(notice.schoolId))?.name ?? notice.schoolId;
    const policy = (await this.policies.book()).get(notice.policyId)?.name ?? null;
    const pupils = await this.students.named(studentIds, reach);
    const items = pupils.map(({ name, facts }): NoticeLine => ({
      name: name ?? '',
      school,
      grade: enrolmentIn(facts, notice.term)?.grade ?? null,
    }));
    return { body: { ...notice, policy, items }, studentIds: pupils.map(({ facts }) => facts.studentId) };
  }

  private async row(noticeId: string, reach: Reach): Promise<NoticeRow | undefined> {
    const parameters: Cell[] = [noticeId];
    const seen = within('notice', reach, NOTICE.belongs, {}, (value) => `$${parameters.push(value)}`);
    const text = `select * from notice where notice_id = $1 and ${seen}`;
    const [row] = await this.models.seenBy(reach).query<NoticeRow>(text, parameters);
    return row;
  }
}
