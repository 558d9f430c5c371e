#!/usr/bin/env node
// `aid-ledger`: what the command line offers; the code of a command is loaded when it is called.
import { readFileSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { BackupOptions } from './cli/backup.js';
import { CommandFailure } from './cli/failure.js';
import type { HistoryOptions } from './cli/history.js';
import type { IssueOptions, RevokeOptions } from './cli/keys.js';
import type { RotateOptions } from './cli/keys-rotate.js';
import type { MigrateOptions } from './cli/migrate.js';
import type { RebuildOptions } from './cli/rebuild.js';
import type { RecordOptions } from './cli/record.js';
import type { TotalsOptions } from './cli/totals.js';
import { ConfigError } from './config.js';
import type { DemoOptions } from './demo/demo.js';
import { isCivilDate, type CivilDate } from './core/civil-date.js';
import { Rejection } from './core/rejection.js';
import { isSchoolYear, isTerm, type SchoolYear, type Term } from './core/term.js';

interface StoreOption {
  store: string;
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** Turns a check into what commander asks of a parser; what fails it is a usage error. */
const demand =
  <T extends string>(fits: (text: string) => text is T, wanted: string) =>
  (text: string): T => {
    if (!fits(text)) throw new InvalidArgumentError(wanted);
    return text;
  };

const year = (text: string): number => {
  if (!/^(19|20|21)\d\d$/.test(text)) throw new InvalidArgumentError('须为年份 · must be a year, e.g. 2026');
  return Number(text);
};
const count = (text: string): number => {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new InvalidArgumentError('须为笔数 · must be a number of payments');
  return Number(text);
};
const term = demand<Term>(isTerm, '须为学期 · must be a term, e.g. 2026-autumn');
const schoolYear = demand<SchoolYear>(isSchoolYear, '须为学年 · must be a school year, e.g. 2025-2026');
const day = demand<CivilDate>(
  (text): text is CivilDate => isCivilDate(text),
  '须为日期 · must be a date, e.g. 2026-11-22',
);
const known = demand(
  (text): text is string =>
    /^(\d{1,15}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z)$/.test(text) &&
    (/^\d+$/.test(text) || !Number.isNaN(Date.parse(text))),
  '须为 UTC 时刻或台账位置 · must be an instant in UTC or a ledger position',
);

const store = (): Option =>
  new Option('--store <url>', '台账所在 where the ledger is').env('AID_STORE').default('sqlite:./data/ledger.db');

const option = (flags: string, text: string, parse: (text: string) => unknown): Option =>
  new Option(flags, text).argParser(parse);

const program = new Command('aid-ledger')
  .description('学生资助台账 Student Aid Ledger')
  .version(version)
  .exitOverride()
  .showHelpAfterError('用 --help 查看用法 Use --help to see the usage');

program
  .command('serve')
  .description('启动服务 start the service (PORT, HOST and the rest come from the environment)')
  .addOption(store())
  .action(async (options: StoreOption) =>
    (await import('./serve.js')).serve({ ...process.env, AID_STORE: options.store }),
  );

program
  .command('demo')
  .description('演示:从空台账到年度统计 from an empty ledger to the annual totals; ends by itself')
  .option('--data <dir>', '把演示台账留在此目录 keep the ledger of the demo in this directory')
  .option('--store <url>', '在此服务器上演示 play it on a server: postgres://… or kurrentdb://…')
  .option('--brief', '不含公布统计的复现 without the published tables')
  .addOption(
    option('--payments <count>', '改为虚构的学生与这么多笔发放 a made-up population with so many payments', count),
  )
  .action(async (options: DemoOptions) => (await import('./demo/demo.js')).demo(options));

program
  .command('record')
  .description('批量记录发放 record a file of payments (NDJSON) through a running service')
  .argument('<file>', '每行一笔 a payment a line')
  .option('--url <url>', '服务地址 where the service is', 'http://127.0.0.1:3000')
  .option('--key-file <file>', '访问密钥所在文件 file of the access key, unless AID_KEY is set', './data/bootstrap.key')
  .option('--answers <file>', '答复存于 where the answers go (<file>.answers.ndjson)')
  .action(async (file: string, options: RecordOptions) => (await import('./cli/record.js')).recordFile(file, options));

program
  .command('totals')
  .description('年度、学年、学期统计 totals of one period')
  .addOption(store())
  .addOption(option('--fiscal-year <year>', '年度 budget year, e.g. 2026', year))
  .addOption(option('--school-year <years>', '学年 school year, e.g. 2025-2026', schoolYear))
  .addOption(option('--term <term>', '学期 term, e.g. 2026-autumn', term))
  .addOption(option('--from <date>', '起 first day, with --to', day))
  .addOption(option('--to <date>', '止 last day', day))
  .option('--by <list>', '分组 group by: policy,kind,school,district,stage,source,month,term')
  .option('--district <id>', '区县 one district')
  .option('--school <id>', '学校 one school')
  .option('--policy <id>', '政策 one policy')
  .addOption(new Option('--csv', '输出 CSV as CSV').conflicts('json'))
  .option('--json', '输出 JSON as JSON')
  .action(async (options: TotalsOptions) => (await import('./cli/totals.js')).totals(options));

program
  .command('history')
  .description('一名学生的全部记录 everything recorded about one student, names masked')
  .argument('<studentId>', '学生 student')
  .addOption(store())
  .addOption(option('--term <term>', '学期 only what concerns this term', term))
  .addOption(option('--known-at <when>', '按当时所知 as known at an instant or ledger position', known))
  .option('--json', '输出 JSON as JSON')
  .action(async (studentId: string, options: HistoryOptions) =>
    (await import('./cli/history.js')).history(studentId, options),
  );

program
  .command('rebuild')
  .description('从日志重建统计视图并比对 build the views anew from the log, and compare')
  .addOption(store())
  .option('--force', '视图有差异也以 0 结束 end with 0 even if the views differed')
  .action(async (options: RebuildOptions) => (await import('./cli/rebuild.js')).rebuild(options));

program
  .command('verify')
  .description('重读全部日志,核对编号、顺序与哈希 read the whole log again: numbers, order and hashes')
  .addOption(store())
  .action(async (options: StoreOption) => (await import('./cli/verify.js')).verifyLedger(options));

program
  .command('backup')
  .description('在线备份 copy the ledger while the service goes on recording (embedded store)')
  .argument('<dir>', '备份目录 where the copy goes')
  .addOption(store())
  .option('--keys <dir>', '密钥库另备于此目录 copy the key store too, to a folder of its own')
  .action(async (directory: string, options: BackupOptions) =>
    (await import('./cli/backup.js')).backup(directory, options),
  );

program
  .command('restore')
  .description('从备份恢复 put a backup where no ledger is')
  .argument('<dir>', '备份目录 where the copy is')
  .addOption(store())
  .option('--keys <dir>', '密钥库备份目录 where the copy of the key store is')
  .action(async (directory: string, options: BackupOptions) =>
    (await import('./cli/restore.js')).restore(directory, options),
  );

const keys = program.command('keys').description('访问密钥与主密钥 API keys, and the master key');

keys
  .command('issue')
  .description('签发密钥(服务停止时) issue an API key, while no service runs on embedded files')
  .requiredOption('--name <name>', '持有人 whose key it is')
  .requiredOption('--role <role>', '角色 e.g. school-clerk, district-officer, administrator')
  .requiredOption('--scope <scope>', '范围 all, province=37, city=3708, districtId=… or schoolId=…')
  .addOption(option('--expires-on <date>', '有效期至 last day on which it holds', day))
  .addOption(store())
  .action(async (options: IssueOptions) => (await import('./cli/keys.js')).issue(options));

keys
  .command('list')
  .description('列出密钥 list the API keys')
  .addOption(store())
  .action(async (options: StoreOption) => (await import('./cli/keys.js')).list(options));

keys
  .command('revoke')
  .description('吊销密钥 revoke an API key')
  .argument('<keyId>', '密钥编号 id of the key')
  .requiredOption('--reason <reason>', '事由 why')
  .addOption(store())
  .action(async (keyId: string, options: RevokeOptions) => (await import('./cli/keys.js')).revoke(keyId, options));

keys
  .command('rotate')
  .description(
    '更换主密钥(服务停止时),中断后可再次运行 a new master key; services stopped; run again where it was cut off',
  )
  .addOption(store())
  .option('--new-key-file <file>', '新主密钥所在文件(已另行生成) the new key, where it was made elsewhere')
  .action(async (options: RotateOptions) => (await import('./cli/keys-rotate.js')).rotateMasterKey(options));

program
  .command('migrate')
  .description('迁移台账 move a ledger to another store: log, keys and views; services stopped')
  .requiredOption('--from <url>', '原台账 the ledger as it is')
  .option('--from-ledger <name>', '原台账名 its name on a server, where it is not aid')
  .requiredOption('--to <url>', '新台账 where it goes (AID_READ_MODELS, AID_KEYS and AID_DATA speak of this one)')
  .action(async (options: MigrateOptions) => (await import('./cli/migrate.js')).migrate(options));

/** 2 where the command line is wrong, 1 where the command failed; what commander says it has said already. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  console.error(error instanceof Rejection ? error.sentence : error instanceof Error ? error.message : error);
  if (error instanceof ConfigError) return 2;
  return error instanceof CommandFailure ? error.exitCode : 1;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
