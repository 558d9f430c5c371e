// What a scenario may say: plain words as keys. An unknown word is an error, so that a slip cannot pass as a success.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { JSON_SCHEMA, load } from 'js-yaml';
import type { CivilDate } from '../../src/core/civil-date.js';
import type { YuanText } from '../../src/core/money.js';
import type { RejectionCode } from '../../src/core/rejections.js';
import type { Term } from '../../src/core/term.js';
import type { DepartureReason, Method, ReturnCause, Setting, Stage } from '../../src/core/vocabulary.js';

/** Each step of the office, with the words that it may use; those in capitals of the comment must be there. */
export interface Steps {
  /** The day it is from here on. */
  today: CivilDate;
  /** The pupil whom the following steps are about; registered when first named. */
  student: { name: string; groups?: string[] };
  /** SCHOOL, FROM. The stage follows from the grade where it is not named. */
  enrolled: {
    school: { name?: string; district?: string; setting: Setting; inclusive?: boolean };
    stage?: Stage;
    grade?: string;
    boarding?: boolean;
    admission?: 'new-entrant';
    from: CivilDate;
    until?: CivilDate;
  };
  departed: { date: CivilDate; reason: DepartureReason };
  hardship: { category: string; level?: string; from: CivilDate; until?: CivilDate };
  /** Of the last determination, or of the one of a category. */
  revoked: { category?: string; from: CivilDate };
  /** `as` names the payment for a later return or reversal, `student` a pupil other than the present one. */
  paid: {
    policy: string;
    term: Term;
    amount?: YuanText;
    days?: number;
    paidOn: CivilDate;
    method?: Method;
    exception?: { reason: string; document: string };
    as?: string;
    student?: string;
  };
  /** Of the last payment, or of a named one. */
  returned: { payment?: string; amount?: YuanText; returnedOn: CivilDate; cause: ReturnCause };
  reversed: { payment?: string };
  /** The body of POST /v1/policies. */
  published: object;
  /** One version, and the policy that it belongs to. */
  amended: { policy: string; version: object };
  withdrawn: { policy: string; from: Term };
}

export type Word = keyof Steps;
export type Step = { [W in Word]: { word: W; of: Steps[W] } }[Word];

export interface Figures {
  amount: YuanText;
  disbursed?: YuanText;
  returned?: YuanText;
  reversed?: YuanText;
  personTimes?: number;
  persons?: number;
}

export interface Outcome {
  /** All events of the step in order: the type, and such fields as matter. */
  events?: ({ type: string } & Record<string, unknown>)[];
  rejected?: RejectionCode;
  /** The conditions that were not met. */
  conditions?: string[];
  details?: Record<string, unknown>;
  /** Term → policy → how the present pupil's line stands. */
  entitlement?: Record<string, Record<string, Record<string, unknown>>>;
  /** `2024` (budget year), `2023-2024` (school year) or a term → figures, and by policy or source if wished. */
  totals?: Record<string, Figures & { policies?: Record<string, Figures>; sources?: Record<string, Figures> }>;
}

export interface Scenario {
  name: string;
  /** Policy ids and documents that it illustrates. */
  law: string[];
  at: CivilDate;
  given: Step[];
  when: Step;
  // oxlint-disable-next-line unicorn/no-thenable -- given/when/then is how scenarios are spoken; nothing awaits one
  then: Outcome;
}

const WORDS: Record<Word, [must: string[], may: string[]] | 'text'> = {
  today: 'text',
  student: [['name'], ['groups']],
  enrolled: [
    ['school', 'from'],
    ['stage', 'grade', 'boarding', 'admission', 'until'],
  ],
  departed: [['date', 'reason'], []],
  hardship: [
    ['category', 'from'],
    ['level', 'until'],
  ],
  revoked: [['from'], ['category']],
  paid: [
    ['policy', 'term', 'paidOn'],
    ['amount', 'days', 'method', 'exception', 'as', 'student'],
  ],
  returned: [
    ['returnedOn', 'cause'],
    ['payment', 'amount'],
  ],
  reversed: [[], ['payment']],
  published: [
    ['policyId', 'name', 'kind', 'versions'],
    ['exclusiveWith', 'onTopOf'],
  ],
  amended: [['policy', 'version'], []],
  withdrawn: [['policy', 'from'], []],
};
const FIGURES = ['amount', 'disbursed', 'returned', 'reversed', 'personTimes', 'persons'];
const OUTCOME = ['events', 'rejected', 'conditions', 'details', 'entitlement', 'totals'];
const LINE = [
  'entitled',
  'paid',
  'returned',
  'netPaid',
  'outstanding',
  'status',
  'days',
  'netDays',
  'unmet',
  'version',
];

type Plain = Record<string, unknown>;

function held(value: unknown, must: string[], may: string[], where: string): Plain {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${where}: words expected`);
  const missing = must.filter((key) => !Object.hasOwn(value, key));
  const foreign = Object.keys(value).filter((key) => !must.includes(key) && !may.includes(key));
  if (missing.length > 0) throw new Error(`${where}: ${missing.join(', ')} missing`);
  if (foreign.length > 0) throw new Error(`${where}: what is ${foreign.join(', ')}?`);
  return value as Plain;
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const values = (value: unknown): unknown[] => Object.values((value ?? {}) as Plain);

function stepOf(value: unknown, where: string): Step {
  const [entry, ...others] = Object.entries(value ?? {});
  const [word, of] = entry ?? ['', undefined];
  if (others.length > 0 || !Object.hasOwn(WORDS, word)) throw new Error(`${where}: one known word expected`);
  const words = WORDS[word as Word];
  if (word === 'student' && typeof of === 'string') return { word: 'student', of: { name: of } };
  if (words === 'text') return { word: 'today', of: String(of) };
  // The words are held above; what a value means is for the deciders to judge.
  return { word, of: held(of, ...words, `${where}, ${word}`) } as unknown as Step;
}

function outcomeOf(value: unknown, where: string): Outcome {
  const outcome = held(value, [], OUTCOME, where);
  if (!['events', 'rejected', 'entitlement', 'totals'].some((key) => Object.hasOwn(outcome, key)))
    throw new Error(`${where}: nothing is expected`);
  for (const line of values(outcome['entitlement']).flatMap(values))
    held(line, ['status'], LINE, `${where}, entitlement`);
  for (const totals of values(outcome['totals'])) {
    const { policies, sources } = held(totals, ['amount'], [...FIGURES, 'policies', 'sources'], `${where}, totals`);
    for (const figures of [policies, sources].flatMap(values)) held(figures, ['amount'], FIGURES, `${where}, totals`);
  }
  return outcome;
}

function scenarioOf(value: unknown): Scenario {
  const { name, law, at, given, when, then } = held(
    value,
    ['name', 'law', 'at', 'given', 'when', 'then'],
    [],
    'scenario',
  );
  const where = String(name);
  if (!/\p{Script=Han}.* · [A-Z]/u.test(where))
    throw new Error(`${where}: the name stands in Chinese · then in English`);
  return {
    name: where,
    law: list(law).map(String),
    at: String(at),
    given: list(given).map((step, index) => stepOf(step, `${where}, given ${index + 1}`)),
    when: stepOf(when, `${where}, when`),
    // oxlint-disable-next-line unicorn/no-thenable -- as above
    then: outcomeOf(then, `${where}, then`),
  };
}

export const readScenarios = (text: string): Scenario[] => list(load(text, { schema: JSON_SCHEMA })).map(scenarioOf);

/** Every scenario file beside this module, by name. */
export const scenarioFiles = (): [file: string, scenarios: Scenario[]][] =>
  readdirSync(import.meta.dirname)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => [file, readScenarios(readFileSync(join(import.meta.dirname, file), 'utf8'))]);
