// The thread of checkpoints.ts. Plain JavaScript, so that it runs beside sources and beside what was built from them.
import { parentPort, workerData } from 'node:worker_threads';

/** While a pass took along more pages than this, others have come meanwhile that are worth a pass of their own. */
const FEW_PAGES = 200;
const MOST_PASSES = 10;

const { file, signals, IN_DRIVER, ENDING } = workerData;

/** Uses the driver, unless the process ends; an end that comes meanwhile waits for it. */
async function drive(work) {
  Atomics.store(signals, IN_DRIVER, 1);
  try {
    return Atomics.load(signals, ENDING) ? undefined : await work();
  } finally {
    Atomics.store(signals, IN_DRIVER, 0);
    Atomics.notify(signals, IN_DRIVER);
  }
}

async function open() {
  const { DatabaseSync } = process.getBuiltinModule?.('node:sqlite') ?? (await import('@photostructure/sqlite'));
  const database = new DatabaseSync(file);
  database.exec('pragma synchronous = full');
  const checkpoint = database.prepare('pragma wal_checkpoint(passive)');
  return { close: () => database.close(), checkpointed: () => checkpoint.get().checkpointed };
}

const connection = await drive(open);
let reached = 0;

/** Pages that one pass brought into the file. */
function pass() {
  const checkpointed = connection.checkpointed();
  const before = checkpointed < reached ? 0 : reached;
  reached = checkpointed;
  return checkpointed - before;
}

function passes() {
  try {
    for (let count = 0; count < MOST_PASSES && pass() > FEW_PAGES; count++);
    return reached;
  } catch {
    // What was acknowledged stands in the log; the next order tries again.
    return 0;
  }
}

parentPort.on('message', async (order) => {
  if (order === 'close') {
    await drive(connection.close);
    parentPort.close();
    return;
  }
  const pages = await drive(passes);
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort.postMessage({ pages });
});
