// `npm run bench -- <id> …`: runs measures, prints what they came to and writes it to the page.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { machine } from './machine.js';
import { MEASURES } from './measures.js';
import type { Measure, RunOptions } from './measure.js';
import { sectionOf, withSection } from './report.js';

const PAGE = 'docs/reference/benchmarks.md';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    sizes: { type: 'string', default: '50000,500000' },
  },
});

const unknown = positionals.find((id) => !MEASURES.some((measure) => measure.id === id));
if (unknown !== undefined) {
  console.error(`There is no measure ${unknown}. npm run bench -- [<id> …] [--rounds 5] [--sizes 50000,500000]`);
  for (const { id, says } of MEASURES) console.error(`  ${id.padEnd(6)} ${says}`);
  process.exit(1);
}

const numberOf = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${text} is not a count`);
  return Number(text);
};

const options: RunOptions = {
  rounds: numberOf(values.rounds),
  sizes: values.sizes.split(',').map(numberOf),
  told: (text) => console.log(`  ${text}`),
};
const circumstances = machine();
console.log(circumstances);

/** A measure that fails is told of and leaves its section as it was; the others are still run. */
async function measured(measure: Measure): Promise<boolean> {
  console.log(`\n${measure.id}: ${measure.says}`);
  try {
    const section = sectionOf(measure, await measure.run(options), circumstances);
    console.log(`\n${section}`);
    writeFileSync(PAGE, withSection(readFileSync(PAGE, 'utf8'), measure.id, section));
    return true;
  } catch (error) {
    console.error(`${measure.id} was not measured: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

for (const measure of MEASURES)
  if (positionals.length === 0 || positionals.includes(measure.id))
    if (!(await measured(measure))) process.exitCode = 1;
