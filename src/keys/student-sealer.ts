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
    return this.eachPersonalField(stream, type, data, (key, field, value) => {
      if (!key) throw new Error(`${stream} has no key to seal ${field}`);
      const sealed = seal(key, `${stream}|${eventId}|${field}`, Buffer.from(String(value)));
      return { sealed: sealed.toString('base64url') } satisfies Sealed;
    });
  }

  /** The event's data with personal fields in clear; ERASED where the key is gone. */
  open<Data extends object>(event: { stream: string; id: string; type: string; data: Data }): Data {
    return this.eachPersonalField(event.stream, event.type, event.data, (key, field, value) => {
      if (!key) return ERASED;
      const sealed = Buffer.from((value as Sealed).sealed, 'base64url');
      return open(key, `${event.stream}|${event.id}|${field}`, sealed).toString();
    }) as Data;
  }

  private eachPersonalField(
    stream: string,
    type: string,
    data: object,
    change: (key: Buffer | undefined, field: string, value: unknown) => unknown,
  ): object {
    const fields = (PERSONAL_FIELDS as Partial<Record<string, readonly string[]>>)[type];
    const studentId = STUDENT_STREAM.exec(stream)?.[1];
    if (!fields || studentId === undefined) return data;
    const key = this.keys.keyOf(studentId);
    return fields.reduce<object>(
      (result, field) => changeAt(result, field.split('.'), (value) => change(key, field, value)),
      data,
    );
  }
}

/** A copy with the value at a path changed; unchanged where there is none. */
function changeAt(data: object, [head = '', ...rest]: string[], change: (value: unknown) => unknown): object {
  const value = (data as Fields)[head];
  if (value === undefined || value === null) return data;
  return { ...data, [head]: rest.length > 0 ? changeAt(value, rest, change) : change(value) };
}
