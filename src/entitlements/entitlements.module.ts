// Entitlements: what is due, and why.
import { Module } from '@nestjs/common';
import { PoliciesModule } from '../policies/policies.module.js';
import { StudentsModule } from '../students/students.module.js';
import { EntitlementApi } from './entitlement.api.js';
import { EntitlementView } from './entitlement.view.js';

@Module({
  imports: [PoliciesModule, StudentsModule],
  controllers: [EntitlementApi],
  providers: [EntitlementView],
  exports: [EntitlementView],
})
export class EntitlementsModule {}
