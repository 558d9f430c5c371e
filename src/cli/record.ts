// `aid-ledger record <file>`: sends a file of payments to a running service, shows how far it is, and keeps every answer.
import { once } from 'node:events';
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { createInterface } from 'node:readline';
import { finished, pipeline } from 'node:stream/promises';
import { isProtected } from '../core/token-settings.js';
import { CommandFailure, usageFailure } from './failure.js';
import { showProgress } from './progress.js';

export interface RecordOptions {
  url: string;
  keyFile: string;
  answers?: string;
}

/** A line of the answer, as POST /v1/payments/bulk gives it. */
interface LineAnswer {
  line: number;
  status: number;
  replayed?: true;
  code?: string;
}

/** Lines whose numbers are named for each reason of refusal. */
const MOST_NAMED = 5;

export async function recordFile(file: string, { url, keyFile, answers = `${file}.answers.ndjson` }: RecordOptions) {
  if (!existsSync(file)) throw usageFailure(`没有文件 There is no file ${file}`);
  const total = await countLines(file);
  const reply = await send(file, addressOf(url), keyIn(keyFile));
  const tally = new Tally();
  await keepAnswers(reply, answers, tally, total);
  tally.report(total, answers);
}

/** An access key travels only where nobody else can read it. */
function addressOf(text: string): URL {
  if (!isProtected(text))
    throw usageFailure(`${text} 须为 https://…,仅本机可用 http://… must be https://…; http://… only on this machine`);
  return new URL('/v1/payments/bulk', text);
}

function keyIn(file: string): string {
  const key = process.env['AID_KEY'] ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : '');
  if (key !== '') return key;
  throw usageFailure(
    `没有访问密钥:设 AID_KEY 或 --key-file No access key: set AID_KEY or --key-file; there is none in ${file}`,
  );
}

async function countLines(file: string): Promise<number> {
  let lines = 0;
  for await (const _ of linesIn(createReadStream(file))) lines++;
  return lines;
}

const linesIn = (input: NodeJS.ReadableStream): AsyncIterable<string> =>
  createInterface({ input, crlfDelay: Infinity });

/** The answer begins while the file is still being sent. */
async function send(file: string, address: URL, key: string): Promise<IncomingMessage> {
  const open = address.protocol === 'https:' ? requestHttps : requestHttp;
  const request = open(address, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
  });
  const sending = pipeline(createReadStream(file), request);
  try {
    const [reply] = (await Promise.race([
      once(request, 'response'),
      sending.then(() => once(request, 'response')),
    ])) as [IncomingMessage];
    sending.catch((error: Error) => reply.destroy(error));
    if (reply.statusCode === 200) return reply;
    throw new CommandFailure(await refusalIn(reply));
  } catch (error) {
    sending.catch(() => {});
    request.destroy();
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(
      `服务没有回答 The service at ${address.origin} does not answer: ${(error as Error).message}`,
    );
  }
}

async function refusalIn(reply: IncomingMessage): Promise<string> {
  const texts: string[] = [];
  for await (const line of linesIn(reply)) texts.push(line);
  try {
    return (JSON.parse(texts.join('\n')) as { detail: string }).detail;
  } catch {
    return `意外的回答 unexpected answer ${reply.statusCode}`;
  }
}

async function keepAnswers(reply: IncomingMessage, file: string, tally: Tally, total: number): Promise<void> {
  const kept = createWriteStream(file);
  const progress = showProgress('记录 record');
  try {
    for await (const line of linesIn(reply)) {
      if (!kept.write(`${line}\n`)) await once(kept, 'drain');
      tally.add(JSON.parse(line) as LineAnswer);
      progress.update(tally.lines, total);
    }
  } catch {
    // A connection that broke is seen by the lines that have no answer.
  } finally {
    progress.stop();
    kept.end();
    await finished(kept);
  }
}

/** What became of the lines. */
class Tally {
  lines = 0;
  private recorded = 0;
  private before = 0;
  private readonly refused = new Map<string, number[]>();

  add({ line, status, replayed, code = String(status) }: LineAnswer): void {
    this.lines++;
    if (status !== 201) this.refused.set(code, [...(this.refused.get(code) ?? []), line]);
    else if (replayed) this.before++;
    else this.recorded++;
  }

  report(total: number, answers: string): void {
    const refused = this.lines - this.recorded - this.before;
    console.log(
      `${this.lines} 行 lines: 已记录 recorded ${this.recorded}, 此前已记录 recorded before ${this.before}, 未记录 refused ${refused}`,
    );
    for (const [code, lines] of this.refused) console.log(`  ${code} ${lines.length}: 第 line ${named(lines)}`);
    console.log(`答复 answers: ${answers}`);
    if (this.lines < total)
      throw new CommandFailure(
        `连接中断,尚有 ${total - this.lines} 行没有答复;请原样再次运行,不会重复记录。 The connection broke before ${total - this.lines} lines were answered: run it again as it is, nothing is recorded twice.`,
      );
    if (refused > 0) throw new CommandFailure(`${refused} 行未记录。 ${refused} lines were not recorded.`);
  }
}

const named = (lines: readonly number[]): string =>
  lines.slice(0, MOST_NAMED).join(', ') + (lines.length > MOST_NAMED ? ', …' : '');
