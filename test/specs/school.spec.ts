// The register of districts 区县 and schools 学校.
import {
  districtDecider,
  DEFAULT_CENSUS,
  registerDistrict,
  registerSchool,
  schoolDecider,
  stageOf,
} from '../../src/schools/school.js';
import { Rejection } from '../../src/core/rejection.js';
import type { District, School } from '../../src/schools/school.events.js';
import { specOf } from './given.js';

const RENCHENG: District = {
  districtId: 'rencheng',
  name: '任城区',
  code: '370811',
  gradeStages: { '5': 'primary', '6': 'junior-secondary' },
  census: DEFAULT_CENSUS,
};
const SCHOOL: School = {
  schoolId: '2137000001',
  name: '长沟镇中心小学',
  districtId: 'rencheng',
  stages: ['primary'],
  setting: 'rural',
};

/** The same particulars, written down in another order. */
const reordered = <T extends object>(record: T): T => Object.fromEntries(Object.entries(record).toReversed()) as T;

describe('a district', () => {
  const given = specOf(districtDecider);

  test('is registered', () => {
    given()
      .when((known) => registerDistrict(known, RENCHENG))
      .then({ type: 'DistrictRegistered', data: RENCHENG });
  });

  test('registered again with the same particulars changes nothing', () => {
    const again = reordered({ ...RENCHENG, census: reordered(DEFAULT_CENSUS) });
    given({ type: 'DistrictRegistered', data: RENCHENG })
      .when((known) => registerDistrict(known, again))
      .thenNothing();
  });

  test('with other particulars is amended; the whole record stands in the event', () => {
    const later = { ...RENCHENG, census: { autumn: '11-15', spring: '05-15' } };
    given({ type: 'DistrictRegistered', data: RENCHENG })
      .when((known) => registerDistrict(known, later))
      .then({ type: 'DistrictAmended', data: later });
  });

  test('amended back is amended once more', () => {
    const later = { ...RENCHENG, name: '济宁市任城区' };
    given({ type: 'DistrictRegistered', data: RENCHENG }, { type: 'DistrictAmended', data: later })
      .when((known) => registerDistrict(known, RENCHENG))
      .then({ type: 'DistrictAmended', data: RENCHENG });
  });

  test('is judged on 31 October and 30 April unless it says otherwise', () => {
    expect(DEFAULT_CENSUS).toEqual({ autumn: '10-31', spring: '04-30' });
  });
});

describe('a school', () => {
  const given = specOf(schoolDecider);

  test('is registered', () => {
    given()
      .when((known) => registerSchool(known, SCHOOL))
      .then({ type: 'SchoolRegistered', data: SCHOOL });
  });

  test('registered again with the same particulars changes nothing', () => {
    given({ type: 'SchoolRegistered', data: SCHOOL })
      .when((known) => registerSchool(known, reordered(SCHOOL)))
      .thenNothing();
  });

  test.each([
    ['another setting', { setting: 'urban' }],
    ['one more stage', { stages: ['primary', 'junior-secondary'] }],
    ['an inclusive kindergarten', { inclusiveKindergarten: true }],
  ] as [string, Partial<School>][])('with %s is refused: enrolments rely on what was registered', (_, changes) => {
    given({ type: 'SchoolRegistered', data: SCHOOL })
      .when((known) => registerSchool(known, { ...SCHOOL, ...changes }))
      .rejects('school-exists', { schoolId: SCHOOL.schoolId });
  });
});

describe('the stage of an enrolment', () => {
  const refusal = (order: Parameters<typeof stageOf>[0]): unknown => {
    try {
      return stageOf(order, SCHOOL, RENCHENG);
    } catch (error) {
      return error instanceof Rejection ? error.code : error;
    }
  };

  test.each([
    [{ grade: '5' }, 'primary'],
    [{ stage: 'primary', grade: '5' }, 'primary'],
    [{ stage: 'primary' }, 'primary'],
    [{ stage: 'primary', grade: '6' }, 'grade-stage-mismatch'],
    [{ grade: '99' }, 'stage-missing'],
    [{}, 'stage-missing'],
    [{ stage: 'university' }, 'stage-not-offered'],
  ] as const)('%j → %s', (order, expected) => {
    expect(refusal(order)).toBe(expected);
  });
});
