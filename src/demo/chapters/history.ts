// Chapter: a pupil's whole history, as an auditor reads it.
import type { HistoryAnswer } from '../answers.js';
import type { Office } from '../office.js';
import { chapter, done, line } from '../transcript.js';
import { EXPLAINED } from './entitlements.js';

export async function history(office: Office): Promise<void> {
  chapter('一名学生的全部记录', "A pupil's whole history");
  const { items } = await office.client.get<HistoryAnswer>(`/v1/students/${office.idOf(EXPLAINED.pupil)}/history`);
  for (const { position, effectiveOn, summary } of items)
    line(`#${String(position).padEnd(4)} ${effectiveOn ?? '          '}  ${summary.zh} · ${summary.en}`);
  const [first] = items;
  done(
    `${items.length} 条 entries,每条有记录人与时刻 each with who and when: ${first?.actor.name}, ${first?.recordedAt}`,
  );
}
