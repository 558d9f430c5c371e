// The demo ends by itself, gives aid under every policy of the catalogue, and reproduces what was published.
import { readCatalogues } from '../src/policies/catalogue.js';
import { aidLedger, type Ended } from './support/command.js';

let demo: Ended;
beforeAll(async () => {
  demo = await aidLedger('demo');
}, 300_000);

test('it ends well', () => {
  expect({ code: demo.code, err: demo.err }).toEqual({ code: 0, err: '' });
});

test('every policy of the catalogue is named', () => {
  const names = readCatalogues(['rencheng', 'shizhong']).flatMap(({ policies }) => policies.map(({ name }) => name.zh));
  expect(names).toHaveLength(18);
  expect(names.filter((name) => !demo.out.includes(name))).toEqual([]);
});

test.each([
  ['the boarder by school year', '1125.00'],
  ['the boarder by budget year', '1250.00'],
  ['a refused overpayment', 'entitlement-exceeded'],
  ['a second one-off grant', 'already-granted'],
  ['a snack meal for a pupil in hardship', 'not-eligible'],
  ['Longkou, spring 2019', '6024400.00'],
  ['Jiangbei, 2019', '68937.50'],
  ['Zhanhe, autumn 2024', '694212.50'],
  ['what its printed line would come to', '618612.50'],
])('%s: %s', (_, figure) => {
  expect(demo.out).toContain(figure);
});

test('no name and no citizen number is printed in full', () => {
  expect(demo.out).toMatch(/370811\*{8}\d{3}[\dX]/);
  expect(demo.out).not.toMatch(/\d{17}[\dX]/);
});
