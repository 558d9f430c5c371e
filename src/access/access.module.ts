// Who may do what: keys, grants, and the log of looks.
import { Module } from '@nestjs/common';
import { SchoolsModule } from '../schools/schools.module.js';
import { AccessApi } from './access.api.js';
import { AccessBook, accessHandlers } from './access.handler.js';
import { AccessView } from './access.view.js';
import { Credentials } from './credential.view.js';
import { Permits } from './permits.view.js';

@Module({
  imports: [SchoolsModule],
  controllers: [AccessApi],
  providers: [AccessBook, AccessView, Credentials, Permits, ...accessHandlers],
  exports: [Credentials, Permits],
})
export class AccessModule {}
