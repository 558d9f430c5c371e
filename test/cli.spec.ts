// The command line on the ledger that the demo leaves behind.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PROJECTIONS } from '../src/installation.js';
import { CHECKPOINT } from '../src/read-models/projection.js';
import { openDatabase } from '../src/sqlite/database.js';
import { newDirectory, startTestService } from './support/service.js';

const CLI = join(import.meta.dirname, '../dist/cli.js');
const directory = newDirectory();
const store = `sqlite:${join(directory, 'ledger.db')}`;
const copies: string[] = [];

/** Runs the built command line, with nothing of our own environment but the path. */
function aidLedger(...args: string[]) {
  const env = { PATH: process.env['PATH'] };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...args], { env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

beforeAll(() => {
  const { code, out } = aidLedger('demo', '--brief', '--data', directory);
  if (code !== 0) throw new Error(out);
}, 120_000);
afterAll(() => {
  for (const folder of [directory, ...copies]) rmSync(folder, { recursive: true, force: true });
});

/** A copy of the ledger in which one statement was run behind the service's back. */
function altered(sql: string): string {
  const copy = newDirectory();
  copies.push(copy);
  cpSync(directory, copy, { recursive: true });
  const database = openDatabase(join(copy, 'ledger.db'));
  database.exec(sql);
  database.close();
  return `sqlite:${join(copy, 'ledger.db')}`;
}

const WITHOUT_VIEWS = PROJECTIONS.flatMap(({ tables }) => tables)
  .concat(CHECKPOINT)
  .map(({ name }) => `drop table ${name}`)
  .join(';');

function boarder(): string {
  const database = openDatabase(join(directory, 'ledger.db'), { readOnly: true });
  const row = database
    .prepare(`select student_id as id from payment where term = '2023-autumn' and state = 'disbursed'`)
    .get() as { id: string };
  database.close();
  return row.id;
}

describe('usage', () => {
  it('--help names the commands', () => {
    const { code, out } = aidLedger('--help');
    expect(code).toBe(0);
    for (const command of [
      'serve',
      'demo',
      'record',
      'totals',
      'history',
      'rebuild',
      'verify',
      'backup',
      'restore',
      'migrate',
    ])
      expect(out).toContain(command);
  });

  it.each([
    ['no command', []],
    ['an unknown command', ['audit']],
    ['no period', ['totals', '--store', store]],
    ['two periods', ['totals', '--store', store, '--fiscal-year', '2026', '--term', '2026-autumn']],
    ['half a period', ['totals', '--store', store, '--from', '2026-01-01']],
    ['an unknown grouping', ['totals', '--store', store, '--fiscal-year', '2026', '--by', 'colour']],
    ['a term that is none', ['history', 'someone', '--store', store, '--term', '2026-summer']],
    ['a store that is none', ['verify', '--store', 'somewhere']],
  ])('%s ends with 2', (_, args) => {
    expect(aidLedger(...args).code).toBe(2);
  });

  it.each(['totals --fiscal-year 2026', 'history someone', 'rebuild', 'verify'])(
    '%s: a missing ledger is named and not made',
    (command) => {
      const { code, err } = aidLedger(...command.split(' '), '--store', `sqlite:${directory}/none/ledger.db`);
      expect(code).toBe(1);
      expect(err).toContain(`There is no ledger at ${directory}/none/ledger.db`);
    },
  );

  it('the demo writes into no ledger that is there', () => {
    const { code, err } = aidLedger('demo', '--brief', '--data', directory);
    expect(code).toBe(1);
    expect(err).toContain('There is a ledger');
  });
});

describe('totals', () => {
  const boarding = ['--policy', 'rencheng-boarding-living-subsidy'];

  it.each([
    ['--school-year', '2023-2024', '1125.00'],
    ['--fiscal-year', '2024', '1250.00'],
  ])('%s %s', (period, value, amount) => {
    const { code, out } = aidLedger('totals', '--store', store, period, value, ...boarding);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^合计 total .* ${amount.replace('.', '\\.')} +2 +1$`, 'm'));
    expect(out).toContain('口径');
  });

  it('--json is what the API answers', () => {
    const args = ['--store', store, '--term', '2026-autumn', '--by', 'policy', '--district', 'shizhong', '--json'];
    const { code, out } = aidLedger('totals', ...args);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      period: { term: '2026-autumn' },
      rows: [{ policyId: 'shizhong-kindergarten-fee-subsidy' }, { policyId: 'shizhong-lunch-subsidy', personTimes: 1 }],
      total: { amount: '960.00', personTimes: 2, persons: 2 },
    });
  });

  it('--csv begins with a byte-order mark and ends with the total', () => {
    const { out } = aidLedger('totals', '--store', store, '--fiscal-year', '2024', '--by', 'policy', '--csv');
    expect(out.startsWith('\uFEFF')).toBe(true);
    expect(out.trimEnd().split('\r\n').at(-1)).toBe('合计 total,1250.00,0.00,0.00,1250.00,2,1');
  });

  it('views that are missing are built first', () => {
    const { code, out } = aidLedger('totals', '--store', altered(WITHOUT_VIEWS), '--fiscal-year', '2024');
    expect(code).toBe(0);
    expect(out).toMatch(/^合计 total .* 1250\.00 /m);
  });

  it('columns line up although Chinese characters are wide', () => {
    const { out } = aidLedger('totals', '--store', store, '--fiscal-year', '2026', '--by', 'policy');
    const widths = out
      .split('\n')
      .filter((line) => /^(rencheng|shizhong|合计)/.test(line))
      .map((line) => [...line].reduce((width, character) => width + (/[⺀-＀]/.test(character) ? 2 : 1), 0));
    expect(widths.length).toBe(19);
    expect(new Set(widths).size).toBe(1);
  });
});

describe('history', () => {
  it('tells what was recorded, the name masked', () => {
    const { code, out } = aidLedger('history', boarder(), '--store', store);
    expect(code).toBe(0);
    expect(out).toContain('登记学生 赵**');
    expect(out).not.toContain('赵明轩');
    expect(out).toMatch(/#\d+ .*Z {2}生效 effective 2023-12-20 {2}Owner \(owner\)\n.*500\.00/);
  });

  it('--term and --known-at narrow it', () => {
    const ofTerm = aidLedger('history', boarder(), '--store', store, '--term', '2024-spring', '--json');
    expect((JSON.parse(ofTerm.out) as { items: object[] }).items).toHaveLength(1);
    const before = aidLedger('history', boarder(), '--store', store, '--known-at', '2020-01-01T00:00:00Z');
    expect(before).toMatchObject({ code: 1, out: '' });
  });

  it('without the master key it says so', () => {
    const copy = newDirectory();
    copies.push(copy);
    cpSync(directory, copy, { recursive: true });
    rmSync(join(copy, 'master.key'));
    const { code, err } = aidLedger('history', boarder(), '--store', `sqlite:${join(copy, 'ledger.db')}`);
    expect(code).toBe(1);
    expect(err).toContain('master.key is missing');
  });
});

describe('keys', () => {
  const on = (ledger: string, ...args: string[]) => aidLedger('keys', ...args, '--store', ledger);

  test('are issued, listed and revoked; the key is printed once and opens the service', async () => {
    const ledger = altered('select 1');
    const [name, role, scope] = ['李主任', 'district-officer', 'districtId=rencheng'];
    const issued = on(ledger, 'issue', '--name', name, '--role', role, '--scope', scope, '--expires-on', '2099-12-31');
    expect(issued.code).toBe(0);
    const [, key = '', keyId = ''] = /^(aid_([0-9a-f]{12})_\S{43})$/m.exec(issued.out) ?? [];
    expect(on(ledger, 'list').out).toMatch(new RegExp(`${keyId}\\s+${name}\\s+${role}\\s+${scope}\\s+2099-12-31\\s+—`));
    const opens = async () => {
      const service = await startTestService({ directory: dirname(ledger.slice('sqlite:'.length)), catalogue: 'none' });
      const { status } = await service.get('/v1/me', { authorization: `Bearer ${key}` });
      await service.stop();
      return status;
    };
    expect(await opens()).toBe(200);
    expect(on(ledger, 'revoke', keyId, '--reason', '离任').code).toBe(0);
    expect(await opens()).toBe(401);
    expect(on(ledger, 'revoke', keyId, '--reason', '离任')).toMatchObject({
      code: 1,
      err: expect.stringContaining('已撤销'),
    });
  });

  test.each([
    ['--role', 'king', /district-officer/],
    ['--scope', 'district=rencheng', /districtId=/],
    ['--scope', 'schoolId=12', /10 digits/],
  ])('%s %s is a wrong use', (option, value, told) => {
    const usual = { '--name': '某人', '--role': 'auditor', '--scope': 'all', [option]: value };
    const { code, err } = on(store, 'issue', ...Object.entries(usual).flat());
    expect({ code, err }).toEqual({ code: 2, err: expect.stringMatching(told) });
  });
});

describe('while a service runs', () => {
  it('reading goes on, rebuilding waits', async () => {
    const running = altered('select 1');
    const service = await startTestService({ directory: dirname(running.slice('sqlite:'.length)) });
    try {
      const { body } = await service.post('/v1/students', { name: '新同学' });
      const told = aidLedger('history', String(body['studentId']), '--store', running);
      expect(told.out).toContain('登记学生 新**');
      expect(aidLedger('totals', '--store', running, '--fiscal-year', '2024').out).toContain('1250.00');
      expect(aidLedger('verify', '--store', running).code).toBe(0);
      const { code, err } = aidLedger('rebuild', '--store', running);
      expect(code).toBe(1);
      expect(err).toContain('Another process is using this ledger');
    } finally {
      await service.stop();
    }
  });
});

describe('verify', () => {
  it('a ledger as recorded is ok', () => {
    const { code, out } = aidLedger('verify', '--store', store);
    expect(code).toBe(0);
    expect(out).toMatch(/完好 ok · \d{3} 条记录 events · headHash [0-9a-f]{64}/);
  });

  it('control: one changed byte is found where it is', () => {
    const changed = altered(`update event set payload = replace(payload, '"amount":"5', '"amount":"6')
      where position = (select min(position) from event where payload like '%"amount":"5%' and position > 60)`);
    const { code, err } = aidLedger('verify', '--store', changed);
    expect(code).toBe(1);
    expect(err).toMatch(/NOT OK · .*first bad position \d+: the hash does not match what is stored/);
  });

  it('control: a lost tail is found', () => {
    const cut = altered('delete from event where position > 200');
    const { code, err } = aidLedger('verify', '--store', cut);
    expect(code).toBe(1);
    expect(err).toContain('first bad position 201');
  });
});

describe('rebuild', () => {
  it('views that are what the log says stay as they are', () => {
    const { code, out } = aidLedger('rebuild', '--store', altered('select 1'));
    expect(code).toBe(0);
    expect(out).toMatch(/before {2}([0-9a-f]{64})\n\d+ 条记录 events.*\n重建后 after {3}\1\n一致/);
  });

  it('views that are missing are built before they are compared', () => {
    const { code, out } = aidLedger('rebuild', '--store', altered(WITHOUT_VIEWS));
    expect(code).toBe(0);
    expect(out).toContain('\n一致');
  });

  it('control: an altered view is named, and right afterwards', () => {
    const changed = altered(
      'update movement set net = net + 100 where position = (select min(position) from movement)',
    );
    expect(aidLedger('rebuild', '--store', changed).code).toBe(1);
    expect(aidLedger('rebuild', '--store', changed).code).toBe(0);
  });

  it('--force accepts the difference', () => {
    const changed = altered(
      'update movement set net = net + 100 where position = (select min(position) from movement)',
    );
    const { code, out } = aidLedger('rebuild', '--store', changed, '--force');
    expect(code).toBe(0);
    expect(out).toContain('不一致');
  });
});
