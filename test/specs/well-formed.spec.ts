// Bodies that are read the short way are those that class-validator passes, and come out as it gives them.
import 'reflect-metadata';
import { ValidationPipe } from '@nestjs/common';
import fc from 'fast-check';
import { readerOf } from '../../src/http/well-formed.js';
import { EnrolStudentDto, DetermineHardshipDto, RegisterStudentDto } from '../../src/students/student.dto.js';
import { BulkPaymentDto, RecordPaymentDto, ReturnPaymentDto } from '../../src/students/payment.dto.js';
import { SchoolDto } from '../../src/schools/school.dto.js';

const ID = '0190a1b2-1234-7abc-9def-1234567890ab';
const PAYMENT = {
  studentId: ID,
  policyId: 'rencheng-boarding-living-subsidy',
  term: '2026-autumn',
  paidOn: '2026-11-20',
  amount: '625.00',
  method: 'card',
  reference: 'V-001',
};
const EXCEPTION = { reason: '灾情', document: '会议纪要 3 号' };

/** A good body of each kind; the second says whether it can be read the short way. */
const GOOD: [new () => object, object, boolean][] = [
  [RecordPaymentDto, PAYMENT, true],
  [RecordPaymentDto, { ...PAYMENT, amount: undefined, days: 20 }, true],
  [RecordPaymentDto, { ...PAYMENT, exception: EXCEPTION }, false],
  [BulkPaymentDto, { ...PAYMENT, idempotencyKey: 'k-1' }, true],
  [ReturnPaymentDto, { returnedOn: '2026-11-21', cause: 'recovered', reference: 'R-1' }, true],
  [DetermineHardshipDto, { category: 'dibao-rural', from: '2026-09-01' }, true],
  [EnrolStudentDto, { schoolId: '2137000001', grade: '4', boarding: true, from: '2026-09-01' }, true],
  [EnrolStudentDto, { schoolId: '2137000001', grade: 4, boarding: true, from: '2026-09-01' }, false],
  [RegisterStudentDto, { name: '张三丰', studentGroups: ['left-behind'] }, true],
  [
    SchoolDto,
    { schoolId: '2137000001', name: '小学', districtId: 'rencheng', stages: ['primary'], setting: 'rural' },
    true,
  ],
];

const pipe = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
});

const asPiped = (type: new () => object, value: object): Promise<unknown> =>
  pipe.transform(structuredClone(value), { type: 'body', metatype: type }).catch(() => undefined);

test.each(GOOD)('a good %o', async (type, value, isShort) => {
  const piped = await asPiped(type, value);
  expect(piped).toBeInstanceOf(type);
  const read = readerOf(type)(value);
  if (isShort) {
    expect(read).toEqual(piped);
    expect(read).toBeInstanceOf(type);
  } else expect(read).toBeUndefined();
});

/** What stands in a field in place of what should. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    ' ',
    0,
    -1,
    1.5,
    366,
    367,
    true,
    [],
    {},
    ['primary'],
    '2026-02-30',
    '99999999.999',
    '625',
    '11010519491231002X',
  ),
  fc.string(),
  fc.jsonValue(),
);

const altered = fc.record({
  good: fc.constantFrom(...GOOD),
  field: fc.nat(),
  change: fc.oneof(
    odd.map((value) => ({ value })),
    fc.constant('gone' as const),
    fc.constant('unknown' as const),
  ),
});

const SEED = Number(process.env['AID_SEED'] ?? Date.now() % 2 ** 31);

test(`what is read the short way is what class-validator passes (AID_SEED=${SEED})`, async () => {
  const seen = { short: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(altered, async ({ good: [type, value], field, change }) => {
      const names = Object.keys(value);
      const name = names[field % names.length] ?? '';
      const { [name]: _, ...rest } = value as Record<string, unknown>;
      const body =
        change === 'gone'
          ? rest
          : { ...value, [change === 'unknown' ? 'more' : name]: change === 'unknown' ? 1 : change.value };
      const [read, piped] = [readerOf(type)(body), await asPiped(type, body)];
      if (piped === undefined) seen.refused++;
      if (read === undefined) return;
      seen.short++;
      expect(read).toEqual(piped);
    }),
    { seed: SEED, numRuns: 3000 },
  );
  expect(seen.short).toBeGreaterThan(50);
  expect(seen.refused).toBeGreaterThan(300);
});
