// The service is killed with SIGKILL at random moments while it records: nothing acknowledged is lost or doubled.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { PROJECTIONS } from '../../src/installation.js';
import { Projector } from '../../src/read-models/projector.js';
import { openDatabase } from '../../src/sqlite/database.js';
import { SqliteTables } from '../../src/tables/sqlite/sqlite-tables.js';
import { hashOfFold } from '../durability/fold.js';
import { newDirectory } from '../support/service.js';
import { missingOf, openOffice, paymentOf, type Acknowledged } from './office.js';
import { get, post, start, type Running } from './process.js';

const CYCLES = Number(process.env['AID_CRASH_CYCLES'] ?? 100);
const CLIENTS = 8;

interface Book {
  studentIds: string[];
  acknowledged: Acknowledged[];
  /** Sent, but the connection broke before an answer came. */
  unknown: string[];
  sent: number;
}

async function open(directory: string): Promise<Book> {
  const service = await start(directory);
  const studentIds = await openOffice(service.url);
  expect(await service.stop()).toBe(0);
  return { studentIds, acknowledged: [], unknown: [], sent: 0 };
}

/** One client: records one payment after another until the connection breaks. */
async function client(url: string, book: Book, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const key = `key-${++book.sent}`;
    try {
      const { status, body } = await post(url, '/v1/payments', paymentOf(book.studentIds, key), key);
      expect(status).toBe(201);
      book.acknowledged.push({ key, paymentId: body['paymentId'] ?? '' });
    } catch (error) {
      if (!isOver()) throw error;
      book.unknown.push(key);
    }
  }
}

async function loadAndKill(service: Running, book: Book): Promise<void> {
  let over = false;
  const clients = Array.from({ length: CLIENTS }, () => client(service.url, book, () => over));
  await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
  over = true;
  await service.kill();
  await Promise.all(clients);
}

/** What was acknowledged is there; what was in doubt is sent again and has then one effect. */
async function settle(service: Running, book: Book, recent: readonly Acknowledged[]): Promise<void> {
  const missing = await missingOf(service.url, recent);
  expect(missing).toEqual([]);
  for (const key of book.unknown.splice(0)) {
    const { status, body } = await post(service.url, '/v1/payments', paymentOf(book.studentIds, key), key);
    expect(status).toBe(201);
    book.acknowledged.push({ key, paymentId: body['paymentId'] ?? '' });
  }
}

test(`${CYCLES} kills lose no acknowledged payment, double none, and leave the chain whole`, async () => {
  const directory = newDirectory();
  const book = await open(directory);
  let checked = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const recovered = await start(directory);
    await settle(recovered, book, book.acknowledged.slice(checked));
    checked = book.acknowledged.length;
    await loadAndKill(recovered, book);
  }
  const service = await start(directory);
  await settle(service, book, book.acknowledged.slice(checked));
  const verification = await get(service.url, '/v1/ledger/verification');
  expect(verification.body).toMatchObject({ ok: true });
  const totals = await get(service.url, '/v1/totals?fiscalYear=2025');
  expect(book.acknowledged.length).toBeGreaterThan(CYCLES);
  expect(totals.body['total']).toMatchObject({ disbursed: `${book.acknowledged.length}.00`, personTimes: 5 });
  expect(await missingOf(service.url, book.acknowledged.slice(-200))).toEqual([]);
  expect(await service.stop()).toBe(0);

  await expectViewsAsLogSays(directory);
  await controlFinds(directory, book.acknowledged.at(-1));
  rmSync(directory, { recursive: true, force: true });
}, 1_200_000);

async function expectViewsAsLogSays(directory: string): Promise<void> {
  const file = join(directory, 'ledger.db');
  const [store, models] = [new SqliteEventStore(file), new SqliteTables(file)];
  expect(await new Projector(store, models, PROJECTIONS).hash()).toBe(await hashOfFold(store, PROJECTIONS));
  await models.close();
  await store.close();
}

/** Control: an acknowledged payment that is taken out of a copy must be missed. */
async function controlFinds(directory: string, taken: Acknowledged | undefined): Promise<void> {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  const database = openDatabase(join(copy, 'ledger.db'));
  database.exec(`delete from payment where payment_id = '${taken?.paymentId}'`);
  database.close();
  const service = await start(copy);
  expect(await missingOf(service.url, taken ? [taken] : [])).toEqual([taken?.key]);
  await service.stop();
  rmSync(copy, { recursive: true, force: true });
}
