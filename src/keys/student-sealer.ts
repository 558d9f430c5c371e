// Seals the personal fields of events under the student's key, and the office's own words under the office's; opens them
// for who may read.
import type { Declaration, DomainEvent } from '../core/event.js';
import { Sealer } from '../event-store/ledger.js';
import { open, seal } from './cipher.js';
import type { KeyStore } from './key-store.js';

/** How a sealed field stands in the log. */
interface Sealed {
  sealed: string;
}

/** What a reader gets in place of a field whose key is destroyed. */
export const ERASED = null;

type Fields = Record<string, unknown>;

interface SealedEvent {
  stream: string;
  id: string;
  type: string;
  data: object;
}

const NO_KEYS: ReadonlyMap<string, Buffer> = new Map();

export class StudentSealer extends Sealer {
  constructor(
    private readonly keys: KeyStore,
    private readonly declared: Declaration,
  ) {
    super();
  }

  override async seal(stream: string, eventId: string, { type, data }: DomainEvent): Promise<object> {
    const event = { stream, id: eventId, type, data };
    const keys = await this.keysOf([event]);
    return this.changed(event, keys, (place, key, value) => {
      if (!key) throw new Error(`${stream} has no key to seal ${place}`);
      return { sealed: seal(key, place, Buffer.from(String(value))).toString('base64url') } satisfies Sealed;
    });
  }

  /**
   * The events with their sealed fields in clear; ERASED where the key is gone, and where the erasure is on record
   * though the key is still there.
   */
  async openAll<Event extends SealedEvent>(events: readonly Event[], erased = false): Promise<Event[]> {
    const keys = erased ? NO_KEYS : await this.keysOf(events);
    return events.map((event) => ({
      ...event,
      data: this.changed(event, keys, (place, key, value) =>
        key ? open(key, place, Buffer.from((value as Sealed).sealed, 'base64url')).toString() : ERASED,
      ),
    }));
  }

  /** One event's data with sealed fields in clear. */
  async open<Event extends SealedEvent>(event: Event): Promise<Event['data']> {
    const [opened] = await this.openAll([event]);
    return (opened ?? event).data;
  }

  private keysOf(events: readonly SealedEvent[]): Promise<ReadonlyMap<string, Buffer>> {
    const personal = ({ type, data }: SealedEvent): boolean =>
      (this.declared[type]?.student ?? []).some((field) => valueAt(data, field.split('.')) !== undefined);
    return this.keys.keysOf(events.filter(personal).flatMap(studentOf));
  }

  private changed(
    event: SealedEvent,
    keys: ReadonlyMap<string, Buffer>,
    change: (place: string, key: Buffer | undefined, value: unknown) => unknown,
  ): object {
    const { student = [], office = [] } = this.declared[event.type] ?? {};
    const under = (key: Buffer | undefined) => (data: object, field: string) =>
      changeAt(data, field.split('.'), (value) => change(`${event.stream}|${event.id}|${field}`, key, value));
    const [studentId] = studentOf(event);
    const personal = student.reduce(under(studentId === undefined ? undefined : keys.get(studentId)), event.data);
    return office.length > 0 ? office.reduce(under(this.keys.officeKey()), personal) : personal;
  }
}

/** Whose event it is: by its stream, or named in it. */
function studentOf({ stream, data }: SealedEvent): string[] {
  const [, ofStream] = /^student-(.+)$/.exec(stream) ?? [];
  if (ofStream !== undefined) return [ofStream];
  return 'studentId' in data && typeof data.studentId === 'string' ? [data.studentId] : [];
}

function valueAt(data: object, [head = '', ...rest]: string[]): unknown {
  const value = (data as Fields)[head];
  return rest.length > 0 && typeof value === 'object' && value !== null ? valueAt(value, rest) : value;
}

/** A copy with the value at a path changed; unchanged where there is none. */
function changeAt(data: object, [head = '', ...rest]: string[], change: (value: unknown) => unknown): object {
  const value = (data as Fields)[head];
  if (value === undefined || value === null) return data;
  return { ...data, [head]: rest.length > 0 ? changeAt(value, rest, change) : change(value) };
}
