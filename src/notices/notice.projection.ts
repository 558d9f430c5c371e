// Public notices as a list: one row each.
import type { LedgerEvent } from '../core/event.js';
import type { Projection } from '../read-models/projection.js';
import type { Row, Table } from '../tables/tables.js';
import type { NoticeEvent, NoticePublished, NoticeWithdrawn } from './notice.events.js';

export const NOTICE = {
  name: 'notice',
  columns: {
    notice_id: 'text',
    position: 'integer',
    school_id: 'text',
    district_id: 'text',
    expires_on: 'text',
    withdrawn: 'integer',
    body: 'text',
  },
  key: ['notice_id'],
  indexes: [['position'], ['school_id', 'position']],
  belongs: { school: 'school_id', district: 'district_id' },
} as const satisfies Table;

export interface NoticeRow extends Row {
  notice_id: string;
  position: number;
  school_id: string;
  district_id: string;
  expires_on: string;
  withdrawn: number;
  /** The notice as it was published. */
  body: string;
}

const isOf =
  <Type extends NoticeEvent['type']>(type: Type) =>
  (event: LedgerEvent): event is LedgerEvent<Extract<NoticeEvent, { type: Type }>> =>
    event.type === type;

export const noticeProjection: Projection = {
  name: 'notices',
  tables: [NOTICE],
  async apply(events, rows) {
    await rows.put(NOTICE, events.filter(isOf('NoticePublished')).map(published));
    const withdrawn = events.filter(isOf('NoticeWithdrawn')).map(noticeIdOf);
    const known = await rows.load<NoticeRow>(NOTICE, 'notice_id', withdrawn);
    await rows.put(
      NOTICE,
      known.map((row) => ({ ...row, withdrawn: 1 })),
    );
  },
};

const noticeIdOf = ({ data }: LedgerEvent<NoticeWithdrawn>): string => data.noticeId;

const published = ({ data, position }: LedgerEvent<NoticePublished>): NoticeRow => ({
  notice_id: data.noticeId,
  position,
  school_id: data.schoolId,
  district_id: data.districtId,
  expires_on: data.expiresOn,
  withdrawn: 0,
  body: JSON.stringify(data),
});
