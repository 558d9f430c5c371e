// The facts of a pupil: enrolment 就读, departure 离校, hardship determination 认定, and what holds on the census day.
import { depart, determine, enrol, enrolmentIn, hardshipOn, register, revoke } from '../../src/students/facts.js';
import {
  boarder,
  departed,
  determined,
  enrolled,
  given,
  paid,
  pupilAfter,
  registered,
  returned,
  reversed,
  revoked,
  URBAN_SCHOOL,
} from './pupils.js';

describe('registration', () => {
  test('is the first thing that happens to a pupil', () => {
    expect(register(null, registered().data)).toEqual([registered()]);
  });

  test('happens once', () => {
    given(registered())
      .when(({ facts }) => register(facts, registered().data))
      .rejects('student-exists', { studentId: 'pupil-1' });
  });

  test('before it, nothing can be said about the pupil', () => {
    given()
      .when(({ facts }) => enrol(facts, enrolled().data))
      .rejects('student-unknown', { studentId: 'pupil-1' });
  });
});

test.each([
  enrolled(),
  departed('2024-03-01'),
  determined(),
  revoked('2024-03-01'),
  paid(),
  returned('1.00'),
  reversed(),
])('a log in which $type comes before the registration is not read on', (event) => {
  expect(() => pupilAfter(event)).toThrow(`${event.type} before StudentRegistered`);
});

describe('enrolment', () => {
  const elsewhere = enrolled({ enrolmentId: 'enrolment-2', school: URBAN_SCHOOL, from: '2024-03-01' });

  test('names the school as it is on that day', () => {
    given(registered())
      .when(({ facts }) => enrol(facts, boarder().data))
      .then(boarder());
  });

  test('in a second school at the same time is refused', () => {
    given(registered(), enrolled())
      .when(({ facts }) => enrol(facts, elsewhere.data))
      .rejects('enrolment-overlaps', { schoolId: '2137000001', from: '2023-09-01' });
  });

  test('is refused also where it would begin earlier and not end before', () => {
    given(registered(), enrolled())
      .when(({ facts }) => enrol(facts, { ...elsewhere.data, from: '2022-09-01' }))
      .rejects('enrolment-overlaps');
  });

  test('of an earlier time that has ended is accepted', () => {
    const earlier = enrolled({ enrolmentId: 'enrolment-2', from: '2022-09-01', until: '2023-08-31' });
    given(registered(), enrolled())
      .when(({ facts }) => enrol(facts, earlier.data))
      .then(earlier);
  });

  test('elsewhere on the very day of departure is accepted', () => {
    given(registered(), enrolled(), departed('2024-03-01'))
      .when(({ facts }) => enrol(facts, elsewhere.data))
      .then(elsewhere);
  });

  test('elsewhere on the day before departure is refused', () => {
    given(registered(), enrolled(), departed('2024-03-02'))
      .when(({ facts }) => enrol(facts, elsewhere.data))
      .rejects('enrolment-overlaps');
  });

  test('departed from on its first day never held, and is in nobody’s way', () => {
    const again = enrolled({ enrolmentId: 'enrolment-2' });
    given(registered(), enrolled(), departed('2023-09-01'))
      .when(({ facts }) => enrol(facts, again.data))
      .then(again);
  });

  test('that ends before it begins is refused', () => {
    given(registered())
      .when(({ facts }) => enrol(facts, enrolled({ until: '2023-08-31' }).data))
      .rejects('period-invalid', { from: '2023-09-01', until: '2023-08-31' });
  });

  test('of a single day is accepted, and holds on that day', () => {
    const oneDay = enrolled({ until: '2023-09-01' });
    given(registered())
      .when(({ facts }) => enrol(facts, oneDay.data))
      .then(oneDay);
    given(registered(), oneDay)
      .when(({ facts }) => enrol(facts, enrolled().data))
      .rejects('enrolment-overlaps');
  });
});

describe('departure', () => {
  test('ends the enrolment that holds on that day', () => {
    given(registered(), enrolled())
      .when(({ facts }) => depart(facts, '2024-03-01', 'transferred'))
      .then(departed('2024-03-01'));
  });

  test.each(['2023-08-31', '2024-03-01', '2025-01-01'])('on %s, outside the enrolment, is refused', (date) => {
    given(registered(), enrolled(), departed('2024-03-01'))
      .when(({ facts }) => depart(facts, date, 'withdrawn'))
      .rejects('not-enrolled', { date });
  });

  test('the last school day counts, the day of departure does not', () => {
    const { facts } = pupilAfter(registered(), enrolled(), departed('2024-04-30'));
    expect(enrolmentIn(facts, '2023-autumn')?.departure).toBe('transferred');
    expect(enrolmentIn(facts, '2024-spring')).toBeUndefined();
    const later = pupilAfter(registered(), enrolled(), departed('2024-05-01'));
    expect(enrolmentIn(later.facts, '2024-spring')?.enrolmentId).toBe('enrolment-1');
  });
});

describe('the enrolment of a term', () => {
  const moved = enrolled({ enrolmentId: 'enrolment-2', school: URBAN_SCHOOL, from: '2024-03-01' });

  test('is the one of the census day: a pupil who moved in March belongs to the new school in spring', () => {
    const { facts } = pupilAfter(registered(), enrolled(), departed('2024-03-01'), moved);
    expect(enrolmentIn(facts, '2023-autumn')?.school.schoolId).toBe('2137000001');
    expect(enrolmentIn(facts, '2024-spring')?.school.schoolId).toBe('2137000002');
    expect(enrolmentIn(facts, '2023-spring')).toBeUndefined();
  });

  test('each school’s own district says which day that is', () => {
    const school = { ...URBAN_SCHOOL, census: { autumn: '09-15', spring: '02-20' } };
    const late = enrolled({ school, from: '2024-03-01' });
    expect(enrolmentIn(pupilAfter(registered(), late).facts, '2024-spring')).toBeUndefined();
    expect(enrolmentIn(pupilAfter(registered(), late).facts, '2024-autumn')).toBeDefined();
  });

  test('where both schools’ census days are met, is the later one', () => {
    const school = { ...URBAN_SCHOOL, census: { autumn: '11-15', spring: '05-15' } };
    const moving = enrolled({ enrolmentId: 'enrolment-2', school, from: '2024-05-06' });
    const { facts } = pupilAfter(registered(), enrolled(), departed('2024-05-06'), moving);
    expect(enrolmentIn(facts, '2024-spring')?.enrolmentId).toBe('enrolment-2');
  });

  test('names its source, the position of the event', () => {
    expect(enrolmentIn(pupilAfter(registered(), enrolled()).facts, '2023-autumn')?.source).toBe(2);
  });
});

describe('hardship', () => {
  const categoriesOn = (day: string, ...events: Parameters<typeof pupilAfter>) =>
    hardshipOn(pupilAfter(...events).facts, day).map(({ category }) => category);

  test('is determined with category, level and time', () => {
    const tier = determined('orphan', { level: 'tier-3', until: '2024-08-31', evidence: '民政名单第3号' });
    given(registered())
      .when(({ facts }) => determine(facts, tier.data))
      .then(tier);
  });

  test('that ends before it begins is refused', () => {
    given(registered())
      .when(({ facts }) => determine(facts, determined('orphan', { until: '2023-08-31' }).data))
      .rejects('period-invalid');
  });

  test('entered later, but from a day on or before the census day, counts', () => {
    const late = determined('dibao-rural', { from: '2024-04-30' });
    expect(categoriesOn('2024-04-30', registered(), enrolled(), late)).toEqual(['dibao-rural']);
    expect(categoriesOn('2024-04-29', registered(), enrolled(), late)).toEqual([]);
  });

  test('holds up to the last day of its time', () => {
    const short = determined('dibao-rural', { until: '2024-04-30' });
    expect(categoriesOn('2024-04-30', registered(), short)).toEqual(['dibao-rural']);
    expect(categoriesOn('2024-05-01', registered(), short)).toEqual([]);
  });

  test('several determinations hold side by side', () => {
    const second = determined('orphan', { determinationId: 'determination-2' });
    expect(categoriesOn('2023-10-31', registered(), determined(), second)).toEqual(['dibao-rural', 'orphan']);
  });

  test('is revoked from a day on, and no longer holds on it', () => {
    given(registered(), determined())
      .when(({ facts }) => revoke(facts, revoked('2024-04-30').data))
      .then(revoked('2024-04-30'));
    const history = [registered(), determined(), revoked('2024-04-30')] as const;
    expect(categoriesOn('2024-04-29', ...history)).toEqual(['dibao-rural']);
    expect(categoriesOn('2024-04-30', ...history)).toEqual([]);
  });

  test('revoked once leaves the other determinations as they are', () => {
    const second = determined('orphan', { determinationId: 'determination-2' });
    const history = [registered(), determined(), second, revoked('2023-10-01')] as const;
    expect(categoriesOn('2023-10-31', ...history)).toEqual(['orphan']);
  });

  test('is revoked once', () => {
    given(registered(), determined(), revoked('2024-04-30'))
      .when(({ facts }) => revoke(facts, revoked('2024-01-01').data))
      .rejects('already-revoked', { from: '2024-04-30' });
  });

  test('that was never determined cannot be revoked', () => {
    given(registered(), determined())
      .when(({ facts }) => revoke(facts, revoked('2024-04-30', 'determination-9').data))
      .rejects('determination-unknown', { determinationId: 'determination-9' });
  });
});
