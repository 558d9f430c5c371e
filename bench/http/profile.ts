// Where the time of a payment goes: the service under load with the sampling profiler of Node.js, by part and as a flame graph.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measure, RunOptions } from '../measure.js';
import { bytesOf, drive } from './driver.js';
import { flameGraph, type Frame } from './flame.js';
import { foundSchool, serve } from './ledger.js';
import { paymentsOf } from './payments.js';

const GRAPH = 'docs/reference/profile.svg';
const SECONDS = 8;
const STUDENTS = 2000;
/** Smaller parts are summed up. */
const LEAST_SHARE = 0.01;

interface ProfileNode {
  id: number;
  callFrame: { functionName: string; url: string };
  children?: number[];
}

interface Profile {
  nodes: ProfileNode[];
  samples: number[];
  /** Microseconds. */
  timeDeltas: number[];
}

/** The profile of a service, and the part of its life in which it was under load. */
async function profiled(): Promise<{ profile: Profile; from: number; to: number }> {
  const directory = mkdtempSync(join(tmpdir(), 'aid-bench-'));
  try {
    const born = performance.now();
    const options = ['--cpu-prof', `--cpu-prof-dir=${join(directory, 'profile')}`];
    const target = await serve('ledger', directory, undefined, options);
    await foundSchool(target.client);
    const requests = [...paymentsOf(await target.newStudents(STUDENTS), target.headers)].map(bytesOf).values();
    const started = performance.now();
    await drive(target.port, requests, SECONDS);
    const ended = performance.now();
    await target.stop();
    const life = performance.now() - born;
    const [file = ''] = readdirSync(join(directory, 'profile'));
    const profile = JSON.parse(readFileSync(join(directory, 'profile', file), 'utf8')) as Profile;
    return { profile, from: (started - born) / life, to: (ended - born) / life };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Microseconds of each node within a part of the profile. */
function selfTimes({ samples, timeDeltas }: Profile, from: number, to: number): Map<number, number> {
  const whole = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const times = new Map<number, number>();
  let at = 0;
  samples.forEach((id, index) => {
    const delta = timeDeltas[index] ?? 0;
    at += delta;
    if (at >= from * whole && at <= to * whole) times.set(id, (times.get(id) ?? 0) + delta);
  });
  return times;
}

/** A package, a folder of ours, a part of Node.js; what has no place of its own belongs to its caller. */
function partOf({ functionName, url }: ProfileNode['callFrame']): string | undefined {
  const [, ofPackage] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (ofPackage !== undefined) return ofPackage;
  const [, ours] = /\/dist\/([^/]+(?:\/(?:sqlite|postgres))?)/.exec(url) ?? [];
  if (ours !== undefined) return `src/${ours.replace(/\.js$/, '')}`;
  if (url.startsWith('node:')) return url.replace('node:internal/', 'node:').split('/')[0] ?? url;
  return functionName === '(garbage collector)' || functionName === '(idle)' ? functionName : undefined;
}

function byPart({ nodes }: Profile, times: ReadonlyMap<number, number>): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parts = new Map<string, number>();
  const visit = (node: ProfileNode, caller: string): void => {
    const part = partOf(node.callFrame) ?? caller;
    parts.set(part, (parts.get(part) ?? 0) + (times.get(node.id) ?? 0));
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next) visit(next, part);
    }
  };
  if (nodes[0]) visit(nodes[0], 'Node.js itself');
  return parts;
}

function framesOf({ nodes }: Profile, times: ReadonlyMap<number, number>): Frame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const frame = ({ id, callFrame, children = [] }: ProfileNode): Frame => {
    const below = children.flatMap((child) => byId.get(child) ?? []).map(frame);
    const time = below.reduce((sum, one) => sum + one.time, times.get(id) ?? 0);
    return { name: callFrame.functionName || '(anonymous)', part: partOf(callFrame) ?? '', time, below };
  };
  const [root] = nodes;
  if (!root) throw new Error('the profile is empty');
  return frame(root);
}

async function run({ told }: RunOptions) {
  const { profile: recorded, from, to } = await profiled();
  const times = selfTimes(recorded, from, to);
  const parts = byPart(recorded, times);
  const whole = [...parts.values()].reduce((sum, time) => sum + time, 0);
  told(`${(whole / 1e6).toFixed(1)} s of samples`);
  writeFileSync(GRAPH, flameGraph('记录发放时的时间去向 Where the time of recording goes', framesOf(recorded, times)));
  const shown = [...parts].filter(([, time]) => time / whole >= LEAST_SHARE).sort(([, one], [, other]) => other - one);
  const rest = whole - shown.reduce((sum, [, time]) => sum + time, 0);
  return {
    figures: [...shown, ['everything else', rest] as const].map(([name, time]) => ({
      name,
      unit: '%',
      rounds: [(100 * time) / whole],
    })),
    goals: [],
    remarks: [
      `Own time of each part, native code counted for who called it, in ${SECONDS} s under 32 connections; one payment a request.`,
    ],
  };
}

export const profile: Measure = { id: 'profile', says: 'where the time of recording goes', run };
