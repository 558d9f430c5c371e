// Seals the personal fields of student events under the student's key, and opens them for who may read.
import type { DomainEvent } from '../core/event.js';
import { Sealer } from '../event-store/ledger.js';
import { PERSONAL_FIELDS } from '../students/student.events.js';
import { open, seal } from './cipher.js';
import type { KeyStore } from './key-store.js';

/** How a personal field stands in the log. */
interface Sealed {
  sealed: string;
}

/** What a reader gets in place of a field whose key is destroyed. */
export const ERASED = null;

type Fields = Record<string, unknown>;

const STUDENT_STREAM = /^student-(.+)$/;

export class StudentSealer extends Sealer {
  constructor(private readonly keys: KeyStore) {
    super();
  }

  override async seal(stream: string, eventId: string, { type, data }: DomainEvent): Promise<object> {
    const fields = personalFieldsOf(stream, type);
    if (!fields) return data;
    const key = (await this.keys.keysOf([fields.studentId])).get(fields.studentId);
    return eachField(data, fields.paths, (field, value) => {
      if (!key) throw new Error(`${stream} has no key to seal ${field}`);
      const sealed = seal(key, `${stream}|${eventId}|${field}`, Buffer.from(String(value)));
      return { sealed: sealed.toString('base64url') } satisfies Sealed;
    });
  }

  /** The events with their personal fields in clear; ERASED where the key is gone. */
  async openAll<Event extends SealedEvent>(events: readonly Event[]): Promise<Event[]> {
    const fields = events.map(({ stream, type }) => personalFieldsOf(stream, type));
    const keys = await this.keys.keysOf(fields.flatMap((personal) => personal?.studentId ?? []));
    return events.map((event, index) => {
      const personal = fields[index];
      if (!personal) return event;
      const key = keys.get(personal.studentId);
      const data = eachField(event.data, personal.paths, (field, value) => {
        if (!key) return ERASED;
        const sealed = Buffer.from((value as Sealed).sealed, 'base64url');
        return open(key, `${event.stream}|${event.id}|${field}`, sealed).toString();
      });
      return { ...event, data };
    });
  }

  /** One event's data with personal fields in clear. */
  async open<Event extends SealedEvent>(event: Event): Promise<Event['data']> {
    const [opened] = await this.openAll([event]);
    return (opened ?? event).data;
  }
}

interface SealedEvent {
  stream: string;
  id: string;
  type: string;
  data: object;
}

/** Whose fields of an event are personal, and where they stand in its data. */
function personalFieldsOf(stream: string, type: string): { studentId: string; paths: readonly string[] } | undefined {
  const paths = (PERSONAL_FIELDS as Partial<Record<string, readonly string[]>>)[type];
  const studentId = STUDENT_STREAM.exec(stream)?.[1];
  return paths && studentId !== undefined ? { studentId, paths } : undefined;
}

const eachField = <Data extends object>(
  data: Data,
  paths: readonly string[],
  change: (field: string, value: unknown) => unknown,
): Data => paths.reduce((result, path) => changeAt(result, path.split('.'), (value) => change(path, value)), data);

/** A copy with the value at a path changed; unchanged where there is none. */
function changeAt<Data extends object>(
  data: Data,
  [head = '', ...rest]: string[],
  change: (value: unknown) => unknown,
): Data {
  const value = (data as Fields)[head];
  if (value === undefined || value === null) return data;
  return { ...data, [head]: rest.length > 0 ? changeAt(value, rest, change) : change(value) };
}
