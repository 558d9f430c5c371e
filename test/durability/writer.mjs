// A process of its own that appends to a log in a loop and says, line by line, what was acknowledged. Runs on dist/.
// Its orders are in writing.ts. It behaves as the service does: a log that fails it ends it.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { EMPTY_HEAD, place } from '../../dist/event-store/log-head.js';
import { SqliteEventStore } from '../../dist/event-store/sqlite/sqlite-event-store.js';

const order = JSON.parse(process.argv[2] ?? '{}');
const {
  file,
  run,
  rounds,
  crowd = 8,
  largest = 2000,
  reopenEvery,
  checkpointPages,
  checkpointEveryMs,
  heedless,
  synchronous,
  dishonest,
  arm,
} = order;
const CANNOT_OPEN = 78;
const LOG_FAILED = 70;

/** Straight to the descriptor: the line has left the process when the next statement runs. */
const say = (...lines) => void writeSync(1, lines.map((line) => `${line}\n`).join(''));
const acknowledge = (stored) => say(...stored.map(({ position, hash, id }) => `ack ${position} ${hash} ${id}`));
const below = (limit) => Math.floor(Math.random() * limit);

let instant = new Date();

function open() {
  const onFailure = (error) => {
    say(`failed ${error.errcode} ${error.message}`);
    process.exit(LOG_FAILED);
  };
  const store = new SqliteEventStore(file, { now: () => instant, onFailure, checkpointEveryMs });
  const pragma = (name, value) => value !== undefined && store.database.exec(`pragma ${name} = ${value}`);
  pragma('wal_autocheckpoint', checkpointPages);
  pragma('synchronous', synchronous);
  return store;
}

function openOrEnd() {
  try {
    return open();
  } catch (error) {
    say(`unopened ${error.errcode} ${error.message}`);
    return process.exit(CANNOT_OPEN);
  }
}

let serial = 0;
const newEvent = () => ({
  id: `${run}-${++serial}`,
  type: 'Written',
  payload: JSON.stringify({ data: { text: 'x'.repeat(below(below(10) === 0 ? largest * 5 : largest)) }, meta: {} }),
});

const STREAMS = 12;
const revisions = new Map();

/** One append; a full disk is said and borne, as the service answers 507 and goes on. */
async function append(store, stream) {
  const expected = revisions.get(stream) ?? -1;
  const events = Array.from({ length: 1 + below(3) }, newEvent);
  try {
    acknowledge(await store.append(stream, expected, events));
    revisions.set(stream, expected + events.length);
  } catch (error) {
    const word = error.name === 'StorageFull' ? 'full' : `unannounced-${error.name}`;
    say(...events.map(({ id }) => `${word} ${id}`));
  }
}

/** For a control: acknowledges what it is about to write. The clock stands still, so the hash is known beforehand. */
async function appendDishonestly(store, stream) {
  const expected = revisions.get(stream) ?? -1;
  const events = [newEvent()];
  const { stored, head } = place(promised, stream, expected, events, instant);
  acknowledge(stored);
  promised = head;
  await store.append(stream, expected, events).catch(() => {});
  revisions.set(stream, expected + events.length);
}
let promised = EMPTY_HEAD;

/** Tells libfiu to begin failing; both pipes are opened first, since opening may be what fails from then on. */
function armFaults() {
  const pipe = `${process.env.FIU_CTRL_FIFO}-${process.pid}`;
  const orders = openSync(`${pipe}.in`, 'w');
  const answers = openSync(`${pipe}.out`, 'r');
  writeSync(orders, arm.commands.map((command) => `${command}\n`).join(''));
  closeSync(orders);
  const refused = readFileSync(answers, 'latin1').includes('-1');
  say(refused ? 'libfiu refused an order' : 'armed');
}

const closeOrEnd = (store) =>
  store.close().catch((error) => {
    say(`unclosed ${error.errcode} ${error.message}`);
    process.exit(LOG_FAILED);
  });

let store = openOrEnd();
say('ready');
for (let round = 1; round <= (rounds ?? Infinity); round++) {
  instant = new Date();
  if (round === arm?.atRound) armFaults();
  const first = below(STREAMS);
  const size = dishonest || below(2) === 0 ? 1 : 1 + below(crowd);
  const streams = Array.from({ length: size }, (_, index) => `s-${run}-${(first + index) % STREAMS}`);
  await Promise.all(streams.map((stream) => (dishonest ? appendDishonestly : append)(store, stream)));
  if (reopenEvery && round % reopenEvery === 0) {
    await closeOrEnd(store);
    store = openOrEnd();
  }
}
if (heedless) process.removeAllListeners('exit');
// The log is left as it is, not closed: its write-ahead log stays for the one who looks.
process.exit(0);
