// The register of districts and schools as tables.
import type { LedgerEvent } from '../core/event.js';
import { lastByKey } from '../core/group.js';
import type { Projection } from '../read-models/projection.js';
import type { Table } from '../tables/tables.js';
import { areaOf } from './school.js';
import type { DistrictEvent, SchoolEvent } from './school.events.js';

export const DISTRICT: Table = {
  name: 'district',
  columns: { district_id: 'text', area: 'text', revision: 'integer', body: 'text' },
  key: ['district_id'],
  indexes: [['area', 'district_id']],
};

export const SCHOOL: Table = {
  name: 'school',
  columns: { school_id: 'text', district_id: 'text', revision: 'integer', body: 'text' },
  key: ['school_id'],
  indexes: [['district_id', 'school_id']],
};

const isDistrictEvent = (event: LedgerEvent): event is LedgerEvent<DistrictEvent> =>
  event.type === 'DistrictRegistered' || event.type === 'DistrictAmended';

const isSchoolEvent = (event: LedgerEvent): event is LedgerEvent<SchoolEvent> => event.type === 'SchoolRegistered';

export const schoolProjection: Projection = {
  name: 'schools',
  tables: [DISTRICT, SCHOOL],
  async apply(events, rows) {
    const districts = lastByKey(events.filter(isDistrictEvent), ({ stream }) => stream);
    await rows.put(
      DISTRICT,
      [...districts.values()].map(({ data, revision }) => ({
        district_id: data.districtId,
        area: areaOf(data),
        revision,
        body: JSON.stringify(data),
      })),
    );
    await rows.put(
      SCHOOL,
      events.filter(isSchoolEvent).map(({ data, revision }) => ({
        school_id: data.schoolId,
        district_id: data.districtId,
        revision,
        body: JSON.stringify(data),
      })),
    );
  },
};
