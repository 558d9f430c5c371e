// The tables of all views and how far they are: a batch of events goes into every one of them, or into none.
import type { StoredEvent } from '../core/event.js';
import type { Table, Tables } from '../tables/tables.js';
import { digestOf, shapeOf } from './digest.js';
import { park, PARKED, withoutParked } from './parked.js';
import {
  applyAll,
  CannotApply,
  CHECKPOINT,
  demandDense,
  under,
  type Projection,
  type TransactionUnder,
} from './projection.js';

/** Another projector has moved the views; nothing of this batch was kept. */
export class Overtaken extends Error {}

/** How far the views are, and how many streams they hold back. */
export interface Standing {
  position: number;
  parked: number;
}

export class Views {
  constructor(
    private readonly models: Tables,
    private readonly projections: readonly Projection[],
    /** Told why a stream was parked. */
    private readonly told: (error: unknown) => void,
  ) {}

  get tables(): Table[] {
    return [...this.projections.flatMap(({ tables }) => tables), PARKED, CHECKPOINT];
  }

  /** Without the checkpoints of exactly these views, nobody knows what their tables contain. */
  async areStale(): Promise<boolean> {
    const rows = await this.models.query<{ name: string; shape: string }>('select name, shape from checkpoint');
    const shapes = new Map(rows.map(({ name, shape }) => [name, shape]));
    return this.projections.some((projection) => shapes.get(projection.name) !== shapeOf(projection));
  }

  async startAtZero(rows: TransactionUnder): Promise<void> {
    const shapes = this.projections.map((projection) => ({ name: projection.name, shape: shapeOf(projection) }));
    await rows.put(
      CHECKPOINT,
      shapes.map((shape) => ({ ...shape, position: 0 })),
    );
  }

  /** A batch at once; if an event in it cannot be applied, one by one, so that only its stream is parked. */
  async apply(batch: readonly StoredEvent[], from: number, prefix = ''): Promise<Standing> {
    demandDense(batch, from);
    try {
      return await this.models.transaction((rows) => this.applyBatch(batch, from, under(rows, prefix)));
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error;
    }
    let standing = { position: from, parked: 0 };
    for (const event of batch) standing = await this.applyOrPark(event, standing.position, prefix);
    return standing;
  }

  private async applyOrPark(event: StoredEvent, from: number, prefix: string): Promise<Standing> {
    try {
      return await this.models.transaction((rows) => this.applyBatch([event], from, under(rows, prefix)));
    } catch (error) {
      if (!(error instanceof CannotApply)) throw error;
      this.told(error);
      return this.models.transaction(async (transaction) => {
        const rows = under(transaction, prefix);
        const parked = await this.advance(rows, from, event.position);
        await park(rows, event, error);
        return { position: event.position, parked: parked + 1 };
      });
    }
  }

  /** All projections and their checkpoints in one transaction; events of parked streams are counted and held back. */
  async applyBatch(batch: readonly StoredEvent[], from: number, rows: TransactionUnder): Promise<Standing> {
    const position = batch.at(-1)?.position ?? from;
    const parked = await this.advance(rows, from, position);
    await applyAll(this.projections, parked > 0 ? await withoutParked(batch, rows) : batch, rows);
    return { position, parked };
  }

  /** Compare and set: the checkpoint moves only from where this projector saw it. Answers with the parked streams. */
  private async advance(rows: TransactionUnder, from: number, to: number): Promise<number> {
    const [checkpoint, parked] = [rows.prefix + CHECKPOINT.name, rows.prefix + PARKED.name];
    const moved = await rows.query<{ parked: number }>(
      `update ${checkpoint} set position = $1 where position = $2 returning (select count(*) from ${parked}) as parked`,
      [to, from],
    );
    if (moved.length !== this.projections.length) throw new Overtaken(`the views are no longer at position ${from}`);
    return moved[0]?.parked ?? 0;
  }

  async standing(): Promise<Standing> {
    const text = `select min(position) as position, (select count(*) from ${PARKED.name}) as parked from ${CHECKPOINT.name}`;
    const [row] = await this.models.query<{ position: number | null; parked: number }>(text);
    return { position: row?.position ?? 0, parked: row?.parked ?? 0 };
  }

  /** The position of each projection's tables. */
  positions(): Promise<{ name: string; position: number }[]> {
    return this.models.query('select name, position from checkpoint order by name');
  }

  /** Digest over every row of every view in key order: equal views, equal digest. */
  hash(): Promise<string> {
    return digestOf(this.models, this.tables);
  }
}
