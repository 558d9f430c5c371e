// Students: facts and aid accounts, their histories and payments.
import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { Knowledge } from '../office/known-at.js';
import { PoliciesModule } from '../policies/policies.module.js';
import { SchoolsModule } from '../schools/schools.module.js';
import { HistoryApi } from './history.api.js';
import { HistoryView } from './history.view.js';
import { PaymentBulkApi } from './payment-bulk.api.js';
import { PaymentRecorder } from './payment-recorder.js';
import { PaymentApi } from './payment.api.js';
import { AidAccounts, paymentHandlers } from './payment.handler.js';
import { PaymentView } from './payment.view.js';
import { PrivacyApi } from './privacy.api.js';
import { PersonalRecords, privacyHandlers } from './privacy.handler.js';
import { StudentApi } from './student.api.js';
import { studentHandlers, Students } from './student.handler.js';
import { StudentView } from './student.view.js';

@Module({
  imports: [AccessModule, PoliciesModule, SchoolsModule],
  controllers: [StudentApi, PrivacyApi, HistoryApi, PaymentBulkApi, PaymentApi],
  providers: [
    Students,
    AidAccounts,
    PaymentRecorder,
    StudentView,
    PaymentView,
    HistoryView,
    Knowledge,
    ...studentHandlers,
    ...paymentHandlers,
    PersonalRecords,
    ...privacyHandlers,
  ],
  exports: [StudentView, PaymentView, HistoryView, Knowledge],
})
export class StudentsModule {}
