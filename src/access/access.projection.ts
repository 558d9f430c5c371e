// Keys and grants as lists, and who saw which student's record: one row a student of a look.
import type { LedgerEvent } from '../core/event.js';
import type { Whereabouts } from '../core/reach.js';
import type { Projection } from '../read-models/projection.js';
import type { Row, Table, Transaction } from '../tables/tables.js';
import type { AccessEvent, GrantGiven, KeyIssued, RecordDisclosed, RecordsSeen } from './access.events.js';

const BELONGS = { school: 'school_id', district: 'district_id', area: 'area' };

export const API_KEY: Table = {
  name: 'api_key',
  columns: { key_id: 'text', school_id: 'text', district_id: 'text', area: 'text', body: 'text' },
  key: ['key_id'],
  belongs: BELONGS,
};

export const ACCESS_GRANT: Table = {
  name: 'access_grant',
  columns: { grant_id: 'text', school_id: 'text', district_id: 'text', area: 'text', body: 'text' },
  key: ['grant_id'],
  belongs: BELONGS,
};

export const SEEN: Table = {
  name: 'seen',
  columns: { position: 'integer', student_id: 'text', principal: 'text', recorded_at: 'text', body: 'text' },
  key: ['position', 'student_id'],
  indexes: [
    ['student_id', 'position'],
    ['principal', 'position'],
  ],
  belongs: { through: { table: 'student_school', column: 'student_id' } },
};

export interface PermissionRow extends Row {
  school_id: string;
  district_id: string;
  area: string;
  /** What was given, by whom and when, and how it ended. */
  body: string;
}

export interface SeenRow extends Row {
  position: number;
  student_id: string;
  principal: string;
  recorded_at: string;
  /** The event: what it shows of the look, the purpose sealed as stored. */
  body: string;
}

const isOf =
  <Type extends AccessEvent['type']>(...types: Type[]) =>
  (event: LedgerEvent): event is LedgerEvent<Extract<AccessEvent, { type: Type }>> =>
    (types as string[]).includes(event.type);

export const accessProjection: Projection = {
  name: 'access',
  tables: [API_KEY, ACCESS_GRANT, SEEN],
  async apply(events, rows) {
    await rows.put(
      API_KEY,
      events.filter(isOf('KeyIssued')).map((event) => ({ key_id: event.data.keyId, ...given(event) })),
    );
    await rows.put(
      ACCESS_GRANT,
      events.filter(isOf('GrantGiven')).map((event) => ({ grant_id: event.data.grantId, ...given(event) })),
    );
    const keys = events.filter(isOf('KeyRevoked')).map((event) => [event.data.keyId, event] as const);
    await revoke(rows, API_KEY, 'key_id', new Map(keys));
    const grants = events.filter(isOf('GrantRevoked')).map((event) => [event.data.grantId, event] as const);
    await revoke(rows, ACCESS_GRANT, 'grant_id', new Map(grants));
    await rows.put(SEEN, events.filter(isOf('RecordsSeen', 'RecordDisclosed')).flatMap(looks));
  },
};

/** The owner's key was never issued: it has no row to change. */
async function revoke(
  rows: Transaction,
  table: Table,
  column: string,
  revocations: ReadonlyMap<string, LedgerEvent>,
): Promise<void> {
  const known = await rows.load<PermissionRow>(table, column, [...revocations.keys()]);
  await rows.put(
    table,
    known.map((row) => {
      const event = revocations.get(String(row[column]));
      return { ...row, body: JSON.stringify({ ...(JSON.parse(row.body) as object), revoked: event && signed(event) }) };
    }),
  );
}

const signed = ({ meta, recordedAt, position }: LedgerEvent) => ({ by: meta.actor, recordedAt, position });

/** The digest of a key stays in the log; a list has no use for it. */
function given(event: LedgerEvent<KeyIssued | GrantGiven>): PermissionRow {
  const { within, ...data } = event.data;
  const { digest: _, ...shown } = { digest: undefined, ...data };
  return { ...placed(within), body: JSON.stringify({ ...shown, given: signed(event), revoked: null }) };
}

const placed = ({ schoolId = '', districtId = '', area = '' }: Whereabouts) => ({
  school_id: schoolId,
  district_id: districtId,
  area,
});

function looks(event: LedgerEvent<RecordsSeen | RecordDisclosed>): Row[] {
  const { position, recordedAt, meta, stream, id, type } = event;
  const { studentIds, ...data } = asLook(event);
  const body = JSON.stringify({ stream, id, type, data, actor: meta.actor });
  return studentIds.map((student_id) => ({
    position,
    student_id,
    principal: meta.actor.id,
    recorded_at: recordedAt,
    body,
  }));
}

const asLook = ({ type, data }: RecordsSeen | RecordDisclosed) =>
  type === 'RecordsSeen' ? data : { ...data, studentIds: [data.studentId] };
