// What the demo pays: rounds of one policy to several pupils over several terms, all on days that are past.
import type { CivilDate } from '../core/civil-date.js';
import type { YuanText } from '../core/money.js';
import type { Term } from '../core/term.js';

export interface Round {
  policyId: string;
  pupils: readonly string[];
  terms: readonly Term[];
  /** A term to a pupil; meals have days instead. */
  amount?: YuanText;
  days?: number;
  /** Where it is not the usual day of the term. */
  paidOn?: CivilDate;
}

export const PAID_ON: Record<string, CivilDate> = {
  '2025-autumn': '2025-12-18',
  '2026-spring': '2026-05-28',
  '2026-autumn': '2026-11-16',
};

const LAST_YEAR: readonly Term[] = ['2025-autumn', '2026-spring'];
const NOW: readonly Term[] = ['2026-autumn'];
const ALL: readonly Term[] = [...LAST_YEAR, ...NOW];

const PRIMARY = ['赵明轩', '王子墨', '李欣怡', '周浩然', '吴佳宁', '郑雨桐', '许可心'];
const SENIOR = ['徐婉清', '何志远'];

const senior = (policyId: string, amount: YuanText): Round => ({ policyId, pupils: SENIOR, terms: ALL, amount });

export const ROUNDS: readonly Round[] = [
  // Compulsory stage: textbooks and exercise books of every pupil. 马晓琳 moves up to junior secondary in 2026-autumn.
  { policyId: 'rencheng-compulsory-textbooks', pupils: PRIMARY, terms: ALL, amount: '96.40' },
  { policyId: 'rencheng-compulsory-textbooks', pupils: ['马晓琳'], terms: LAST_YEAR, amount: '96.40' },
  { policyId: 'rencheng-compulsory-textbooks', pupils: ['张立恒', '高俊杰'], terms: ALL, amount: '158.20' },
  { policyId: 'rencheng-compulsory-textbooks', pupils: ['马晓琳'], terms: NOW, amount: '158.20' },
  { policyId: 'rencheng-compulsory-exercise-books', pupils: PRIMARY, terms: ALL, amount: '9.60' },
  { policyId: 'rencheng-compulsory-exercise-books', pupils: ['高俊杰'], terms: ALL, amount: '12.80' },
  // Boarders.
  { policyId: 'rencheng-boarding-living-subsidy', pupils: ['赵明轩', '王子墨'], terms: LAST_YEAR, amount: '625.00' },
  { policyId: 'rencheng-boarding-living-subsidy', pupils: ['马晓琳'], terms: LAST_YEAR, amount: '625' },
  { policyId: 'rencheng-boarding-living-subsidy', pupils: ['马晓琳'], terms: NOW, amount: '750' },
  { policyId: 'rencheng-boarding-living-subsidy', pupils: ['张立恒'], terms: ALL, amount: '750' },
  {
    policyId: 'rencheng-boarding-living-subsidy',
    pupils: ['许可心'],
    terms: ['2025-autumn'],
    amount: '625',
    paidOn: '2026-01-15',
  },
  { policyId: 'rencheng-boarding-living-subsidy', pupils: ['许可心'], terms: ['2026-spring'], amount: '625' },
  { policyId: 'rencheng-boarding-supplement', pupils: ['王子墨', '张立恒', '马晓琳'], terms: ALL, amount: '500' },
  // Kindergartens.
  { policyId: 'rencheng-preschool-grant', pupils: ['陈思源', '孙若溪'], terms: ALL, amount: '700' },
  { policyId: 'rencheng-preschool-grant', pupils: ['刘梓涵'], terms: ALL, amount: '600' },
  { policyId: 'rencheng-kindergarten-fee', pupils: ['陈思源', '刘梓涵'], terms: ALL, amount: '1800' },
  // Meals.
  {
    policyId: 'rencheng-nutrition-meal',
    pupils: ['王子墨', '周浩然', '郑雨桐', '张立恒'],
    terms: LAST_YEAR,
    days: 96,
  },
  { policyId: 'rencheng-nutrition-meal', pupils: ['王子墨', '周浩然', '郑雨桐', '张立恒'], terms: NOW, days: 48 },
  { policyId: 'rencheng-snack-meal', pupils: ['李欣怡', '高俊杰'], terms: LAST_YEAR, days: 95 },
  { policyId: 'rencheng-snack-meal', pupils: ['李欣怡', '高俊杰'], terms: NOW, days: 47 },
  { policyId: 'rencheng-compulsory-meal-fee', pupils: ['王子墨', '郑雨桐', '张立恒'], terms: ALL, amount: '720' },
  // Senior secondary, vocational, university.
  senior('rencheng-senior-tuition', '800'),
  senior('rencheng-senior-textbooks', '412.5'),
  senior('rencheng-senior-exercise-books', '58'),
  senior('rencheng-senior-meal-fee', '1980'),
  { policyId: 'rencheng-senior-living-grant', pupils: ['何志远'], terms: ALL, amount: '1000' },
  {
    policyId: 'rencheng-senior-living-grant',
    pupils: ['徐婉清'],
    terms: ['2025-autumn', '2026-autumn'],
    amount: '1000',
  },
  { policyId: 'rencheng-vocational-grant', pupils: ['宋佳怡'], terms: ['2025-autumn'], amount: '3000' },
  { policyId: 'rencheng-vocational-grant', pupils: ['罗俊豪'], terms: ['2026-spring'], amount: '3000' },
  { policyId: 'rencheng-university-entrant-grant', pupils: ['林雪莹'], terms: NOW, amount: '5000' },
  // The other district.
  { policyId: 'shizhong-lunch-subsidy', pupils: ['冯一诺'], terms: LAST_YEAR, days: 92 },
  { policyId: 'shizhong-lunch-subsidy', pupils: ['冯一诺'], terms: NOW, days: 50 },
  { policyId: 'shizhong-kindergarten-fee-subsidy', pupils: ['曹沐阳'], terms: ALL, amount: '960' },
];
