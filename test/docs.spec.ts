// The documentation is true: its commands run as printed, its links resolve, its references match the code.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { createInterface } from 'node:readline';
import { REJECTIONS } from '../src/core/rejections.js';
import { accessPage } from './support/access-page.js';
import { newDirectory } from './support/service.js';

const ROOT = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const filesUnder = (folder: string, end: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(end))
    .map((file) => join(folder, file));

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'src/policies/catalogue/README.md',
  ...filesUnder('docs', '.md'),
];

/** First groups of all matches in the files of the sources with a given ending. */
const found = (end: string, pattern: RegExp): string[] =>
  filesUnder('src', end).flatMap((file) => [...read(file).matchAll(pattern)].map(([, name = '']) => name));

const EVENTS = found('.events.ts', /DomainEvent<\s*'(\w+)'/g);
const COMMANDS = found('.handler.ts', /class (\w+) extends (?:OfficeCommand|RecordPayment)\b/g);

describe('references', () => {
  test('rejections.md lists the codes of the table, in its order, with its statuses and sentences', () => {
    const rows = [...read('docs/reference/rejections.md').matchAll(/^\| `([a-z-]+)` \| (\d+) \| (.+) \| (.+) \|$/gm)];
    const table = Object.entries(REJECTIONS).map(([code, { status, zh, en }]) => [code, String(status), zh, en]);
    expect(rows.map(([, ...cells]) => cells)).toEqual(table);
  });

  test('the glossary has every event and every command', () => {
    const glossary = read('docs/glossary.md');
    expect(EVENTS.length).toBeGreaterThan(10);
    expect(COMMANDS.length).toBeGreaterThan(10);
    expect([...EVENTS, ...COMMANDS].filter((name) => !glossary.includes(`\`${name}\``))).toEqual([]);
  });

  test('events.md has a section for every event, and for nothing else', () => {
    const sections = [...read('docs/reference/events.md').matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(sections.sort()).toEqual([...EVENTS].sort());
  });

  test('configuration.md lists the variables that are read', () => {
    const listed = [...read('docs/reference/configuration.md').matchAll(/^\| `([A-Z_]+)` \|/gm)].map(
      ([, name]) => name,
    );
    const used = [...read('src/config.ts').matchAll(/read\('([A-Z_]+)'\)/g)].map(([, name]) => name);
    expect(used.length).toBeGreaterThan(3);
    expect(listed.sort()).toEqual([...new Set(used)].sort());
  });

  test('access.md is what the table of duties says', () => {
    const page = 'docs/reference/access.md';
    if (process.env['AID_WRITE_PAGES']) writeFileSync(join(ROOT, page), accessPage());
    expect(read(page)).toBe(accessPage());
  });

  test('the README is at most 120 lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(120);
  });

  test('every page of docs stands in the index', () => {
    const index = read('docs/README.md');
    const missing = PAGES.map((page) => relative('docs', page))
      .filter((page) => !page.startsWith('..') && page !== 'README.md')
      .filter((page) => !index.includes(`](${page})`));
    expect(missing).toEqual([]);
  });
});

const withoutCode = (text: string): string => text.replaceAll(/^```[^]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '`code`');

/** As GitHub makes anchors of headings. */
const anchorsOf = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );

/** The relative links of a page that lead nowhere. */
function brokenLinks(page: string, text: string): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', anchor] = link.split('#');
    if (!path) return !anchorsOf(text).includes(anchor ?? '');
    const target = join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(read(target)).includes(anchor);
  });
}

describe('links', () => {
  test.each(PAGES)('of %s resolve', (page) => {
    expect(brokenLinks(page, read(page))).toEqual([]);
  });

  test.each(PAGES)('and paths that %s names exist', (page) => {
    const named = [...read(page).matchAll(/`((?:src|test|docs|docker)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('control: links that lead nowhere are reported', () => {
    const text =
      '# Here\n[a](nowhere.md) [b](start.md#nothing) [c](start.md) [d](#here) [e](#there) [f](https://example.org)';
    expect(brokenLinks('docs/made-up.md', text)).toEqual(['nowhere.md', 'start.md#nothing', '#there']);
  });
});

/** The commands that a page prints for the running service; those of npm set it up. */
const commandsOf = (page: string): string =>
  [...read(page).matchAll(/^```sh\n([^]*?)^```/gm)]
    .map(([, block = '']) => block)
    .filter((block) => !block.includes('npm '))
    .join('\n');

/** Runs a page's commands, changed in nothing but the port, beside a service started in an empty folder. */
async function printed(page: string): Promise<string[]> {
  const directory = newDirectory();
  const service = spawn(process.execPath, [join(ROOT, 'dist/main.js')], {
    cwd: directory,
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(service, 'exit');
  try {
    let port: string | undefined;
    for await (const line of createInterface({ input: service.stdout }))
      if ((port = /ready at http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1])) break;
    if (!port) throw new Error('the service did not start');
    const commands = commandsOf(page).replaceAll('http://127.0.0.1:3000', `http://127.0.0.1:${port}`);
    const shell = spawn('bash', ['-e'], {
      cwd: directory,
      env: { PATH: process.env['PATH'] },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    shell.stdin.end(commands);
    const output = shell.stdout.toArray();
    const [code] = (await once(shell, 'close')) as [number];
    expect(code).toBe(0);
    return Buffer.concat((await output) as Buffer[])
      .toString()
      .split('\n');
  } finally {
    service.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Answer extends Record<string, unknown> {
  code?: string;
}

const answersIn = (lines: readonly string[]): Answer[] =>
  lines.filter((line) => line.startsWith('{"')).map((line) => JSON.parse(line) as Answer);
const codesIn = (answers: readonly Answer[]): unknown[] => answers.flatMap(({ code }) => code ?? []);
const totalsIn = (answers: readonly Answer[]): unknown[] => answers.flatMap(({ total }) => total ?? []);

describe('commands run as printed', () => {
  test('in the README: a payment, its reversal, and the totals of the year', async () => {
    const lines = await printed('README.md');
    const answers = answersIn(lines);
    expect(codesIn(answers)).toEqual([]);
    expect(answers).toContainEqual(expect.objectContaining({ state: 'reversed', amount: '526.00' }));
    const paid = answersIn([lines[lines.indexOf('201') - 1] ?? '']);
    expect(paid).toMatchObject([
      { amount: '625.00', entitlement: { entitled: '625.00', netPaid: '625.00', outstanding: '0.00' } },
    ]);
    const total = {
      amount: '625.00',
      disbursed: '1151.00',
      returned: '0.00',
      reversed: '526.00',
      personTimes: 1,
      persons: 1,
    };
    expect(totalsIn(answers)).toEqual([total]);
  });

  test('in docs/start.md', async () => {
    const answers = answersIn(await printed('docs/start.md'));
    expect(codesIn(answers)).toEqual(['entitlement-exceeded']);
    expect(totalsIn(answers)).toMatchObject([
      { amount: '625.00', disbursed: '725.00', returned: '100.00', personTimes: 2, persons: 1 },
    ]);
    expect(answers.at(-1)).toMatchObject({ ok: true });
  });

  test('in docs/zh/quick-start.md', async () => {
    const lines = await printed('docs/zh/quick-start.md');
    const answers = answersIn(lines);
    expect(codesIn(answers)).toEqual(['entitlement-exceeded']);
    expect(totalsIn(answers)).toMatchObject([
      { amount: '725.00', disbursed: '862.50', returned: '125.00', reversed: '12.50', personTimes: 2, persons: 1 },
    ]);
    expect(lines.join('\n')).toContain('合计 total');
  });
});
