// A made-up district of 10,000 pupils, as often as is asked for: its schools, their stages and sizes.
import type { Setting, Stage } from '../../core/vocabulary.js';

/** Pupils of one district. */
export const DISTRICT_SIZE = 10_000;

interface Kind {
  stage: Stage;
  setting: Setting;
  /** The first two digits of a school code. */
  code: string;
  name: string;
  schools: number;
  pupils: number;
  inclusiveKindergarten?: true;
  /** Of a hundred pupils, those who live at school. */
  boarders: number;
}

/** Shares of the stages, sizes of schools, boarders and what is rural are assumptions of about the right size. */
const KINDS: readonly Kind[] = [
  {
    stage: 'preschool',
    setting: 'rural',
    code: '11',
    name: '中心幼儿园',
    schools: 4,
    pupils: 170,
    inclusiveKindergarten: true,
    boarders: 0,
  },
  {
    stage: 'preschool',
    setting: 'urban',
    code: '11',
    name: '实验幼儿园',
    schools: 4,
    pupils: 250,
    inclusiveKindergarten: true,
    boarders: 0,
  },
  { stage: 'primary', setting: 'rural', code: '21', name: '中心小学', schools: 6, pupils: 330, boarders: 8 },
  { stage: 'primary', setting: 'urban', code: '21', name: '实验小学', schools: 3, pupils: 820, boarders: 0 },
  { stage: 'junior-secondary', setting: 'rural', code: '31', name: '初级中学', schools: 3, pupils: 350, boarders: 45 },
  {
    stage: 'junior-secondary',
    setting: 'urban',
    code: '31',
    name: '第一初级中学',
    schools: 1,
    pupils: 1050,
    boarders: 5,
  },
  { stage: 'senior-secondary', setting: 'urban', code: '34', name: '高级中学', schools: 1, pupils: 1150, boarders: 60 },
  {
    stage: 'secondary-vocational',
    setting: 'urban',
    code: '36',
    name: '中等职业学校',
    schools: 1,
    pupils: 550,
    boarders: 60,
  },
  { stage: 'university', setting: 'urban', code: '41', name: '学院', schools: 1, pupils: 80, boarders: 100 },
];

export interface PlannedSchool {
  schoolId: string;
  name: string;
  districtId: string;
  stages: readonly Stage[];
  setting: Setting;
  inclusiveKindergarten?: true;
}

/** A school, and whom it takes. */
export interface Place {
  school: PlannedSchool;
  stage: Stage;
  boarders: number;
  /** Index of its first pupil, and how many there are. */
  first: number;
  pupils: number;
}

export interface PlannedDistrict {
  districtId: string;
  name: string;
  /** GB/T 2260. */
  code: string;
}

/** The first is the one of the catalogue; policies without a district hold in all of them. */
export function districtOf(index: number): PlannedDistrict {
  if (index === 0) return { districtId: 'rencheng', name: '济宁市任城区', code: '370811' };
  const code = `37${twoDigits(1 + Math.floor(index / 80))}${twoDigits(20 + (index % 80))}`;
  return { districtId: `district-${code}`, name: `第${index}区`, code };
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** The schools of a district in the order of their pupils; with a scale below 1, smaller ones. */
export function placesOf(districtIndex: number, scale = 1): Place[] {
  const { districtId, name } = districtOf(districtIndex);
  const places: Place[] = [];
  let first = districtIndex * DISTRICT_SIZE;
  for (const { stage, setting, code, schools, boarders, inclusiveKindergarten, name: kind, ...whole } of KINDS)
    for (let serial = 1; serial <= schools; serial++) {
      const pupils = Math.max(1, Math.round(whole.pupils * scale));
      const schoolId = `${code}37${String(districtIndex * 100 + places.length + 1).padStart(6, '0')}`;
      const school = { schoolId, name: `${name}${kind}${serial}`, districtId, stages: [stage], setting };
      places.push({
        school: { ...school, ...(inclusiveKindergarten && { inclusiveKindergarten }) },
        stage,
        boarders,
        first,
        pupils,
      });
      first += pupils;
    }
  return places;
}
