// Chapter: the annual totals by budget year and by school year, the bridge between them, and the proof of the log.
import { totalsTable } from '../../cli/totals-table.js';
import { sum, toYuan, yuan } from '../../core/money.js';
import type { BridgeAnswer, TotalsAnswer, VerificationAnswer } from '../answers.js';
import type { Office } from '../office.js';
import { chapter, done, equal, line, lines, remark } from '../transcript.js';

const [FISCAL_YEAR, SCHOOL_YEAR] = [2026, '2025-2026'];

export async function total(office: Office): Promise<void> {
  chapter('年度统计', 'The annual totals');
  await totalsOf(office, `年度 budget year ${FISCAL_YEAR}`, `fiscalYear=${FISCAL_YEAR}`);
  await totalsOf(office, `学年 school year ${SCHOOL_YEAR}`, `schoolYear=${SCHOOL_YEAR}`);
  const { rows } = await office.client.get<TotalsAnswer>('/v1/totals?from=2023-01-01&to=2026-11-22&by=policy');
  equal(
    '已发放的政策 policies that were paid:',
    office.policies.size,
    rows.filter(({ persons }) => persons > 0).length,
  );
  await bridge(office);
  await verify(office);
}

async function totalsOf(office: Office, title: string, period: string): Promise<void> {
  const { rows, total: all } = await office.client.get<TotalsAnswer>(`/v1/totals?${period}&by=policy`);
  line(title);
  lines(totalsTable(['policy'], rows, all, office.names));
  const added = toYuan(sum(rows.map(({ amount }) => yuan(amount))));
  equal('各行之和 = 合计 the rows add up to the total:', all.amount, added);
  line();
}

/** Why the two years differ, entry by entry; summed here by side and term. */
async function bridge({ client }: Office): Promise<void> {
  chapter('年度与学年的衔接', 'The bridge between the two years');
  const path = `/v1/totals/bridge?fiscalYear=${FISCAL_YEAR}&schoolYear=${SCHOOL_YEAR}&limit=500`;
  const { fiscalYear, schoolYear, difference, entryCount, items } = await client.get<BridgeAnswer>(path);
  line(`年度 budget year ${fiscalYear.amount} − 学年 school year ${schoolYear.amount}`);
  const groups = new Map<string, BridgeAnswer['items']>();
  for (const item of items) {
    const group = `${item.side === 'fiscal-year-only' ? '只在年度 budget year only' : '只在学年 school year only'},${item.term}`;
    groups.set(group, [...(groups.get(group) ?? []), item]);
  }
  for (const [group, entries] of groups) line(`  ${group}: ${entries.length} 笔 entries, ${effectOf(entries)}`);
  equal(`${entryCount} 笔解释差额 entries explain the difference:`, difference, effectOf(items));
  const subtracted = toYuan(yuan(fiscalYear.amount).minus(yuan(schoolYear.amount)));
  equal('年度 − 学年 budget year − school year:', difference, subtracted);
}

const effectOf = (entries: BridgeAnswer['items']): string => toYuan(sum(entries.map(({ effect }) => yuan(effect))));

async function verify({ client }: Office): Promise<void> {
  chapter('日志核对', 'The log is what was recorded');
  const { ok, events, headHash } = await client.get<VerificationAnswer>('/v1/ledger/verification');
  equal('完好 ok:', 'true', String(ok));
  done(`${events} 条记录 events`);
  remark(`headHash ${headHash}`);
}
