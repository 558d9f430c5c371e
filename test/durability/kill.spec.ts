// R1: a process that writes the log is killed with SIGKILL at random moments: nothing acknowledged is lost.
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../../src/sqlite/database.js';
import { newDirectory } from '../support/service.js';
import { Chance, SEED } from './chance.js';
import { inspect } from './inspection.js';
import { printFigures } from './tools.js';
import { startWriter, type Acknowledged, type Writing } from './writing.js';

const CYCLES = Number(process.env['AID_KILL_CYCLES'] ?? 100);
/** A fresh log after so many kills, so that each is read again in a moment. */
const KILLS_OF_ONE_LOG = 10;
const LONGEST_MS = 80;

const chance = new Chance(SEED);
const figures = { kills: 0, 'before ready': 0, acknowledged: 0, lost: 0, broken: 0, 'missed by the control': 0 };

test(`${CYCLES} kills of the writer lose no acknowledged event and leave the chain whole`, async () => {
  while (figures.kills < CYCLES) await sufferOneLog(Math.min(KILLS_OF_ONE_LOG, CYCLES - figures.kills));
  printFigures('R1 kill -9, log', { ...figures, seed: SEED });
  expect(figures).toMatchObject({ lost: 0, broken: 0, 'missed by the control': 0 });
  expect(figures.acknowledged).toBeGreaterThan(CYCLES);
}, 3_600_000);

async function sufferOneLog(kills: number): Promise<void> {
  const directory = newDirectory();
  const file = join(directory, 'ledger.db');
  const acknowledged: Acknowledged[] = [];
  for (let kill = 0; kill < kills; kill++) {
    acknowledged.push(...(await writeAndKill(file, `k${kill}`)));
    // Half the logs are not looked at between the kills, so that one killed writer recovers from another.
    if (chance.happens(0.5)) await hold(file, acknowledged);
  }
  await hold(file, acknowledged);
  figures.acknowledged += acknowledged.length;
  await control(directory, acknowledged);
  rmSync(directory, { recursive: true, force: true });
}

async function writeAndKill(file: string, run: string): Promise<Acknowledged[]> {
  const writing = startWriter({ file, run, checkpointPages: chance.pick([8, 100, 1000]), checkpointEveryMs: 5 });
  // One in ten dies while the log is being opened.
  if (!chance.happens(0.1)) await readyOf(writing);
  await new Promise((resolve) => setTimeout(resolve, chance.next() * LONGEST_MS));
  writing.child.kill('SIGKILL');
  const said = await writing.ended;
  expect(said).toMatchObject({ signal: 'SIGKILL', failures: [], full: [] });
  figures.kills++;
  if (!said.ready) figures['before ready']++;
  return said.acknowledged;
}

async function readyOf({ child, said, ended }: Writing): Promise<void> {
  const heard = (): Promise<unknown> => new Promise((resolve) => child.stdout?.once('data', resolve));
  while (!said.ready && child.exitCode === null) await Promise.race([heard(), ended]);
}

async function hold(file: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const { broken, lost } = await inspect(file, acknowledged);
  figures.lost += lost.length;
  if (broken !== undefined) figures.broken++;
  expect({ broken, lost }).toEqual({ broken: undefined, lost: [] });
}

/** Control: an acknowledged event taken out of a copy breaks the chain; the last ones cut off are missed all the same. */
async function control(directory: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const taken = acknowledged[chance.below(acknowledged.length - 1)];
  const last = acknowledged.at(-1);
  if (!taken || !last) throw new Error('nothing was acknowledged');
  const without = await inspectCopy(directory, `position = ${taken.position}`, acknowledged);
  if (without.broken === undefined) figures['missed by the control']++;
  const cut = await inspectCopy(directory, `position >= ${last.position}`, acknowledged);
  if (cut.lost[0]?.id !== last.id) figures['missed by the control']++;
}

async function inspectCopy(directory: string, without: string, acknowledged: readonly Acknowledged[]) {
  const copy = newDirectory();
  cpSync(directory, copy, { recursive: true });
  const file = join(copy, 'ledger.db');
  const database = openDatabase(file);
  database.exec(`delete from event where ${without}`);
  database.close();
  const inspection = await inspect(file, acknowledged);
  rmSync(copy, { recursive: true, force: true });
  return inspection;
}
