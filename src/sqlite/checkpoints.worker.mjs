// The thread of checkpoints.ts. Plain JavaScript, so that it runs beside sources and beside what was built from them.
import { parentPort, workerData } from 'node:worker_threads';
import * as prebuilt from '@photostructure/sqlite';

/** While a pass took along more pages than this, others have come meanwhile that are worth a pass of their own. */
const FEW_PAGES = 200;
const MOST_PASSES = 10;

const driver = process.getBuiltinModule?.('node:sqlite') ?? prebuilt;
const database = new driver.DatabaseSync(workerData.file);
database.exec('pragma synchronous = full');
const checkpoint = database.prepare('pragma wal_checkpoint(passive)');
let reached = 0;

/** Pages that one pass brought into the file. */
function pass() {
  const { checkpointed } = checkpoint.get();
  const before = checkpointed < reached ? 0 : reached;
  reached = checkpointed;
  return checkpointed - before;
}

function passes() {
  for (let count = 0; count < MOST_PASSES && pass() > FEW_PAGES; count++);
  return reached;
}

parentPort.on('message', (order) => {
  if (order === 'close') {
    database.close();
    parentPort.close();
    return;
  }
  let pages = 0;
  try {
    pages = passes();
  } catch {
    // What was acknowledged stands in the log; the next order tries again.
  }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
  parentPort.postMessage({ pages });
});
