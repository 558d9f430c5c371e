// Policies: what a district grants, as data.
import { Module } from '@nestjs/common';
import { PolicyApi } from './policy.api.js';
import { Policies, policyHandlers } from './policy.handler.js';
import { PolicyView } from './policy.view.js';

@Module({ controllers: [PolicyApi], providers: [Policies, PolicyView, ...policyHandlers], exports: [PolicyView] })
export class PoliciesModule {}
