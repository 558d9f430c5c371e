// JSON bodies before anything looks at them: a field that stands twice is found, whatever its spelling.
import fc from 'fast-check';
import { duplicateKeyIn, parseJson } from '../../src/http/json-body.js';
import { refusalOf } from './given.js';
import { property } from './property.js';

test.each([
  ['{"a":1,"a":2}', 'a'],
  ['{"a":1,"\\u0061":2}', 'a'],
  ['{ "a" : {"b":[{"c":1},{"c":1,"c" :2}]}}', 'c'],
  ['[{"":1,"":2}]', ''],
  ['{"a\\"b":1,"x":{"a":1},"a\\u0022b":2}', 'a"b'],
])('%s names a field twice', (text, key) => {
  expect(duplicateKeyIn(text)).toBe(key);
  expect(refusalOf(() => parseJson(Buffer.from(text))).details.errors).toMatchObject([{ code: 'duplicate-key' }]);
});

test.each([
  '{"a":{"a":{"a":1}},"b":["a","a",{"a":1},{"a":1}]}',
  '{"a":"{\\"b\\":1,\\"b\\":2}"}',
  '{"a":"a","b":"a"}',
  '[]',
  '"a"',
])('%s does not', (text) => expect(duplicateKeyIn(text)).toBeUndefined());

const json = fc.json({ maxDepth: 5 });

property('what JSON.stringify writes has no field twice', [json], (text) =>
  expect(duplicateKeyIn(JSON.stringify(JSON.parse(text)))).toBeUndefined(),
);

property(
  'a field put in once more, somewhere, is found',
  [fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { minKeys: 1 }), fc.nat(), fc.boolean()],
  (object, pick, spelled) => {
    const keys = Object.keys(object);
    const key = keys[pick % keys.length] ?? '';
    const again = spelled
      ? `"${[...key].map((c) => c.split('').map(escaped).join('')).join('')}"`
      : JSON.stringify(key);
    const text = JSON.stringify(object);
    expect(duplicateKeyIn(`{"outer":[${text.slice(0, -1)},${again} : 1}]}`)).toBe(key);
  },
);

const escaped = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
