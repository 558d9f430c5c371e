// Loads the catalogue into an empty ledger, by the office's own commands; on a later start it changes nothing.
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { v5 as uuidv5 } from 'uuid';
import { EVERYTHING } from '../core/reach.js';
import type { CommandContext } from '../event-store/order.js';
import { RegisterDistrict } from '../schools/school.handler.js';
import { SchoolView } from '../schools/school.view.js';
import { readCatalogues } from './catalogue.js';
import { PublishPolicy } from './policy.handler.js';
import { PolicyView } from './policy.view.js';

const CATALOGUE_COMMANDS = '0c2f4f52-3c06-4c63-8a0e-6dbf4f7d8a10';

/** One command id for one thing to load: loading it again is a replay. */
const contextFor = (what: string): CommandContext => ({
  actor: { id: 'catalogue', role: 'system', name: 'Catalogue 政策目录' },
  commandId: uuidv5(what, CATALOGUE_COMMANDS),
  fingerprint: what,
  requestId: 'first-start',
  reach: EVERYTHING,
});

@Injectable()
export class CatalogueLoader {
  constructor(
    private readonly bus: CommandBus,
    private readonly policies: PolicyView,
    private readonly schools: SchoolView,
  ) {}

  /** Answers with how many policies were published now. */
  async load(names: readonly string[]): Promise<number> {
    const known = await this.policies.book();
    let published = 0;
    for (const { district, policies } of readCatalogues(names)) {
      if (!(await this.schools.district(district.districtId)))
        await this.bus.execute(new RegisterDistrict(district, contextFor(`district/${district.districtId}`)));
      for (const policy of policies) {
        if (known.has(policy.policyId)) continue;
        await this.bus.execute(new PublishPolicy(policy, contextFor(`policy/${policy.policyId}`)));
        published++;
      }
    }
    return published;
  }
}
