// `aid-ledger verify`: reads the whole log again and says whether it is what was recorded. It changes nothing.
import { verify } from '../event-store/verification.js';
import type { Tables } from '../tables/tables.js';
import { CommandFailure } from './failure.js';
import { findLedger, messageOf, openForReading, viewedTo } from './ledger.js';
import { showProgress } from './progress.js';

export async function verifyLedger(options: { store: string }): Promise<void> {
  const { store, models, close } = await openForReading(findLedger(options.store));
  const progress = showProgress('核对 verify');
  try {
    // Read before the log is: a service may go on recording.
    const viewed = await viewedIfAny(models);
    const { ok, events, headHash, firstBad } = await verify(store, viewed, (done, total) =>
      progress.update(done, total),
    );
    progress.stop();
    if (!ok)
      throw new CommandFailure(
        `不符 NOT OK · 第 ${firstBad?.position} 条起有误 first bad position ${firstBad?.position}: ${firstBad?.problem} · 此前 ${events} 条完好 events before it are as recorded`,
      );
    console.log(`完好 ok · ${events} 条记录 events · headHash ${headHash}`);
  } catch (error) {
    if (error instanceof CommandFailure) throw error;
    throw new CommandFailure(`不符 NOT OK · 日志无法读完 the log cannot be read to its end: ${messageOf(error)}`);
  } finally {
    progress.stop();
    await close();
  }
}

/** Views are no part of the log; without them only their testimony is missing. */
async function viewedIfAny(models: Tables): Promise<number> {
  try {
    return await viewedTo(models);
  } catch {
    return 0;
  }
}
