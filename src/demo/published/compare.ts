// Holds the ledger's totals against a published table, row by row, and finds the row that was misprinted.
import { table, type Column } from '../../cli/table.js';
import { sum, toYuan, yuan, type YuanText } from '../../core/money.js';
import type { TotalsRow } from '../../totals/totals.view.js';
import type { TotalsAnswer } from '../answers.js';
import type { Client } from '../client.js';
import { demandEqual, done, equal, line, lines, refused } from '../transcript.js';
import type { Place, PublishedRow } from './places.js';

interface Compared {
  zh: string;
  en: string;
  published: YuanText;
  recorded: YuanText;
  personTimes: number;
}

const COLUMNS: readonly Column<Compared>[] = [
  { zh: '项目', en: 'programme', cell: ({ zh }) => zh },
  { zh: '', en: '', cell: ({ en }) => en },
  { zh: '人次', en: 'person-times', right: true, cell: ({ personTimes }) => String(personTimes) },
  { zh: '公布(元)', en: 'published', right: true, cell: ({ published }) => published },
  { zh: '台账(元)', en: 'recorded', right: true, cell: ({ recorded }) => recorded },
];

export async function compare(client: Client, place: Place): Promise<void> {
  const answer = await client.get<TotalsAnswer>(
    `/v1/totals?term=${place.term}&districtId=${place.districtId}&by=policy`,
  );
  const rows = place.rows.map((row) => recordedRow(row, answer.rows));
  const { amount, personTimes, persons } = answer.total;
  const total = { zh: '合计', en: 'total', published: place.total.amount, recorded: amount, personTimes };
  lines(table(COLUMNS, rows, total));
  for (const [index, row] of place.rows.entries()) demandEqual(row.en, row.amount, rows[index]?.recorded);
  equal('合计 total', place.total.amount, amount);
  if (place.total.persons !== undefined) equal('人数 persons', place.total.persons, persons);
  const slip = place.rows.find(({ printed }) => printed !== undefined);
  if (slip) expose(place, slip);
  else done('公布与台账一致 published vs recorded: equal');
}

/** One published row may be several policies of the ledger. */
function recordedRow({ zh, en, groups, amount, printed, persons }: PublishedRow, rows: readonly TotalsRow[]): Compared {
  const policyIds = new Set(groups.map(({ policyId }) => policyId));
  const own = rows.filter(({ policyId }) => policyId && policyIds.has(policyId));
  const recorded = toYuan(sum(own.map((row) => yuan(row.amount))));
  const personTimes = own.reduce((count, row) => count + row.personTimes, 0);
  demandEqual(`${en}, person-times`, persons, personTimes);
  return { zh, en, published: printed ?? amount, recorded, personTimes };
}

/** The printed line against its own parts, and against the printed grand total. */
function expose({ rows, total }: Place, slip: PublishedRow): void {
  const [group] = slip.groups;
  const others = sum(rows.filter((row) => row !== slip).map(({ amount }) => yuan(amount)));
  const printed = slip.printed ?? slip.amount;
  line();
  line(`${slip.zh}:公布 printed ${printed},但 but ${group?.pupils} × ${group?.rate} = ${slip.amount}`);
  refused(`按公布数 with the printed line: ${toYuan(others.plus(printed))} ≠ ${total.amount}`);
  equal('按台账数 with the recorded line:', total.amount, toYuan(others.plus(slip.amount)));
  done(
    `只有 only ${slip.amount} 与公布合计相符 fits the printed grand total: 公布的 ${printed} 是排印错误 a printing slip`,
  );
}
