// The register of districts and schools: its commands, and how they are carried out.
import { Injectable } from '@nestjs/common';
import { covers, type Whereabouts } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { Ledger } from '../event-store/ledger.js';
import type { CommandContext } from '../event-store/order.js';
import { handle, OfficeCommand } from '../office/command.js';
import { Freshness } from '../office/freshness.js';
import type { District, School } from './school.events.js';
import { areaOf, districtDecider, registerDistrict, registerSchool, schoolDecider } from './school.js';
import { SchoolView } from './school.view.js';

/** 登记区县 */
export class RegisterDistrict extends OfficeCommand<District> {}
/** 登记学校 */
export class RegisterSchool extends OfficeCommand<School> {}

function demandWithin(place: Whereabouts, { reach }: CommandContext): void {
  if (!covers(reach, place)) throw new Rejection('scope-exceeded');
}

@Injectable()
export class SchoolRegister {
  constructor(
    private readonly ledger: Ledger,
    private readonly view: SchoolView,
    private readonly freshness: Freshness,
  ) {}

  registerDistrict({ order, context }: RegisterDistrict) {
    demandWithin({ districtId: order.districtId, area: areaOf(order) || undefined }, context);
    const decide = (known: District | null) => registerDistrict(known, order);
    return this.ledger.execute({ stream: `district-${order.districtId}`, decider: districtDecider, context, decide });
  }

  async registerSchool({ order, context }: RegisterSchool) {
    await this.freshness.registersCurrent();
    const { districtId, schoolId } = order;
    if (!covers(context.reach, { districtId }) || !(await this.view.district(districtId)))
      throw new Rejection('district-unknown', { districtId });
    const decide = (known: School | null) => registerSchool(known, order);
    return this.ledger.execute({ stream: `school-${schoolId}`, decider: schoolDecider, context, decide });
  }
}

export const schoolHandlers = [
  handle(RegisterDistrict, SchoolRegister, (register, command) => register.registerDistrict(command)),
  handle(RegisterSchool, SchoolRegister, (register, command) => register.registerSchool(command)),
];
