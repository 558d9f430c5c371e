// How far a caller reaches with a duty: its scopes, as districts and schools that are registered now.
import { Injectable } from '@nestjs/common';
import { EVERYTHING, NOTHING, union, type Reach } from '../core/reach.js';
import { Rejection } from '../core/rejection.js';
import { Freshness } from '../office/freshness.js';
import { SchoolView } from '../schools/school.view.js';
import type { DutyName } from './matrix.js';
import { grantsFor, OWNER_ID, type Permit, type Principal } from './principal.js';
import { whereaboutsOf, type Scope } from './scope.js';

@Injectable()
export class Permits {
  constructor(
    private readonly schools: SchoolView,
    private readonly freshness: Freshness,
  ) {}

  /** Refuses a duty that is not the caller's. */
  async permit(principal: Principal, duty: DutyName): Promise<Permit> {
    const grants = grantsFor(principal, duty);
    const [first] = grants;
    if (!first) throw new Rejection('forbidden');
    const role = principal.id === OWNER_ID ? OWNER_ID : first.role;
    const reaches = await Promise.all(grants.map(({ scope }) => this.reachOf(scope)));
    return { duty, role, reach: union(reaches) };
  }

  private async reachOf(scope: Scope): Promise<Reach> {
    if ('all' in scope) return EVERYTHING;
    if ('districtId' in scope) return { ...NOTHING, districts: [scope.districtId] };
    if ('schoolId' in scope) return { ...NOTHING, schools: [scope.schoolId] };
    const { area = '' } = whereaboutsOf(scope);
    await this.freshness.registersCurrent();
    return { ...NOTHING, areas: [area], districts: await this.schools.districtsIn(area) };
  }

  /** Where a scope lies now, its school's district included. */
  async whereaboutsOf(scope: Scope) {
    if (!('schoolId' in scope)) return whereaboutsOf(scope);
    await this.freshness.registersCurrent();
    return whereaboutsOf(scope, (await this.schools.school(scope.schoolId))?.districtId);
  }
}
