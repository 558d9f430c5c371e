// Nest 12 is ESM only and Jest's ESM mode fails on Node 20 and 22 where CommonJS requires ESM:
// swc turns everything, node_modules included, into CommonJS for the tests.
const packages = {
  swcrc: false,
  isModule: 'unknown', // scripts stay scripts: no "use strict" is added to CommonJS files
  jsc: { parser: { syntax: 'ecmascript' }, target: 'es2023' },
  module: { type: 'commonjs' },
  sourceMaps: false,
};

const shared = {
  testEnvironment: 'node',
  transform: { '\\.ts$': '@swc/jest', '\\.[cm]?js$': ['@swc/jest', packages] },
  transformIgnorePatterns: ['/node_modules/typescript/'], // CommonJS already, and 9 MB
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
};

const API = '<rootDir>/test/http/**/*.spec.ts';
/** Who may do what and see whom: once more where the database has a wall of its own. */
const ACCESS = '<rootDir>/test/access/!(tokens|canaries).spec.ts';

/** The whole-API suite once more, on another store. */
const apiOn = (store, more = []) => ({
  ...shared,
  displayName: `api on ${store}`,
  testMatch: [API, ...more],
  globals: { AID_TEST_STORE: store },
});

export default {
  projects: [
    { ...shared, displayName: 'sqlite', testMatch: ['<rootDir>/test/**/*.spec.ts'] },
    apiOn('postgres', [ACCESS]),
    apiOn('kurrentdb double'),
    ...(process.env.KURRENTDB_URL ? [apiOn('kurrentdb')] : []),
  ],
  globalSetup: '<rootDir>/test/support/setup.ts',
  globalTeardown: '<rootDir>/test/support/teardown.ts',
  testTimeout: 60_000,
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/tools/closing-line-reporter.cjs'],
};
