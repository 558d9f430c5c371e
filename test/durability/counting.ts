// A small projection in which an event applied twice, left out or out of turn shows, and events for it.
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '../../src/core/event.js';
import type { Projection } from '../../src/read-models/projection.js';
import type { Table } from '../../src/tables/tables.js';

const COUNTED: Table = {
  name: 'counted',
  columns: { stream: 'text', events: 'integer', trace: 'integer' },
  key: ['stream'],
  indexes: [['events']],
};

interface Counted {
  [column: string]: string | number;
  stream: string;
  events: number;
  /** Of the positions in the order in which they were applied. */
  trace: number;
}

const MODULUS = 1_000_003;

export const counting: Projection = {
  name: 'counting',
  tables: [COUNTED],
  async apply(events, rows) {
    const streams = [...new Set(events.map(({ stream }) => stream))];
    const known = await rows.load<Counted>(COUNTED, 'stream', streams);
    const counted = new Map(known.map((row) => [row.stream, row]));
    for (const { stream, position } of events) {
      const before = counted.get(stream) ?? { events: 0, trace: 0 };
      const trace = (before.trace * 31 + position) % MODULUS;
      counted.set(stream, { stream, events: before.events + 1, trace });
    }
    await rows.put(COUNTED, [...counted.values()]);
  },
};

/** How many events the views hold, and how many they say that they hold, in one reading. */
export const COUNTED_AND_SAID = `
  select max(position) as said, (select coalesce(sum(events), 0) from counted) as counted from checkpoint`;

export const anyEvent = (): NewEvent => ({
  id: randomUUID(),
  type: 'Tested',
  payload: JSON.stringify({ data: {}, meta: {} }),
});
