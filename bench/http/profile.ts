// Where the time of a payment goes: the service under load with the sampling profiler of Node.js, by step and as a flame graph.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileOf, sendLines } from '../ledger/bulk.js';
import type { Figure, Measure, RunOptions } from '../measure.js';
import { bytesOf, drive } from './driver.js';
import { flameGraph, type Frame } from './flame.js';
import { foundSchool, serve, type LedgerTarget } from './ledger.js';
import { paymentsOf } from './payments.js';

const GRAPH = 'docs/reference/profile.svg';
const SECONDS = 8;
const STUDENTS = 2000;

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

/** Prepares work for a service, and answers with how to do it. */
type Work = (target: LedgerTarget) => Promise<() => Promise<unknown>>;

const oneARequest: Work = async ({ newStudents, headers, port }) => {
  const requests = [...paymentsOf(await newStudents(STUDENTS), headers)].map(bytesOf).values();
  return () => drive(port, requests, SECONDS);
};

const inBulk: Work = async (target) => {
  const lines = await fileOf(target);
  return async () => {
    await sendLines(target, lines);
    await target.total?.();
  };
};

interface Profiled {
  nodes: readonly ProfileNode[];
  /** Microseconds of each node by its id. */
  times: ReadonlyMap<number, number>;
}

/** The profile of a service while it does the work. */
async function profiled(work: Work): Promise<Profiled> {
  const directory = mkdtempSync(join(tmpdir(), 'aid-bench-'));
  try {
    const born = performance.now();
    const options = ['--cpu-prof', `--cpu-prof-dir=${join(directory, 'profile')}`];
    const target = await serve('ledger', directory, undefined, options);
    await foundSchool(target.client);
    const doIt = await work(target);
    const started = performance.now();
    await doIt();
    const ended = performance.now();
    await target.stop();
    const life = performance.now() - born;
    const [file = ''] = readdirSync(join(directory, 'profile'));
    const profile = JSON.parse(readFileSync(join(directory, 'profile', file), 'utf8')) as Profile;
    return { nodes: profile.nodes, times: selfTimes(profile, (started - born) / life, (ended - born) / life) };
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

/** What the code at a place is for; the first that fits. What fits none, as `src/core`, is for what its caller is for. */
const STEPS: readonly (readonly [RegExp, string])[] = [
  [/class-validator|class-transformer|\/validator\/|validation\.pipe/, 'what was sent: validation'],
  [/\.projection\.js|\/dist\/(read-models|totals|tables)\//, 'views: register, student, movements, totals'],
  [/\/dist\/(event-store|sqlite)\//, 'log: known commands, hash, append, sync'],
  [/\/dist\/(access|keys)\/|access\.guard|command-context|rate-limit/, 'who asks, under which key, digests'],
  [/\/dist\/(students|entitlements|policies|schools)\//, 'decision: facts, law, money'],
];
const FRAMEWORK = 'HTTP, JSON, Nest';
const OF_NODE: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'memory: garbage collector'],
  ['(idle)', 'idle'],
]);

const stepOf = ({ functionName, url }: ProfileNode['callFrame']): string | undefined =>
  OF_NODE.get(functionName) ?? STEPS.find(([place]) => place.test(url))?.[1];

function byStep({ nodes, times }: Profiled): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const steps = new Map<string, number>();
  const visit = (node: ProfileNode, ofCaller: string): void => {
    const step = stepOf(node.callFrame) ?? ofCaller;
    steps.set(step, (steps.get(step) ?? 0) + (times.get(node.id) ?? 0));
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next) visit(next, step);
    }
  };
  if (nodes[0]) visit(nodes[0], FRAMEWORK);
  return steps;
}

function framesOf({ nodes, times }: Profiled): Frame {
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

function sharesOf(way: string, steps: ReadonlyMap<string, number>): Figure[] {
  const whole = [...steps.values()].reduce((sum, time) => sum + time, 0);
  return [...steps]
    .sort(([, one], [, other]) => other - one)
    .map(([step, time]) => ({ name: `${way}: ${step}`, unit: '%', rounds: [(100 * time) / whole] }));
}

async function run({ told }: RunOptions) {
  told('one a request');
  const single = await profiled(oneARequest);
  writeFileSync(GRAPH, flameGraph('记录发放时的时间去向 Where the time of recording goes', framesOf(single)));
  told('in bulk');
  const bulk = await profiled(inBulk);
  return {
    figures: [...sharesOf('one a request', byStep(single)), ...sharesOf('in bulk', byStep(bulk))],
    goals: [],
    remarks: [
      `Time of the service's one thread by what it is for, libraries and native code counted for who called them: payments one a request for ${SECONDS} s under 32 connections, and a file of them in bulk.`,
    ],
  };
}

export const profile: Measure = { id: 'profile', says: 'where the time of recording goes', run };
