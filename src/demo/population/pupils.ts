// A made-up pupil follows from its number and the seed alone: a province needs no list of its pupils.
import type { CivilDate } from '../../core/civil-date.js';
import type { Stage } from '../../core/vocabulary.js';
import type { HardshipCategoryId } from '../../students/hardship-categories.js';
import { citizenNumber } from '../citizen-number.js';
import { draw } from './chance.js';
import { DISTRICT_SIZE, districtOf, type Place } from './places.js';

/** Enrolled and determined from this day on. */
export const SINCE: CivilDate = '2023-09-01';

export interface PlannedHardship {
  category: HardshipCategoryId;
  level?: string;
}

export interface PlannedPupil {
  index: number;
  name: string;
  citizenNumber: string;
  birthDate: CivilDate;
  place: Place;
  boarding: boolean;
  hardship?: PlannedHardship;
}

/** Of a hundred pupils, those of families in hardship. */
const IN_HARDSHIP = 10;

const POOR: readonly HardshipCategoryId[] = [
  'post-poverty-with-policy',
  'anti-relapse-monitored',
  'dibao-rural',
  'dibao-urban',
];
const OTHERWISE: readonly HardshipCategoryId[] = [
  'family-economic-hardship',
  'dibao-edge',
  'left-behind-child',
  'orphan',
];
const LEVELS = ['tier-1', 'tier-2', 'tier-3'] as const;

/** Of a family that most policies of the catalogue name. */
export const isPoor = ({ hardship }: PlannedPupil): boolean =>
  hardship !== undefined && POOR.includes(hardship.category);

const BORN: Partial<Record<Stage, number>> = {
  preschool: 2019,
  primary: 2014,
  'junior-secondary': 2010,
  'senior-secondary': 2007,
  'secondary-vocational': 2007,
  university: 2005,
};

const SURNAMES = [...'王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗'];
const GIVEN = [...'子梓雨欣怡浩宇轩涵睿思源佳宁明博文静雅婷俊杰晨曦'];

const pick = <T>(of: readonly T[], number: number): T => {
  const one = of[number % of.length];
  if (one === undefined) throw new Error('nothing to pick from');
  return one;
};

export function pupilAt(index: number, place: Place, seed: number): PlannedPupil {
  const ask = (question: number, below: number): number => draw(below, seed, index, question);
  const birthDate = bornIn(BORN[place.stage] ?? 2010, index);
  const hardship = ask(1, 100) < IN_HARDSHIP ? hardshipOf(place.stage, ask) : undefined;
  return {
    index,
    name: `${pick(SURNAMES, ask(2, 1000))}${pick(GIVEN, ask(3, 1000))}${pick(GIVEN, ask(4, 1000))}`,
    citizenNumber: citizenNumber(districtOf(Math.floor(index / DISTRICT_SIZE)).code, birthDate, serialOf(index)),
    birthDate,
    place,
    boarding: ask(5, 100) < place.boarders,
    ...(hardship && { hardship }),
  };
}

function hardshipOf(stage: Stage, ask: (question: number, below: number) => number): PlannedHardship {
  const category = pick(ask(6, 10) < 6 ? POOR : OTHERWISE, ask(7, 1000));
  return stage === 'preschool' ? { category, level: pick(LEVELS, ask(8, 1000)) } : { category };
}

const DAYS = 336;

/** Day and serial together are of one pupil of a district only. */
function bornIn(year: number, index: number): CivilDate {
  const day = (index % DISTRICT_SIZE) % DAYS;
  const [month, date] = [1 + Math.floor(day / 28), 1 + (day % 28)];
  return `${year}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`;
}

const serialOf = (index: number): number => 1 + Math.floor((index % DISTRICT_SIZE) / DAYS);
