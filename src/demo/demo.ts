// `npm run demo`: the real service on an empty ledger, played through HTTP from the first school to the annual totals.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CommandFailure } from '../cli/failure.js';
import { correct } from './chapters/corrections.js';
import { explain } from './chapters/entitlements.js';
import { history } from './chapters/history.js';
import { pay } from './chapters/payment.js';
import { refuse } from './chapters/refusals.js';
import { register } from './chapters/registration.js';
import { total } from './chapters/totals.js';
import { compareYears } from './chapters/years.js';
import type { Client } from './client.js';
import { fillLedger } from './population/fill.js';
import { reproducePublished } from './published/published.js';
import { start } from './service.js';
import { done, line, remark } from './transcript.js';

export interface DemoOptions {
  data?: string;
  /** A server to keep the ledgers of the demo on; without it they are files. */
  store?: string;
  brief?: true;
  /** Instead of the play: a made-up population with so many payments. */
  payments?: number;
}

interface Part {
  name: 'office' | 'published';
  folder: string;
  catalogue: string;
  play: (client: Client) => Promise<void>;
}

export async function demo({ data, store, brief, payments }: DemoOptions): Promise<void> {
  const started = performance.now();
  const directory = data === undefined ? temporary() : kept(data);
  console.log('学生资助台账 Student Aid Ledger · 演示 demo');
  const ledgers = ledgersOn(store, directory);
  if (payments !== undefined) await fillLedger(ledgers(OFFICE), payments);
  else await play(brief ? [OFFICE] : [OFFICE, PUBLISHED], ledgers);
  line();
  done(`演示结束 done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  if (data !== undefined) line(`台账保存在 the ledger is kept in ${directory}`);
}

const OFFICE: Part = { name: 'office', folder: '.', catalogue: 'rencheng,shizhong', play: playOffice };
const PUBLISHED: Part = { name: 'published', folder: 'published', catalogue: 'none', play: reproducePublished };

type LedgerOf = (part: Part) => Record<string, string>;

/** Each part has a ledger of its own: files in a folder, or a new name on the server. */
function ledgersOn(store: string | undefined, directory: string): LedgerOf {
  if (store === undefined) return ({ folder }) => ({ AID_STORE: `sqlite:${join(directory, folder, 'ledger.db')}` });
  const run = `demo_${randomBytes(4).toString('hex')}`;
  remark(`在 ${store.split(':', 1)[0]} 上,台账名 the ledgers are named ${run}_office, ${run}_published`);
  return ({ name, folder }) => ({
    AID_STORE: store,
    AID_LEDGER: `${run}_${name}`,
    AID_DATA: join(directory, folder),
  });
}

/** The services start side by side; the parts are played one after the other. */
async function play(parts: readonly Part[], ledgerOf: LedgerOf): Promise<void> {
  const ready = await Promise.all(
    parts.map(async (part) => ({ ...part, service: await start(ledgerOf(part), part.catalogue) })),
  );
  for (const { play: playPart, service } of ready) await playPart(service.client);
  await Promise.all(ready.map(({ service }) => service.stop()));
}

async function playOffice(client: Client): Promise<void> {
  const office = await register(client);
  await explain(office);
  await pay(office);
  await refuse(office);
  await correct(office);
  await compareYears(office);
  await history(office);
  await total(office);
}

/** A folder that is gone when the process ends, however it ends. */
function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'aid-ledger-demo-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return directory;
}

/** The demo never writes into a ledger that is there already. */
function kept(data: string): string {
  const directory = resolve(data);
  for (const file of [join(directory, 'ledger.db'), join(directory, 'published', 'ledger.db')])
    if (existsSync(file))
      throw new CommandFailure(
        `${file} 已有台账,演示须用空目录。 There is a ledger at ${file} already; the demo needs an empty directory.`,
      );
  return directory;
}
