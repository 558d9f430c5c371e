// The register of districts and schools.
import { Module } from '@nestjs/common';
import { SchoolApi } from './school.api.js';
import { schoolHandlers, SchoolRegister } from './school.handler.js';
import { SchoolView } from './school.view.js';

@Module({ controllers: [SchoolApi], providers: [SchoolRegister, SchoolView, ...schoolHandlers], exports: [SchoolView] })
export class SchoolsModule {}
