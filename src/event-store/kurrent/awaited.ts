// Those who wait for an event to get its number, by the id of the event.
import type { StoredEvent } from '../../core/event.js';
import { withinTime } from '../../core/storage.js';

/** How long an answer waits for its event to be numbered, and a reader for what the server already shows. */
const PATIENCE_MS = 10_000;

export interface Expected {
  /** The event with its number; patience begins when this is called. */
  arrival(): Promise<StoredEvent>;
  /** Nobody waits any longer. */
  forget(): void;
}

export class Awaited {
  private readonly byId = new Map<string, Set<(event: StoredEvent) => void>>();

  /** From now on the event is not missed, whenever its arrival is asked for. */
  expect(id: string): Expected {
    let tell: (event: StoredEvent) => void = () => {};
    const told = new Promise<StoredEvent>((resolve) => (tell = resolve));
    const others = this.byId.get(id) ?? new Set();
    this.byId.set(id, others.add(tell));
    const forget = (): void => {
      others.delete(tell);
      if (others.size === 0) this.byId.delete(id);
    };
    return { arrival: () => withinTime(told, PATIENCE_MS, 'recorded, but not numbered yet').finally(forget), forget };
  }

  deliver(events: readonly StoredEvent[]): void {
    for (const event of events) for (const tell of this.byId.get(event.id) ?? []) tell(event);
  }
}
