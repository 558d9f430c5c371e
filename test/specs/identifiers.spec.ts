// National identifiers: the check digit of GB 11643 catches every single slip of the pen.
import fc from 'fast-check';
import { holdsCitizenNumber, isCitizenNumber, isSchoolCode, isStudentNumber } from '../../src/core/identifiers.js';
import { property } from './property.js';

// Published examples (facts/policies.yaml, codes_and_algorithms): nobody's own number.
const PUBLISHED = ['11010519491231002X', '34052419800101001X', '440524188001010014'];
const CHARACTERS = [...'0123456789X'];

test.each(PUBLISHED)('%s is a citizen number', (number) => expect(isCitizenNumber(number)).toBe(true));

test.each([
  ['another check digit', '110105194912310021'],
  ['a small x', '11010519491231002x'],
  ['17 characters', '1101051949123100X'],
  ['19 characters', '11010519491231002X0'],
  ['an X inside', '1101051949123100XX'],
  ['15 digits, the old form', '110105491231002'],
  ['nothing', ''],
])('%s is not', (_, number) => expect(isCitizenNumber(number)).toBe(false));

const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 17, maxLength: 17 }).map((all) => all.join(''));
const complete = (first: string): string[] =>
  CHARACTERS.map((last) => first + last).filter((number) => isCitizenNumber(number));

property('17 digits have exactly one check digit', [digits], (first) => expect(complete(first)).toHaveLength(1));

property(
  'one wrong character is always caught',
  [digits, fc.nat(17), fc.constantFrom(...CHARACTERS)],
  (first, at, character) => {
    const [number = ''] = complete(first);
    fc.pre(number[at] !== character);
    expect(isCitizenNumber(number.slice(0, at) + character + number.slice(at + 1))).toBe(false);
  },
);

property('two digits in the wrong order are always caught', [digits, fc.nat(15)], (first, at) => {
  const [number = ''] = complete(first);
  const [one, other] = [number.charAt(at), number.charAt(at + 1)];
  fc.pre(one !== other);
  expect(isCitizenNumber(number.slice(0, at) + other + one + number.slice(at + 2))).toBe(false);
});

test.each([
  ['G11010519491231002X', true],
  ['J370811201501010012', true],
  ['L370811201501011234', true],
  ['A370811201501010012', false],
  ['370811201501010012', false],
  ['g370811201501010012', false],
  ['G37081120150101001', false],
])('%s as a student number: %p', (text, is) => expect(isStudentNumber(text)).toBe(is));

test.each([
  ['2137000001', true],
  ['213700001', false],
  ['21370000012', false],
  ['213700000X', false],
])('%s as a school code: %p', (text, is) => expect(isSchoolCode(text)).toBe(is));

test('a citizen number is found inside a text, wherever it stands', () => {
  for (const text of ['11010519491231002X', 'G11010519491231002X', '凭证11010519491231002x号', '9911010519491231002X7'])
    expect({ text, found: holdsCitizenNumber(text) }).toEqual({ text, found: true });
  for (const text of ['V-2026-001', '110105194912310021', '1'.repeat(40), ''])
    expect({ text, found: holdsCitizenNumber(text) }).toEqual({ text, found: false });
});
