// The facts of students: registration, enrolment, hardship. Its commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import type { CivilDate } from '../core/civil-date.js';
import { Ids } from '../core/clock.js';
import { covers, EVERYTHING, type Reach, type Whereabouts } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import type { DepartureReason, Stage } from '../core/vocabulary.js';
import { Ledger } from '../event-store/ledger.js';
import type { CommandContext } from '../event-store/order.js';
import { KeyStore } from '../keys/key-store.js';
import { handle, OfficeCommand } from '../office/command.js';
import { Freshness } from '../office/freshness.js';
import type { District, School } from '../schools/school.events.js';
import { stageOf } from '../schools/school.js';
import { SchoolView } from '../schools/school.view.js';
import { depart, determine, enrol, register, revoke } from './facts.js';
import type { HardshipDetermined, HardshipRevoked, StudentEvent, StudentRegistered } from './student.events.js';
import { demandOpen } from './privacy.js';
import { belongsTo, demandKnown, studentDecider, studentStream, type Student } from './student.js';

export interface EnrolmentOrder {
  studentId: string;
  schoolId: string;
  stage?: Stage;
  grade?: string;
  boarding: boolean;
  admission?: 'new-entrant';
  from: CivilDate;
  until?: CivilDate;
}

type ForStudent<Data> = { studentId: string } & Data;

/** 登记学生 */
export class RegisterStudent extends OfficeCommand<Omit<StudentRegistered['data'], 'studentId'>> {}
/** 办理入学 */
export class EnrolStudent extends OfficeCommand<EnrolmentOrder> {}
/** 登记离校 */
export class DepartStudent extends OfficeCommand<
  ForStudent<{ date: CivilDate; reason: DepartureReason; toSchoolId?: string }>
> {}
/** 困难认定 */
export class DetermineHardship extends OfficeCommand<ForStudent<Omit<HardshipDetermined['data'], 'determinationId'>>> {}
/** 撤销认定 */
export class RevokeHardship extends OfficeCommand<ForStudent<HardshipRevoked['data']>> {}

@Injectable()
export class Students {
  constructor(
    private readonly ledger: Ledger,
    private readonly keys: KeyStore,
    private readonly ids: Ids,
    private readonly schools: SchoolView,
    private readonly freshness: Freshness,
  ) {}

  /**
   * The numbers are claimed in the key store first, then the student is registered under the claimed id: whoever
   * finds a claim that was never completed (a crash in between) completes it. The id follows from the command, so a
   * retry meets its own stream even before the log can say that it knows the command.
   */
  async register({ order, context }: RegisterStudent) {
    const replay = await this.ledger.replayOf<StudentEvent>(context);
    if (replay) return replay;
    const { citizenNumber, studentNumber } = order;
    const numbers = {
      ...(citizenNumber && { 'citizen-number': citizenNumber }),
      ...(studentNumber && { 'student-number': studentNumber }),
    };
    const studentId = await this.keys.claim(this.keys.studentIdFor(context.commandId), numbers);
    const registeredIn = homeOf(context.reach);
    const decide = (student: Student | null) => {
      if (student && !belongsTo(student, context.reach)) throw new Rejection('student-exists');
      return register(student?.facts ?? null, { studentId, ...order, ...(registeredIn && { registeredIn }) });
    };
    return this.ledger.execute({ stream: studentStream(studentId), decider: studentDecider, context, decide });
  }

  async enrol({ order: { studentId, schoolId, ...order }, context }: EnrolStudent) {
    await this.freshness.registersCurrent();
    const enrolmentId = this.ids.next();
    const school = await this.schools.school(schoolId);
    const district = school && (await this.schools.district(school.districtId));
    return this.change(studentId, context, ({ facts }) => {
      if (!school || !district || !covers(context.reach, school)) throw new Rejection('school-unknown', { schoolId });
      const stage = stageOf(order, school, district);
      return enrol(facts, { enrolmentId, school: factsOf(school, district), ...order, stage });
    });
  }

  async depart({ order: { studentId, date, reason, toSchoolId }, context }: DepartStudent) {
    await this.freshness.registersCurrent();
    const to = toSchoolId === undefined ? undefined : await this.schools.school(toSchoolId);
    return this.change(studentId, context, ({ facts }) => {
      if (toSchoolId !== undefined && !to) throw new Rejection('school-unknown', { schoolId: toSchoolId });
      return depart(facts, date, reason, to && { schoolId: to.schoolId, districtId: to.districtId });
    });
  }

  determine({ order: { studentId, ...order }, context }: DetermineHardship) {
    const determinationId = this.ids.next();
    return this.change(studentId, context, ({ facts }) => determine(facts, { determinationId, ...order }));
  }

  revoke({ order: { studentId, ...order }, context }: RevokeHardship) {
    return this.change(studentId, context, ({ facts }) => revoke(facts, order));
  }

  private change(studentId: string, context: CommandContext, decide: (student: Student) => StudentEvent[]) {
    return this.ledger.execute({
      stream: studentStream(studentId),
      decider: studentDecider,
      context,
      demandKnown: (student) => void demandKnown(student, studentId, context.reach),
      decide: (student) => {
        const known = demandKnown(student, studentId, context.reach);
        demandOpen(known.privacy);
        return decide(known);
      },
    });
  }
}

/** The scope of the one who registers, as a place to which the student belongs; none for who reaches everything. */
function homeOf(reach: Reach): Whereabouts | undefined {
  if (reach === EVERYTHING) return undefined;
  const [schoolId] = reach.schools;
  if (schoolId !== undefined) return { schoolId };
  const [area] = reach.areas;
  return area === undefined ? { districtId: reach.districts[0] } : { area };
}

const factsOf = ({ schoolId, setting, inclusiveKindergarten = false }: School, { districtId, census }: District) => ({
  schoolId,
  districtId,
  setting,
  inclusiveKindergarten,
  census,
});

export const studentHandlers = [
  handle(RegisterStudent, Students, (students, command) => students.register(command)),
  handle(EnrolStudent, Students, (students, command) => students.enrol(command)),
  handle(DepartStudent, Students, (students, command) => students.depart(command)),
  handle(DetermineHardship, Students, (students, command) => students.determine(command)),
  handle(RevokeHardship, Students, (students, command) => students.revoke(command)),
];
