// Totals: what a year came to.
import { Module } from '@nestjs/common';
import { StudentsModule } from '../students/students.module.js';
import { TotalsApi } from './totals.api.js';
import { TotalsView } from './totals.view.js';

@Module({ imports: [StudentsModule], controllers: [TotalsApi], providers: [TotalsView], exports: [TotalsView] })
export class TotalsModule {}
