// The pupils of the demo: made-up names and numbers, and facts such that every policy of the catalogue is met.
import type { CivilDate } from '../core/civil-date.js';
import type { Stage } from '../core/vocabulary.js';
import type { HardshipCategoryId } from '../students/hardship-categories.js';
import { citizenNumber } from './citizen-number.js';
import type { SchoolName } from './schools.js';

export interface DemoEnrolment {
  school: SchoolName;
  from: CivilDate;
  until?: CivilDate;
  /** One of the two; the district's table turns a grade into a stage. */
  stage?: Stage;
  grade?: string;
  boarding?: true;
  admission?: 'new-entrant';
}

export interface DemoHardship {
  category: HardshipCategoryId;
  level?: string;
  from: CivilDate;
  evidence?: string;
}

export interface DemoPupil {
  name: string;
  citizenNumber: string;
  birthDate: CivilDate;
  enrolments: DemoEnrolment[];
  hardship?: DemoHardship;
}

const RENCHENG = '370811';
const SHIZHONG = '370103';
const [SEPTEMBER_2025, SEPTEMBER_2026] = ['2025-09-01', '2026-09-01'];

function pupil(
  name: string,
  birthDate: CivilDate,
  serial: number,
  enrolment: DemoEnrolment | DemoEnrolment[],
  hardship?: DemoHardship,
  division = RENCHENG,
): DemoPupil {
  const enrolments = [enrolment].flat();
  return {
    name,
    birthDate,
    citizenNumber: citizenNumber(division, birthDate, serial),
    enrolments,
    ...(hardship && { hardship }),
  };
}

const at = (school: SchoolName, stage: Stage, from = SEPTEMBER_2025): DemoEnrolment => ({ school, stage, from });
const boardingAt = (school: SchoolName, stage: Stage, from = SEPTEMBER_2025): DemoEnrolment => ({
  ...at(school, stage, from),
  boarding: true,
});
const known = (category: HardshipCategoryId, from = SEPTEMBER_2025): DemoHardship => ({ category, from });

export const PUPILS: readonly DemoPupil[] = [
  pupil('陈思源', '2021-03-14', 217, at('kindergarten', 'preschool'), { ...known('dibao-rural'), level: 'tier-3' }),
  pupil('刘梓涵', '2020-11-02', 342, at('kindergarten', 'preschool'), {
    ...known('anti-relapse-monitored'),
    level: 'tier-2',
  }),
  pupil('孙若溪', '2021-07-21', 128, at('kindergarten', 'preschool'), { ...known('orphan'), level: 'tier-3' }),
  pupil(
    '赵明轩',
    '2015-05-09',
    513,
    boardingAt('ruralPrimary', 'primary', '2023-09-01'),
    known('dibao-rural', '2023-09-01'),
  ),
  pupil('王子墨', '2016-08-30', 275, boardingAt('ruralPrimary', 'primary'), {
    ...known('post-poverty-with-policy'),
    evidence: '县乡村振兴部门名单',
  }),
  pupil('李欣怡', '2017-01-25', 426, at('ruralPrimary', 'primary')),
  pupil('周浩然', '2016-12-11', 319, at('ruralPrimary', 'primary'), known('family-economic-hardship')),
  pupil('吴佳宁', '2017-06-18', 144, at('urbanPrimary', 'primary')),
  pupil('郑雨桐', '2018-02-06', 268, at('urbanPrimary', 'primary'), known('dibao-urban')),
  pupil('张立恒', '2012-10-17', 551, boardingAt('nineYear', 'junior-secondary'), known('dibao-rural')),
  pupil(
    '马晓琳',
    '2015-04-28',
    386,
    [
      { school: 'nineYear', grade: '5', from: SEPTEMBER_2025, until: '2026-08-31', boarding: true },
      { school: 'nineYear', grade: '6', from: SEPTEMBER_2026, boarding: true },
    ],
    known('anti-relapse-monitored'),
  ),
  pupil('高俊杰', '2013-03-03', 233, at('nineYear', 'junior-secondary')),
  pupil('许可心', '2016-09-12', 462, boardingAt('nineYear', 'primary'), known('left-behind-child')),
  pupil('徐婉清', '2009-07-07', 184, boardingAt('seniorSecondary', 'senior-secondary'), known('dibao-rural')),
  pupil('何志远', '2009-12-20', 337, at('seniorSecondary', 'senior-secondary'), known('post-poverty-with-policy')),
  pupil('宋佳怡', '2009-02-15', 248, at('vocational', 'secondary-vocational'), known('dibao-urban')),
  pupil('罗俊豪', '2010-01-09', 571, at('vocational', 'secondary-vocational'), known('anti-relapse-monitored')),
  pupil(
    '林雪莹',
    '2008-05-30',
    126,
    { ...at('university', 'university', SEPTEMBER_2026), admission: 'new-entrant' },
    known('dibao-rural'),
  ),
  pupil('冯一诺', '2017-11-23', 288, at('shizhongPrimary', 'primary'), known('post-poverty-with-policy'), SHIZHONG),
  pupil('曹沐阳', '2021-01-16', 395, at('shizhongKindergarten', 'preschool'), known('dibao-edge'), SHIZHONG),
];
