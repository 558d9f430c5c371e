// The schools of the demo. They are made up; their codes are well formed: class, province 37, serial.
import type { Setting, Stage } from '../core/vocabulary.js';

export interface DemoSchool {
  schoolId: string;
  name: string;
  districtId: string;
  stages: Stage[];
  setting: Setting;
  inclusiveKindergarten?: boolean;
}

const inRencheng = { districtId: 'rencheng' } as const;
const inShizhong = { districtId: 'shizhong', setting: 'urban' } as const;

export const SCHOOLS = {
  kindergarten: {
    schoolId: '1137900001',
    name: '柳河镇中心幼儿园',
    ...inRencheng,
    stages: ['preschool'],
    setting: 'rural',
    inclusiveKindergarten: true,
  },
  ruralPrimary: {
    schoolId: '2137900002',
    name: '柳河镇中心小学',
    ...inRencheng,
    stages: ['primary'],
    setting: 'rural',
  },
  nineYear: {
    schoolId: '3137900003',
    name: '石塘镇九年一贯制学校',
    ...inRencheng,
    stages: ['primary', 'junior-secondary'],
    setting: 'rural',
  },
  urbanPrimary: {
    schoolId: '2137900004',
    name: '运河东路小学',
    ...inRencheng,
    stages: ['primary'],
    setting: 'urban',
  },
  seniorSecondary: {
    schoolId: '3437900005',
    name: '任城第九高级中学',
    ...inRencheng,
    stages: ['senior-secondary'],
    setting: 'urban',
  },
  vocational: {
    schoolId: '3637900006',
    name: '任城第二中等职业学校',
    ...inRencheng,
    stages: ['secondary-vocational'],
    setting: 'urban',
  },
  university: {
    schoolId: '4137900007',
    name: '鲁西南学院',
    ...inRencheng,
    stages: ['university'],
    setting: 'urban',
  },
  shizhongPrimary: { schoolId: '2137900008', name: '玉函山小学', ...inShizhong, stages: ['primary'] },
  shizhongKindergarten: {
    schoolId: '1137900009',
    name: '玉函山幼儿园',
    ...inShizhong,
    stages: ['preschool'],
    inclusiveKindergarten: true,
  },
} as const satisfies Record<string, Omit<DemoSchool, 'stages'> & { stages: readonly Stage[] }>;

export type SchoolName = keyof typeof SCHOOLS;
