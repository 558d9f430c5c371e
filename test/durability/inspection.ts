// Opens a log that something happened to, and holds it to what was acknowledged.
import type { StoredEvent } from '../../src/core/event.js';
import { NO_STREAM } from '../../src/event-store/event-store.js';
import { SqliteEventStore } from '../../src/event-store/sqlite/sqlite-event-store.js';
import { verify } from '../../src/event-store/verification.js';
import type { Acknowledged } from './writing.js';

export interface Inspection {
  /**
   * Why the log cannot be used: it does not open, its chain does not verify, or it takes no further event. Nothing
   * else is known then.
   */
  broken: string | undefined;
  events: number;
  /** Acknowledged, and not at their place with their hash. */
  lost: Acknowledged[];
  /** Refused for want of room, and yet in the log. */
  refusedYetThere: string[];
}

export async function inspect(
  file: string,
  acknowledged: readonly Acknowledged[],
  refused: readonly string[] = [],
): Promise<Inspection> {
  try {
    const store = new WitnessedStore(file);
    try {
      return await inspectOpen(store, acknowledged, refused);
    } finally {
      await store.close();
    }
  } catch (error) {
    return { broken: String(error), events: 0, lost: [], refusedYetThere: [] };
  }
}

/** Remembers what passes by, so that one reading serves the verification and the comparison. */
class WitnessedStore extends SqliteEventStore {
  readonly held = new Map<number, string>();
  readonly ids = new Set<string>();

  override async readAfter(position: number, limit: number): Promise<StoredEvent[]> {
    const events = await super.readAfter(position, limit);
    for (const event of events) {
      this.held.set(event.position, placeOf(event));
      this.ids.add(event.id);
    }
    return events;
  }
}

const placeOf = ({ position, hash, id }: Acknowledged): string => `${position} ${hash} ${id}`;

async function inspectOpen(
  store: WitnessedStore,
  acknowledged: readonly Acknowledged[],
  refused: readonly string[],
): Promise<Inspection> {
  const { ok, events, firstBad } = await verify(store);
  if (!ok) return { broken: JSON.stringify(firstBad), events, lost: [], refusedYetThere: [] };
  const lost = acknowledged.filter((event) => store.held.get(event.position) !== placeOf(event));
  const refusedYetThere = refused.filter((id) => store.ids.has(id));
  return { broken: await goesOn(store, events), events, lost, refusedYetThere };
}

/** A log that was mended takes the next event at the next place. */
async function goesOn(store: SqliteEventStore, events: number): Promise<string | undefined> {
  const id = `after-${events}`;
  const [stored] = await store.append(`inspection-${id}`, NO_STREAM, [{ id, type: 'Inspected', payload: '{}' }]);
  return stored?.position === events + 1 ? undefined : `the next event is at ${stored?.position}, not ${events + 1}`;
}
