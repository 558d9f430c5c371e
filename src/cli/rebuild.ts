// `aid-ledger rebuild`: builds every view anew from the log and says whether the old ones were what the log says.
import type { Projector } from '../read-models/projector.js';
import { CommandFailure } from './failure.js';
import { findLedger, messageOf, openForWriting, projectorOf } from './ledger.js';
import { showProgress } from './progress.js';

export interface RebuildOptions {
  store: string;
  force?: true;
}

export async function rebuild({ store, force }: RebuildOptions): Promise<void> {
  const ledger = await openForWriting(findLedger(store));
  try {
    const projector = projectorOf(ledger);
    const before = await hashOfLive(projector);
    console.log(`重建前 before  ${before}`);
    await timed(projector);
    const after = await projector.hash();
    console.log(`重建后 after   ${after}`);
    report(before === after, force === true);
  } finally {
    await ledger.close();
  }
}

/** Views that merely lag are brought to the end of the log first, so that the two hashes speak of the same events. */
async function hashOfLive(projector: Projector): Promise<string> {
  try {
    await projector.start();
    return await projector.hash();
  } catch (error) {
    return `无法读取 unreadable: ${messageOf(error)}`;
  }
}

async function timed(projector: Projector): Promise<void> {
  const progress = showProgress('重建 rebuild');
  const started = performance.now();
  const events = await projector.rebuild((done, total) => progress.update(done, total));
  progress.stop();
  const seconds = (performance.now() - started) / 1000;
  console.log(`${events} 条记录 events,${seconds.toFixed(1)} s,${Math.round(events / seconds)} events/s`);
}

function report(equal: boolean, force: boolean): void {
  if (equal) return console.log('一致:视图与日志相符。 Equal: the views were what the log says.');
  const difference =
    '不一致:原视图与日志不符,已由重建结果替换;此前取得的统计须重新核对。 They differ: the live views were not what the log says. The rebuilt ones have taken their place; check the totals that were read before.';
  if (!force) throw new CommandFailure(difference);
  console.log(difference);
}
