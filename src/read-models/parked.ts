// Parked streams: where an event cannot be applied, its stream stands still in the views, visibly, and the rest goes on.
import type { StoredEvent } from '../core/event.js';
import { groupBy } from '../core/group.js';
import type { Row, Table, Tables, Transaction } from '../tables/tables.js';

export const PARKED: Table = {
  name: 'parked',
  columns: { stream: 'text', position: 'integer', type: 'text', reason: 'text', events: 'integer' },
  key: ['stream'],
};

export interface Parked extends Row {
  stream: string;
  /** The first event that could not be applied. */
  position: number;
  type: string;
  /** Why, in the words of the program. */
  reason: string;
  /** Events held back so far. */
  events: number;
}

const LONGEST_REASON = 200;

export async function park(rows: Transaction, event: StoredEvent, { message }: Error): Promise<void> {
  const { stream, position, type } = event;
  await rows.put(PARKED, [{ stream, position, type, reason: message.slice(0, LONGEST_REASON), events: 1 }]);
}

/** The events of other streams; those of parked ones are counted. */
export async function withoutParked(batch: readonly StoredEvent[], rows: Transaction): Promise<StoredEvent[]> {
  const byStream = groupBy(batch, ({ stream }) => stream);
  const parked = await rows.load<Parked>(PARKED, 'stream', [...byStream.keys()]);
  await rows.put(
    PARKED,
    parked.map((row) => ({ ...row, events: row.events + (byStream.get(row.stream)?.length ?? 0) })),
  );
  const streams = new Set(parked.map(({ stream }) => stream));
  return batch.filter(({ stream }) => !streams.has(stream));
}

export async function parkedIn(models: Tables): Promise<ReadonlyMap<string, Parked>> {
  const rows = await models.query<Parked>(`select * from ${PARKED.name} order by stream`);
  return new Map(rows.map((row) => [row.stream, row]));
}
