// Every refusal that a pure rule can utter has a spec that names it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REJECTIONS } from '../../src/core/rejections.js';

const SRC = join(import.meta.dirname, '../../src');
const ADAPTER = /\.(handler|api|dto|view|projection|module|loader)\.ts$|catalogue|payment-recorder|tokens/;

const textOf = (directory: string, wanted: (file: string) => boolean): string =>
  readdirSync(directory)
    .filter(wanted)
    .map((file) => readFileSync(join(directory, file), 'utf8'))
    .join('\n');

const isRule = (file: string): boolean => file.endsWith('.ts') && !ADAPTER.test(file);
const RULES = ['access', 'notices', 'policies', 'schools', 'students']
  .map((book) => textOf(join(SRC, book), isRule))
  .join('\n');
const SPECS = textOf(import.meta.dirname, (file) => file.endsWith('.spec.ts') && file !== 'rejections.spec.ts');

const thrownIn = (source: string): string[] => [
  ...new Set([...source.matchAll(/new Rejection\(\s*'([a-z-]+)'/g)].map(([, code = '']) => code)),
];
const withoutSpec = (rules: string): string[] => thrownIn(rules).filter((code) => !SPECS.includes(`'${code}'`));

test('each has a spec', () => {
  expect(thrownIn(RULES).length).toBeGreaterThan(20);
  expect(withoutSpec(RULES)).toEqual([]);
});

test('each stands in the table of refusals', () => {
  expect(Object.keys(REJECTIONS)).toEqual(expect.arrayContaining(thrownIn(RULES)));
});

test('control: one without a spec is found, also where the line breaks', () => {
  expect(withoutSpec("throw new Rejection(\n  'cash-refused', {}); new Rejection('not-eligible')")).toEqual([
    'cash-refused',
  ]);
});
