// Chapter: what one pupil is due, and why: conditions, facts, arithmetic, legal source.
import type { ConditionAnswer, EntitlementsAnswer, LineAnswer } from '../answers.js';
import type { Office } from '../office.js';
import { chapter, equal, line, remark } from '../transcript.js';

export const EXPLAINED = { pupil: '王子墨', term: '2026-autumn' } as const;

const CONDITIONS: Record<string, string> = {
  enrolled: '在读',
  district: '区县',
  stage: '学段',
  boarding: '寄宿',
  setting: '城乡',
  hardship: '困难认定',
};

export async function explain(office: Office): Promise<void> {
  const { pupil, term } = EXPLAINED;
  chapter('这名学生本学期应享受什么,为什么?', 'What is this pupil due this term, and why?');
  const { lines, totals } = await office.client.get<EntitlementsAnswer>(
    `/v1/students/${office.idOf(pupil)}/entitlements?term=${term}`,
  );
  for (const each of lines) line(`${each.status}  ${each.name.zh}  ${amountOf(each)}`);
  for (const policyId of ['rencheng-boarding-living-subsidy', 'rencheng-boarding-supplement']) because(lines, policyId);
  line();
  // 625 living subsidy, 500 supplement, 100 days of meals at 5 yuan; fees count once they are known.
  equal('应发合计 entitled in all', '1625.00', totals.entitled);
}

const amountOf = ({ entitled, arithmetic }: LineAnswer): string =>
  entitled === null ? '据实 actual cost' : `${entitled} = ${arithmetic}`;

function because(lines: readonly LineAnswer[], policyId: string): void {
  const found = lines.find((each) => each.policyId === policyId);
  if (!found) throw new Error(`no line for ${policyId}`);
  const { name, entitled, arithmetic, legal, policyVersion } = found;
  line();
  line(`${name.zh} ${name.en}: ${entitled} = ${arithmetic}(版本 version ${policyVersion})`);
  for (const condition of found.because) line(`  ${judged(condition)}`);
  remark(`  依据 source: ${[legal.document, legal.clause, legal.url].filter(Boolean).join(',')}`);
}

const judged = ({ condition, expected, fact, met }: ConditionAnswer): string =>
  `${met ? '✓' : '✗'} ${CONDITIONS[condition] ?? ''} ${condition}: ${JSON.stringify(fact)}(要求 asked: ${JSON.stringify(expected)})`;
