// Who may import what: the first row that fits a file is its layer; a file that fits no row fails.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

interface Layer {
  name: string;
  files: RegExp;
  /** Layers, and packages; `x*` stands for every package that begins with x. */
  imports: string[];
  /** Neither clock nor chance nor environment. */
  pure?: true;
}

const DRIVERS = ['@photostructure/sqlite', 'node:sqlite', 'pg', 'pg-copy-streams', '@kurrent/kurrentdb-client'];
const RULES = ['core', 'rules'];
const ENGINE = [...RULES, 'tables', 'projection', 'store'];
const FRONT = [...ENGINE, 'keys', 'office', 'view', 'handler', 'dto', 'http', '@nestjs/*'];
const WEB = [
  'node:*',
  '@fastify/*',
  'fastify',
  'helmet',
  'class-*',
  'pino',
  'prom-client',
  'reflect-metadata',
  'rxjs',
  'rate-limiter-flexible',
  'secure-json-parse',
  'uuid',
];
const BOOKS = [...FRONT, 'api', 'module', 'catalogue'];
const ADAPTERS = ['adapter', 'sqlite', 'config', 'adapters', 'installation'];

const LAYERS: Layer[] = [
  { name: 'core', files: /^core\//, imports: ['core', 'decimal.js'], pure: true },
  { name: 'catalogue', files: /^policies\/catalogue\b/, imports: [...BOOKS, 'node:*', 'class-*', 'js-yaml', 'uuid'] },
  {
    name: 'handler',
    files: /\.handler\.ts$|^students\/payment-recorder\.ts$/,
    imports: [...ENGINE, 'keys', 'office', 'view', 'handler', '@nestjs/*'],
  },
  { name: 'tokens', files: /^access\/tokens\.ts$/, imports: ['core', 'jose', 'node:*'] },
  { name: 'rules', files: /\.events\.ts$/, imports: RULES, pure: true },
  {
    name: 'rules',
    files: /^(access|policies|schools|students|entitlements|totals|notices)\/[a-z-]+\.ts$/,
    imports: RULES,
    pure: true,
  },
  { name: 'projection', files: /\.projection\.ts$/, imports: ENGINE, pure: true },
  { name: 'view', files: /\.view\.ts$/, imports: [...ENGINE, 'keys', 'office', 'view', 'tokens', '@nestjs/*'] },
  { name: 'dto', files: /\.dto\.ts$/, imports: [...FRONT, 'class-*'] },
  { name: 'api', files: /\.(api|csv)\.ts$/, imports: [...FRONT, 'api', ...WEB, 'csv-stringify'] },
  { name: 'module', files: /^[a-z-]+\/[a-z-]+\.module\.ts$/, imports: [...BOOKS, 'config'] },
  { name: 'store', files: /^(event-store|read-models)\/[a-z-]+\.ts$/, imports: [...ENGINE, 'node:crypto', 'uuid'] },
  { name: 'tables', files: /^tables\/[a-z-]+\.ts$/, imports: ['core', 'tables'] },
  {
    name: 'adapter',
    files: /^(event-store|tables)\/(sqlite|postgres|kurrent)\//,
    imports: [...ENGINE, 'adapter', 'sqlite', 'postgres', ...DRIVERS, 'node:*'],
  },
  { name: 'sqlite', files: /^sqlite\//, imports: ['core', 'sqlite', ...DRIVERS, 'node:*'] },
  { name: 'postgres', files: /^postgres\//, imports: ['core', 'postgres', ...DRIVERS, 'node:*'] },
  { name: 'keys', files: /^keys\//, imports: [...ENGINE, 'keys', 'node:*'] },
  { name: 'office', files: /^office\//, imports: [...ENGINE, 'office', 'keys', '@nestjs/*'] },
  { name: 'http', files: /^http\//, imports: [...FRONT, ...WEB, 'config'] },
  { name: 'config', files: /^config\.ts$/, imports: ['core', 'node:*'] },
  // From here on: putting it together. Nobody above imports these.
  { name: 'adapters', files: /^adapters\.ts$/, imports: [...ENGINE, 'adapter', 'postgres', 'config', 'node:*'] },
  { name: 'installation', files: /^installation\.ts$/, imports: [...BOOKS, ...WEB, ...ADAPTERS, 'tokens'] },
  { name: 'app', files: /^app\.module\.ts$/, imports: [...BOOKS, ...WEB, ...ADAPTERS] },
  { name: 'service', files: /^serv(e|ice)\.ts$/, imports: [...BOOKS, ...WEB, ...ADAPTERS, 'app', 'service'] },
  { name: 'main', files: /^main\.ts$/, imports: ['config', 'service'] },
  {
    name: 'cli',
    files: /^cli\.ts$|^(cli|demo)\//,
    imports: [...BOOKS, ...WEB, ...ADAPTERS, 'app', 'service', 'cli', 'commander', 'cli-progress'],
  },
];

const IMPURE = /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bcrypto\./g;

const layerOf = (file: string): Layer | undefined => LAYERS.find(({ files }) => files.test(file));

/** The layer of a relative import, the bare name of a package. */
function imported(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  const file = join(from, '..', specifier).replace(/\.js$/, '.ts');
  return layerOf(file)?.name ?? file;
}

const fits = (allowed: string, name: string): boolean =>
  allowed.endsWith('*') ? name.startsWith(allowed.slice(0, -1)) : name === allowed || name.startsWith(`${allowed}/`);

/** What is wrong with a file of src, given its path there and its text. */
function violations(file: string, source: string): string[] {
  const layer = layerOf(file);
  if (!layer) return [`${file} fits no layer`];
  const foreign = ts
    .preProcessFile(source, true, true)
    .importedFiles.filter(({ fileName }) => !layer.imports.some((allowed) => fits(allowed, imported(file, fileName))))
    .map(({ fileName }) => `${file} (${layer.name}) imports ${fileName}`);
  const impure = layer.pure ? (source.match(IMPURE) ?? []).map((text) => `${file} (${layer.name}) uses ${text}`) : [];
  return [...foreign, ...impure];
}

const SRC = join(import.meta.dirname, '../src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

describe('architecture', () => {
  it('every file keeps to the layers', () => {
    expect(FILES.length).toBeGreaterThan(20);
    expect(FILES.flatMap((file) => violations(file, readFileSync(join(SRC, file), 'utf8')))).toEqual([]);
  });

  it.each([
    ['core/money.ts', `import { Injectable } from '@nestjs/common';`],
    ['core/money.ts', `import { EventStore } from '../event-store/event-store.js';`],
    ['students/payment.ts', `import { readFileSync } from 'node:fs';`],
    ['students/payment.ts', `const today = new Date();`],
    ['students/payment.projection.ts', `const now = Date.now();`],
    ['totals/totals.view.ts', `export * from '@photostructure/sqlite';`],
    ['http/health.api.ts', `const { AppModule } = await import('../app.module.js');`],
    ['students/helpers/misc.ts', ``],
  ])('control: %s may not say %s', (file, source) => {
    expect(violations(file, source)).toHaveLength(1);
  });
});
