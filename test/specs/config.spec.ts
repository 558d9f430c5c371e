// One address chooses the store; the rest follows from it, unless it is said otherwise.
import { resolve } from 'node:path';
import { ConfigError, embeddedFiles, readConfig } from '../../src/config.js';

const sqlite = (file: string) => ({ kind: 'sqlite', file: resolve(file) });
const postgres = (url: string) => ({ kind: 'postgres', url });

test.each([
  [
    'nothing is said',
    {},
    { store: sqlite('data/ledger.db'), readModels: sqlite('data/ledger.db'), keys: sqlite('data/keys.db') },
  ],
  [
    'a file',
    { AID_STORE: 'sqlite:/a/b.db' },
    { store: sqlite('/a/b.db'), readModels: sqlite('/a/b.db'), keys: sqlite('/a/keys.db'), directory: '/a' },
  ],
  [
    'PostgreSQL',
    { AID_STORE: 'postgres://h/d', AID_DATA: '/a' },
    { store: postgres('postgres://h/d'), readModels: postgres('postgres://h/d'), keys: postgres('postgres://h/d') },
  ],
  [
    'KurrentDB alone',
    { AID_STORE: 'kurrentdb://h:2113', AID_DATA: '/a' },
    {
      store: { kind: 'kurrentdb', url: 'kurrentdb://h:2113' },
      readModels: sqlite('/a/views.db'),
      keys: sqlite('/a/keys.db'),
    },
  ],
  [
    'EventStoreDB with views in PostgreSQL and keys elsewhere',
    { AID_STORE: 'esdb+discover://h', AID_READ_MODELS: 'postgresql://h/d', AID_KEYS: 'sqlite:/k/keys.db' },
    {
      store: { kind: 'kurrentdb', url: 'esdb+discover://h' },
      readModels: postgres('postgresql://h/d'),
      keys: sqlite('/k/keys.db'),
    },
  ],
])('%s', (_, environment, places) => {
  expect(readConfig(environment)).toMatchObject(places);
});

test('embedded files that belong to one process are named once each', () => {
  expect(embeddedFiles(readConfig({ AID_STORE: 'sqlite:/a/b.db' }))).toEqual(['/a/b.db']);
  expect(embeddedFiles(readConfig({ AID_STORE: 'kurrentdb://h', AID_DATA: '/a' }))).toEqual(['/a/views.db']);
  expect(embeddedFiles(readConfig({ AID_STORE: 'postgres://h/d' }))).toEqual([]);
});

test.each([
  { AID_STORE: 'mysql://h/d' },
  { AID_STORE: 'sqlite:' },
  { AID_STORE: 'data/ledger.db' },
  { AID_READ_MODELS: 'kurrentdb://h' },
  { AID_LEDGER: 'Aid; drop schema' },
  { PORT: '99999' },
])('%o is refused', (environment) => {
  expect(() => readConfig(environment)).toThrow(ConfigError);
});

test('a password in an address is not repeated', () => {
  expect(() => readConfig({ AID_STORE: 'mysql://user:geheim@h/d' })).toThrow(/^(?!.*geheim)/);
});
