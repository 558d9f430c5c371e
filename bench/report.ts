// The report: a section for each measure, printed and put between its markers on the page; the rest of the page stays.
import { holds, median, type Figure, type Goal, type Measure, type Result } from './measure.js';

/** What one measure came to, as Markdown. */
export function sectionOf({ says }: Measure, { figures, goals, remarks = [] }: Result, circumstances: string): string {
  return [
    sentence(says),
    '',
    '| contender | median | min–max of the rounds |',
    '|---|---|---|',
    ...figures.map(rowOf),
    '',
    ...(goals.length > 0 ? ['| goal | value | limit | |', '|---|---|---|---|', ...goals.map(goalOf), ''] : []),
    ...remarks.map((remark) => `- ${remark}`),
    `- ${circumstances}`,
  ].join('\n');
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

function rowOf({ name, unit, rounds }: Figure): string {
  const range = `${number(Math.min(...rounds))}–${number(Math.max(...rounds))} (${rounds.length})`;
  return `| ${name} | ${number(median(rounds))} ${unit} | ${rounds.length > 1 ? range : ''} |`;
}

function goalOf(goal: Goal): string {
  const { says, value, limit, bound, unit } = goal;
  const of = (amount: number): string => `${number(amount)}${unit ? ` ${unit}` : ''}`;
  return `| ${says} | ${of(value)} | ${bound === 'at-least' ? '≥' : '≤'} ${of(limit)} | ${holds(goal) ? 'holds' : 'does not hold'} |`;
}

/** Three significant digits below a thousand, whole numbers above. */
const number = (value: number): string =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

const begin = (id: string): string => `<!-- ${id} -->`;
const end = (id: string): string => `<!-- /${id} -->`;

/** The page with one section replaced; a measure that the page does not know yet comes last. */
export function withSection(page: string, id: string, section: string): string {
  const [from, to] = [page.indexOf(begin(id)), page.indexOf(end(id))];
  const text = `${begin(id)}\n${section}\n${end(id)}`;
  if (from < 0 || to < from) return `${page.trimEnd()}\n\n## ${id}\n${text}\n`;
  return page.slice(0, from) + text + page.slice(to + end(id).length);
}
