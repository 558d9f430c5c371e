// A student's events in words: what each one says, in Chinese and English, and the day it takes effect.
import type { CivilDate } from '../core/civil-date.js';
import type { Term } from '../core/term.js';
import type { DepartureReason, ReturnCause, Stage } from '../core/vocabulary.js';
import { HARDSHIP_CATEGORIES, isHardshipCategory } from './hardship-categories.js';
import type { StudentEvent } from './student.events.js';

export interface Told {
  zh: string;
  en: string;
}

/** Null where the event carries no day of its own. */
export function effectiveOn({ type, data }: StudentEvent): CivilDate | null {
  switch (type) {
    case 'StudentRegistered':
    case 'ExceptionApproved':
    case 'ProcessingRestricted':
    case 'RestrictionLifted':
    case 'PersonalDataErased':
      return null;
    case 'StudentEnrolled':
    case 'HardshipDetermined':
    case 'HardshipRevoked':
      return data.from;
    case 'StudentDeparted':
      return data.date;
    case 'PaymentDisbursed':
      return data.paidOn;
    case 'PaymentReversed':
      return data.reversedOn;
    case 'PaymentReturned':
      return data.returnedOn;
  }
}

/** Words of the office for what the events carry as codes. */
const STAGE_ZH: Record<Stage, string> = {
  preschool: '学前',
  primary: '小学',
  'junior-secondary': '初中',
  'senior-secondary': '普通高中',
  'secondary-vocational': '中职',
  'higher-vocational': '高职',
  university: '高校',
  'special-education': '特殊教育',
};
const DEPARTURE_ZH: Record<DepartureReason, string> = {
  transferred: '转学',
  graduated: '毕业',
  withdrawn: '退学',
  suspended: '休学',
  deceased: '死亡',
};
const CAUSE_ZH: Record<ReturnCause, string> = { 'bank-refused': '退票', recovered: '追回', 'student-left': '学生离校' };

const categoryIn = (language: 'zh' | 'en', id: string): string =>
  isHardshipCategory(id) ? HARDSHIP_CATEGORIES[id][language] : id;

/** `policyOf` names a policy, `paymentOf` the policy of the payment that an event refers to. */
export function tell(
  event: StudentEvent,
  policyOf: (policyId: string) => Told,
  paymentOf: (paymentId: string) => Told,
): Told {
  const { type, data } = event;
  switch (type) {
    case 'StudentRegistered':
      return { zh: '登记学生', en: 'Student registered' };
    case 'StudentEnrolled':
      return {
        zh: `自 ${data.from} 起在学校 ${data.school.schoolId} 就读(${STAGE_ZH[data.stage]}${data.boarding ? ',寄宿' : ''})`,
        en: `Enrolled in school ${data.school.schoolId} from ${data.from} (${data.stage}${data.boarding ? ', boarder' : ''})`,
      };
    case 'StudentDeparted':
      return {
        zh: `自 ${data.date} 起离校(${DEPARTURE_ZH[data.reason]})`,
        en: `Departed on ${data.date} (${data.reason})`,
      };
    case 'HardshipDetermined':
      return {
        zh: `认定为${categoryIn('zh', data.category)},自 ${data.from} 起`,
        en: `Determined as ${categoryIn('en', data.category)} from ${data.from}`,
      };
    case 'HardshipRevoked':
      return { zh: `认定自 ${data.from} 起撤销`, en: `Determination revoked from ${data.from}` };
    case 'PaymentDisbursed':
      return {
        zh: `发放${policyOf(data.policyId).zh} ${data.amount} 元${data.days ? `(${data.days} 天)` : ''},学期 ${data.term}`,
        en: `${policyOf(data.policyId).en}: ${data.amount} yuan${data.days ? ` (${data.days} days)` : ''} for ${data.term}`,
      };
    case 'PaymentReversed':
      return {
        zh: `冲正${paymentOf(data.paymentId).zh} ${data.amount} 元`,
        en: `Reversed ${data.amount} yuan of ${paymentOf(data.paymentId).en}`,
      };
    case 'PaymentReturned':
      return {
        zh: `退回${paymentOf(data.paymentId).zh} ${data.amount} 元(${CAUSE_ZH[data.cause]})`,
        en: `Returned ${data.amount} yuan of ${paymentOf(data.paymentId).en} (${data.cause})`,
      };
    case 'ExceptionApproved':
      return {
        zh: `审批例外发放:${paymentOf(data.paymentId).zh}`,
        en: `Approved the exception for ${paymentOf(data.paymentId).en}`,
      };
    case 'ProcessingRestricted':
      return { zh: '限制处理个人信息', en: 'Processing restricted' };
    case 'RestrictionLifted':
      return { zh: '解除限制处理', en: 'Restriction lifted' };
    case 'PersonalDataErased':
      return { zh: '删除个人信息', en: 'Personal data erased' };
  }
}

/** The term of each payment, so that its return and reversal are found under the same term. */
export const termsOfPayments = (events: readonly StudentEvent[]): Map<string, Term> =>
  new Map(events.flatMap(({ type, data }) => (type === 'PaymentDisbursed' ? [[data.paymentId, data.term]] : [])));
