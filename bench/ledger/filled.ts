// Ledgers of different sizes, filled once with the made-up population and kept for later runs.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const KEPT = resolve(process.env['AID_BENCH_DATA'] ?? 'build/bench-data');

/** The folder of a ledger with so many payments. Nobody writes to it: who has to, takes a copy. */
export function filledWith(payments: number, told: (text: string) => void): string {
  const directory = join(KEPT, String(payments));
  if (existsSync(directory)) return directory;
  told(`filling a ledger with ${payments} payments, kept in ${KEPT}`);
  mkdirSync(KEPT, { recursive: true });
  const unfinished = `${directory}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  execFileSync(process.execPath, ['dist/cli.js', 'demo', '--payments', String(payments), '--data', unfinished], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  renameSync(unfinished, directory);
  return directory;
}

/** A copy to be written to, and thrown away; it is on disk, so that no measure meets a disk that is still busy with it. */
export function copyOf(directory: string): { directory: string; remove: () => void } {
  const copy = mkdtempSync(join(tmpdir(), 'aid-bench-'));
  cpSync(directory, copy, { recursive: true });
  execFileSync('sync');
  return { directory: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}
