// Eligibility 条件: each condition met, not met, and not tested; every fact names the event it comes from.
import { censusFacts, judge } from '../../src/entitlements/eligibility.js';
import type { Eligibility } from '../../src/policies/policy.events.js';
import type { StudentEvent } from '../../src/students/student.events.js';
import { determined, enrolled, pupilAfter, registered, revoked, RURAL_SCHOOL } from './pupils.js';

const judged = (asked: Eligibility, ...past: StudentEvent[]) =>
  judge(asked, censusFacts(pupilAfter(...past).facts, '2024-spring'));

const pupil = (changes: Parameters<typeof enrolled>[0] = {}) => [registered(), enrolled(changes)];
const kindergarten = { ...RURAL_SCHOOL, inclusiveKindergarten: true };
const poor = (category: string) => [...pupil(), determined(category)];

describe('enrolment', () => {
  test('is always tested, on the census day', () => {
    expect(judged({}, ...pupil())).toEqual([
      {
        condition: 'enrolled',
        expected: true,
        fact: { schoolId: '2137000001', on: '2024-04-30' },
        met: true,
        source: 2,
      },
    ]);
    expect(judged({}, registered())).toEqual([{ condition: 'enrolled', expected: true, fact: null, met: false }]);
  });
});

const CASES: [
  condition: string,
  asked: Eligibility,
  met: StudentEvent[],
  fact: unknown,
  unmet: StudentEvent[],
  other: unknown,
][] = [
  [
    'district',
    { districts: ['rencheng'] },
    pupil(),
    'rencheng',
    pupil({ school: { ...RURAL_SCHOOL, districtId: 'zhifu' } }),
    'zhifu',
  ],
  ['stage', { stages: ['primary'] }, pupil(), 'primary', pupil({ stage: 'junior-secondary' }), 'junior-secondary'],
  ['grade', { grades: ['4', '5'] }, pupil(), '4', pupil({ grade: '6' }), '6'],
  ['boarding', { boarding: true }, pupil({ boarding: true }), true, pupil(), false],
  ['boarding', { boarding: false }, pupil(), false, pupil({ boarding: true }), true],
  [
    'setting',
    { setting: 'rural' },
    pupil(),
    'rural',
    pupil({ school: { ...RURAL_SCHOOL, setting: 'urban' } }),
    'urban',
  ],
  ['inclusive-kindergarten', { inclusiveKindergarten: true }, pupil({ school: kindergarten }), true, pupil(), false],
  ['inclusive-kindergarten', { inclusiveKindergarten: false }, pupil(), false, pupil({ school: kindergarten }), true],
  ['admission', { admission: 'new-entrant' }, pupil({ admission: 'new-entrant' }), 'new-entrant', pupil(), null],
];

describe.each(CASES)('%s', (condition, asked, met, fact, unmet, other) => {
  const [[key, expected] = []] = Object.entries(asked);

  test('is met', () => {
    expect(judged(asked, ...met)[1]).toEqual({ condition, expected, fact, met: true, source: 2 });
  });

  test('is not met', () => {
    expect(judged(asked, ...unmet)[1]).toEqual({ condition, expected, fact: other, met: false, source: 2 });
  });

  test('is not met by a pupil who is enrolled nowhere', () => {
    expect(judged(asked, registered())[1]).toEqual({ condition, expected, fact: null, met: false });
  });

  test('is not tested where the policy does not ask', () => {
    expect(key).toBeDefined();
    expect(judged({}, ...unmet).map((tested) => tested.condition)).toEqual(['enrolled']);
  });
});

test('a grade that was never written down meets no list of grades', () => {
  const { grade: _, ...data } = enrolled().data;
  expect(judged({ grades: ['4'] }, registered(), { type: 'StudentEnrolled', data })[1]).toMatchObject({
    fact: null,
    met: false,
  });
});

describe('hardship', () => {
  const hardship = (asked: string[], ...past: StudentEvent[]) => judged({ hardship: asked }, ...past)[1];

  test('any: some determination holds', () => {
    expect(hardship(['any'], ...poor('left-behind-child'))).toEqual({
      condition: 'hardship',
      expected: ['any'],
      fact: ['left-behind-child'],
      met: true,
      source: 3,
    });
    expect(hardship(['any'], ...pupil())).toEqual({ condition: 'hardship', expected: ['any'], fact: [], met: false });
  });

  test('none: no determination holds', () => {
    expect(hardship(['none'], ...pupil())).toMatchObject({ met: true });
    expect(hardship(['none'], ...poor('orphan'))).toMatchObject({ fact: ['orphan'], met: false, source: 3 });
    expect(hardship(['none'], ...poor('orphan'), revoked('2024-04-30'))).toMatchObject({ fact: [], met: true });
  });

  test('categories: one of them holds', () => {
    const asked = ['orphan', 'tekun'];
    expect(hardship(asked, ...poor('tekun'))).toMatchObject({ met: true, source: 3 });
    expect(hardship(asked, ...poor('dibao-edge'))).toMatchObject({ fact: ['dibao-edge'], met: false, source: 3 });
    expect(hardship(asked, ...pupil())).toMatchObject({ fact: [], met: false });
  });

  test('several hold: the one that counts is the source', () => {
    const second = determined('orphan', { determinationId: 'determination-2' });
    expect(hardship(['orphan'], ...poor('dibao-edge'), second)).toMatchObject({
      met: true,
      fact: ['dibao-edge', 'orphan'],
      source: 4,
    });
  });

  test.each(['dibao-rural', 'dibao-urban'])('%s counts as the wider dibao-urban-rural', (category) => {
    expect(hardship(['dibao-urban-rural'], ...poor(category))).toMatchObject({ fact: [category], met: true });
  });

  test('the wider category does not count as a narrower one, nor does one narrower as the other', () => {
    expect(hardship(['dibao-rural'], ...poor('dibao-urban-rural'))).toMatchObject({ met: false });
    expect(hardship(['dibao-rural'], ...poor('dibao-urban'))).toMatchObject({ met: false });
  });

  test('is not tested where the policy does not ask', () => {
    expect(judged({}, ...poor('orphan'))).toHaveLength(1);
  });

  test('of a pupil enrolled nowhere is judged on the usual census day', () => {
    expect(hardship(['any'], registered(), determined())).toMatchObject({ fact: ['dibao-rural'], met: true });
  });
});

describe('student group', () => {
  const asked = ['left-behind-child', 'disabled'];
  const member = registered({ studentGroups: ['disabled', 'migrant-workers-children'] });

  test('is met, not met, and not tested', () => {
    expect(judged({ studentGroups: asked }, member, enrolled())[1]).toEqual({
      condition: 'student-group',
      expected: asked,
      fact: ['disabled', 'migrant-workers-children'],
      met: true,
      source: 1,
    });
    expect(judged({ studentGroups: asked }, ...pupil())[1]).toMatchObject({ fact: [], met: false, source: 1 });
    expect(judged({}, member, enrolled())).toHaveLength(1);
  });
});

test('conditions stand in one order, enrolment first', () => {
  const all: Eligibility = {
    studentGroups: ['disabled'],
    hardship: ['any'],
    admission: 'new-entrant',
    inclusiveKindergarten: true,
    setting: 'rural',
    boarding: true,
    grades: ['4'],
    stages: ['primary'],
    districts: ['rencheng'],
  };
  expect(judged(all, ...pupil()).map(({ condition }) => condition)).toEqual([
    'enrolled',
    'district',
    'stage',
    'grade',
    'boarding',
    'setting',
    'inclusive-kindergarten',
    'admission',
    'hardship',
    'student-group',
  ]);
});
