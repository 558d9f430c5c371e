// The numbering of a log in KurrentDB: `$all` has an order but no dense numbers, so each event of the ledger gets its
// position and its link of the hash chain here. Both follow from `$all` alone: whoever numbers, comes to the same rows.
import type { StoredEvent } from '../../core/event.js';
import { EMPTY_HEAD, type LogHead } from '../log-head.js';
import { chainHash } from '../hash-chain.js';
import type { Row, Table, Tables } from '../../tables/tables.js';
import type { ServerEvent, ServerPosition } from './kurrent-client.js';

export const NUMBERING: Table = {
  name: 'numbering',
  columns: {
    position: 'integer',
    stream: 'text',
    revision: 'integer',
    id: 'text',
    recorded_at: 'text',
    hash: 'text',
    commit_position: 'text',
    prepare_position: 'text',
  },
  key: ['position'],
  indexes: [['stream', 'revision'], ['id'], ['recorded_at']],
};

export interface Numbered extends Row {
  position: number;
  stream: string;
  revision: number;
  id: string;
  /** As it stands in the chain: never before the event ahead. */
  recorded_at: string;
  hash: string;
  commit_position: string;
  prepare_position: string;
}

export const serverPositionOf = ({ commit_position, prepare_position }: Numbered): ServerPosition => ({
  commit: BigInt(commit_position),
  prepare: BigInt(prepare_position),
});

export const storedOf = ({ type, payload }: ServerEvent, row: Numbered): StoredEvent => ({
  position: row.position,
  stream: row.stream,
  revision: row.revision,
  id: row.id,
  type,
  recordedAt: row.recorded_at,
  payload,
  hash: row.hash,
});

/** What the table holds is not what `$all` says: somebody altered one of them. Nothing is written over. */
export class NumberingDiverged extends Error {}

export class Numbering {
  private last: LogHead = EMPTY_HEAD;

  constructor(private readonly tables: Tables) {}

  /** Creates the table where it is missing, and answers with where `$all` was last followed to. */
  async open(): Promise<ServerPosition | undefined> {
    await this.tables.create([NUMBERING]);
    const row = await this.lastRow();
    if (!row) return undefined;
    this.last = { position: row.position, hash: row.hash, recordedAt: row.recorded_at };
    return serverPositionOf(row);
  }

  /** Numbers the events that follow in `$all`; where another service was quicker, its rows must be the same. */
  async add(events: readonly ServerEvent[]): Promise<StoredEvent[]> {
    let head = this.last;
    const rows: Numbered[] = [];
    const stored: StoredEvent[] = [];
    for (const event of events) {
      const row = numbered(event, head);
      rows.push(row);
      stored.push(storedOf(event, row));
      head = { position: row.position, hash: row.hash, recordedAt: row.recorded_at };
    }
    await this.write(rows);
    this.last = head;
    return stored;
  }

  private write(rows: readonly Numbered[]): Promise<void> {
    return this.tables.transaction(async (transaction) => {
      const text = 'select position, hash from numbering where position >= $1 and position <= $2';
      const range = [rows[0]?.position ?? 0, rows.at(-1)?.position ?? 0];
      const held = await transaction.query<{ position: number; hash: string }>(text, range);
      const hashes = new Map(held.map(({ position, hash }) => [position, hash]));
      const differing = rows.find(({ position, hash }) => (hashes.get(position) ?? hash) !== hash);
      if (differing)
        throw new NumberingDiverged(`the numbering at position ${differing.position} is not what the event store says`);
      await transaction.put(
        NUMBERING,
        rows.filter(({ position }) => !hashes.has(position)),
      );
    });
  }

  async lastRow(): Promise<Numbered | undefined> {
    const [row] = await this.tables.query<Numbered>('select * from numbering order by position desc limit 1');
    return row;
  }

  ofStream(stream: string): Promise<Numbered[]> {
    return this.tables.query('select * from numbering where stream = $1 order by revision', [stream]);
  }

  after(position: number, limit: number): Promise<Numbered[]> {
    return this.tables.query('select * from numbering where position > $1 order by position limit $2', [
      position,
      limit,
    ]);
  }

  /** Of several streams that hold an id, the one that held it first. */
  async byId(id: string): Promise<Numbered | undefined> {
    const text = 'select * from numbering where id = $1 order by position limit 1';
    const [row] = await this.tables.query<Numbered>(text, [id]);
    return row;
  }

  async positionAt(instant: string): Promise<number> {
    const text = 'select max(position) as position from numbering where recorded_at <= $1';
    const [row] = await this.tables.query<{ position: number | null }>(text, [instant]);
    return row?.position ?? 0;
  }
}

/** The clocks of several writers may differ; in the chain time does not step back. */
function numbered(event: ServerEvent, head: LogHead): Numbered {
  const { stream, revision, id, type, payload, at } = event;
  const position = head.position + 1;
  const recordedAt = event.recordedAt > head.recordedAt ? event.recordedAt : head.recordedAt;
  const hash = chainHash({ position, stream, revision, id, type, recordedAt, payload }, head.hash);
  return {
    position,
    stream,
    revision,
    id,
    recorded_at: recordedAt,
    hash,
    commit_position: String(at.commit),
    prepare_position: String(at.prepare),
  };
}
