// R2: the power fails at random moments: of the writes not synced yet any may be lost, torn or out of order.
import { rmSync } from 'node:fs';
import { Chance, SEED } from './chance.js';
import { PowerCuts } from './power-cuts.js';
import { testWith } from '../support/missing.js';
import { canTrace, printFigures, scratchDirectory } from './tools.js';

const STATES = Number(process.env['AID_POWER_CUT_STATES'] ?? 5000);
const CONTROL_STATES = Math.min(1000, Math.ceil(STATES / 10));
const A_DAY = 86_400_000;

const testWithStrace = testWith(canTrace(), 'strace, or the right to trace');

let scratch: string;
beforeEach(() => {
  scratch = scratchDirectory();
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

testWithStrace(
  `${STATES} power cuts lose no acknowledged event and leave the chain whole`,
  async () => {
    const cuts = new PowerCuts(scratch, new Chance(SEED));
    const figures = await cuts.suffer(STATES);
    printFigures('R2 power cut', { ...figures, seed: SEED, ...(cuts.evidence && { evidence: cuts.evidence }) });
    expect(figures).toMatchObject({ states: STATES, losing: 0, broken: 0 });
    expect(figures.beside).toBeGreaterThan(0);
  },
  A_DAY,
);

testWithStrace(
  'control: with synchronous=NORMAL power cuts lose acknowledged events',
  async () => {
    const figures = await new PowerCuts(scratch, new Chance(SEED), { synchronous: 'normal' }).suffer(CONTROL_STATES);
    printFigures('R2 control, synchronous=NORMAL', figures);
    expect(figures.losing).toBeGreaterThan(CONTROL_STATES / 4);
  },
  A_DAY,
);

testWithStrace(
  'control: a disk that answers syncs without doing them loses events and spoils files',
  async () => {
    const lying = { ignored: ['fsync', 'fdatasync'] };
    const figures = await new PowerCuts(scratch, new Chance(SEED), lying).suffer(CONTROL_STATES);
    printFigures('R2 control, a disk that does not sync', figures);
    expect(figures.losing).toBeGreaterThan(CONTROL_STATES / 10);
    expect(figures.broken).toBeGreaterThan(CONTROL_STATES / 20);
  },
  A_DAY,
);
