// Published aid totals of real places: facts taken from the published pages, with their addresses. The pupils are not.
import type { CivilDate } from '../../core/civil-date.js';
import type { YuanText } from '../../core/money.js';
import type { Term } from '../../core/term.js';
import type { Setting, Stage } from '../../core/vocabulary.js';
import type { HardshipCategoryId } from '../../students/hardship-categories.js';

/** Pupils of one kind who got the same amount, under one policy. */
export interface Group {
  policyId: string;
  stage: Stage;
  boarding?: boolean;
  hardship?: HardshipCategoryId;
  pupils: number;
  /** Yuan a pupil and term. */
  rate: YuanText;
}

export interface PublishedRow {
  zh: string;
  en: string;
  persons: number;
  amount: YuanText;
  /** What the page prints, where that cannot be. */
  printed?: YuanText;
  groups: readonly Group[];
}

export interface Place {
  districtId: string;
  name: string;
  code: string;
  /** GB/T 2260 code of the province, for the made-up school codes. */
  province: string;
  setting: Setting;
  period: string;
  term: Term;
  /** A day of the term; the pages give none. */
  paidOn: CivilDate;
  source: string;
  /** What the page does not say and this file supplies. */
  ours: string;
  rows: readonly PublishedRow[];
  total: { persons?: number; amount: YuanText };
}

export const LONGKOU: Place = {
  districtId: 'longkou',
  name: '烟台市龙口市',
  code: '370681',
  province: '37',
  setting: 'urban',
  period: '2019 年春季学期 2019-spring',
  term: '2019-spring',
  paidOn: '2019-06-20',
  source: 'https://xckxqm.com/forum.php?action=printable&mod=viewthread&tid=9259612',
  ours: '学校与学生为占位 schools and pupils are placeholders',
  rows: [
    {
      zh: '学前教育政府助学金',
      en: 'preschool government grant',
      persons: 1564,
      amount: '938400.00',
      groups: [{ policyId: 'longkou-preschool-grant', stage: 'preschool', pupils: 1564, rate: '600.00' }],
    },
    {
      zh: '普通高中国家助学金',
      en: 'senior-secondary national grant',
      persons: 865,
      amount: '865000.00',
      groups: [{ policyId: 'longkou-senior-grant', stage: 'senior-secondary', pupils: 865, rate: '1000.00' }],
    },
    {
      zh: '高校国家助学金',
      en: 'university national grant',
      persons: 2814,
      amount: '4221000.00',
      groups: [{ policyId: 'longkou-university-grant', stage: 'university', pupils: 2814, rate: '1500.00' }],
    },
  ],
  total: { persons: 5243, amount: '6024400.00' },
};

export const JIANGBEI: Place = {
  districtId: 'jiangbei',
  name: '宁波市江北区',
  code: '330205',
  province: '33',
  setting: 'urban',
  period: '2019 年一个学期 one term of 2019',
  term: '2019-spring',
  paidOn: '2019-06-20',
  source: '宁波市江北区公布的数字,网址未留存 published figures; the address was not kept',
  ours: '哪个学期未写明,记在春季 the term is not stated, the spring term is taken; 243 = 162 + 81 由标准解出 follows from the rates',
  rows: [
    {
      zh: '义务教育生活补助(寄宿)',
      en: 'compulsory living subsidy, boarders',
      persons: 5,
      amount: '3125.00',
      groups: [{ policyId: 'jiangbei-boarders', stage: 'junior-secondary', boarding: true, pupils: 5, rate: '625.00' }],
    },
    {
      zh: '义务教育生活补助(走读)',
      en: 'compulsory living subsidy, day pupils',
      persons: 243,
      amount: '65812.50',
      groups: [
        { policyId: 'jiangbei-day-pupils', stage: 'primary', boarding: false, pupils: 162, rate: '250.00' },
        { policyId: 'jiangbei-day-pupils', stage: 'junior-secondary', boarding: false, pupils: 81, rate: '312.50' },
      ],
    },
  ],
  total: { persons: 248, amount: '68937.50' },
};

export const ZHANHE: Place = {
  districtId: 'zhanhe',
  name: '平顶山市湛河区',
  code: '410411',
  province: '41',
  setting: 'urban',
  period: '2024 年秋季学期 2024-autumn',
  term: '2024-autumn',
  paidOn: '2024-12-20',
  source: 'https://zhq.gov.cn/contents/44253/428417.html',
  ours: '生活补助 1334 人次在四个标准间的分法是我们的,公布页未写 how the 1334 divide among the four rates is ours, the page does not say: 535×312.50 + 399×375.00 + 300×625.00 + 100×750.00 = 579312.50',
  rows: [
    {
      zh: '学前资助(原建档立卡)',
      en: 'preschool, formerly registered-poor',
      persons: 27,
      amount: '8100.00',
      groups: [
        {
          policyId: 'zhanhe-preschool-poor',
          stage: 'preschool',
          hardship: 'post-poverty-with-policy',
          pupils: 27,
          rate: '300.00',
        },
      ],
    },
    {
      zh: '学前资助(家庭经济困难)',
      en: 'preschool, hardship',
      persons: 114,
      amount: '22800.00',
      groups: [
        {
          policyId: 'zhanhe-preschool-hardship',
          stage: 'preschool',
          hardship: 'family-economic-hardship',
          pupils: 114,
          rate: '200.00',
        },
      ],
    },
    {
      zh: '营养餐(原建档立卡)',
      en: 'nutrition meal, formerly registered-poor',
      persons: 210,
      amount: '84000.00',
      printed: '8400.00',
      groups: [
        {
          policyId: 'zhanhe-nutrition',
          stage: 'primary',
          hardship: 'post-poverty-with-policy',
          pupils: 210,
          rate: '400.00',
        },
      ],
    },
    {
      zh: '义务教育生活补助',
      en: 'compulsory living subsidy',
      persons: 1334,
      amount: '579312.50',
      groups: [
        { policyId: 'zhanhe-day-pupils', stage: 'primary', boarding: false, pupils: 535, rate: '312.50' },
        { policyId: 'zhanhe-day-pupils', stage: 'junior-secondary', boarding: false, pupils: 399, rate: '375.00' },
        { policyId: 'zhanhe-boarders', stage: 'primary', boarding: true, pupils: 300, rate: '625.00' },
        { policyId: 'zhanhe-boarders', stage: 'junior-secondary', boarding: true, pupils: 100, rate: '750.00' },
      ],
    },
  ],
  total: { amount: '694212.50' },
};
