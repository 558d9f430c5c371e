// Public notices: who is to receive aid, for everybody to see and for a bounded time.
import { Module } from '@nestjs/common';
import { PoliciesModule } from '../policies/policies.module.js';
import { SchoolsModule } from '../schools/schools.module.js';
import { StudentsModule } from '../students/students.module.js';
import { NoticeApi } from './notice.api.js';
import { NoticeBoard, noticeHandlers } from './notice.handler.js';
import { NoticeView } from './notice.view.js';

@Module({
  imports: [PoliciesModule, SchoolsModule, StudentsModule],
  controllers: [NoticeApi],
  providers: [NoticeBoard, NoticeView, ...noticeHandlers],
})
export class NoticesModule {}
