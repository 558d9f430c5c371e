// Building all views anew beside the live ones, and the switch, in which no reader sees an older state.
import { patiently, StorageUnavailable } from '../core/storage.js';
import type { EventStore } from '../event-store/event-store.js';
import type { Tables } from '../tables/tables.js';
import { CannotApply, CHECKPOINT, demandDense, under } from './projection.js';
import { BATCH_BESIDE, turnOfOthers, type Progress } from './pace.js';
import type { Standing, Views } from './views.js';

const NEXT = 'next_';

/** For one at a time: the caller holds the tables exclusively. */
export class Rebuild {
  constructor(
    private readonly store: EventStore,
    private readonly models: Tables,
    private readonly views: Views,
  ) {}

  async run(progress?: Progress): Promise<Standing> {
    await this.models.create(this.views.tables, NEXT);
    await this.models.transaction((rows) => this.views.startAtZero(under(rows, NEXT)));
    return this.switchOver(progress);
  }

  /** Catches up beside the live views until little is left, then switches; an event that parks a stream starts over. */
  private async switchOver(progress?: Progress): Promise<Standing> {
    let position = await this.catchUpBeside(0, progress);
    await this.completeBeside();
    for (;;) {
      position = await this.catchUpBeside(position, progress);
      try {
        return await this.switchPatiently(position);
      } catch (error) {
        if (!(error instanceof CannotApply)) throw error;
      }
    }
  }

  private async completeBeside(): Promise<void> {
    for (const table of this.views.tables) {
      if (!table.readerIndexes) continue;
      await this.models.completeBeside(table, NEXT);
      await turnOfOthers();
    }
  }

  /** To where the log ends now, and not to the last event: others may go on writing for ever. */
  private async catchUpBeside(from: number, progress?: Progress): Promise<number> {
    const { position: total } = await this.store.head();
    for (let position = from; ;) {
      const batch = await this.store.readAfter(position, BATCH_BESIDE);
      if (batch.length === 0) return position;
      position = (await this.views.apply(batch, position, NEXT)).position;
      progress?.(position, Math.max(total, position));
      if (position >= total && batch.length < BATCH_BESIDE) return position;
      await turnOfOthers();
    }
  }

  /** A switch whose answer was lost has happened if nothing stands beside the live views any more. */
  private switchPatiently(from: number): Promise<Standing> {
    let tried = false;
    return patiently(async () => {
      if (tried && !(await this.isBeside())) return this.views.standing();
      tried = true;
      return this.switchAt(from);
    });
  }

  private async isBeside(): Promise<boolean> {
    try {
      await this.models.query(`select name from ${NEXT}${CHECKPOINT.name}`);
      return true;
    } catch (error) {
      if (error instanceof StorageUnavailable) throw error;
      return false;
    }
  }

  /** What the live views gained meanwhile is added while they stand still. */
  private switchAt(from: number): Promise<Standing> {
    return this.models.transaction(async (rows) => {
      await rows.lock(CHECKPOINT);
      const [live] = await rows.query<{ position: number | null }>(
        `select max(position) as position from ${CHECKPOINT.name}`,
      );
      const ahead = Math.max(0, (live?.position ?? 0) - from);
      const late = ahead > 0 ? await this.store.readAfter(from, ahead) : [];
      demandDense(late, from);
      const standing = await this.views.applyBatch(late, from, under(rows, NEXT));
      await rows.swap(this.views.tables, NEXT);
      return standing;
    });
  }
}
