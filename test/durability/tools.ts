// What the harnesses need of the machine; where it is missing the test is skipped and its name says why.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const runs = (command: string, args: readonly string[]): boolean => spawnSync(command, args).status === 0;

/** Asks for a real trace: a container may have strace and forbid it. */
export const canTrace = (): boolean => runs('strace', ['-o', '/dev/null', 'true']);

export const canFailCalls = (): boolean => runs('fiu-run', ['-x', '-f', '', 'true']);

export function canMount(): boolean {
  const directory = mkdtempSync(join(tmpdir(), 'aid-mount-'));
  const mounted = mountTmpfs(directory, '64k');
  if (mounted) unmount(directory);
  rmSync(directory, { recursive: true });
  return mounted;
}

export const mountTmpfs = (directory: string, size: string): boolean =>
  runs('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'aid-ledger-test', directory]);

/** At once: the driver lets go of a closed file only when its statements are collected. */
export const unmount = (directory: string): boolean => runs('umount', ['-l', directory]);

export const resize = (directory: string, size: string): boolean =>
  runs('mount', ['-o', `remount,size=${size}`, directory]);

/** In memory where the system offers it: a harness reopens thousands of files. */
export const scratchDirectory = (): string =>
  mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'aid-durability-'));

/** One line of figures, for people and for `npm run proof`. */
export const printFigures = (name: string, figures: object): void =>
  void process.stdout.write(
    `${name}: ${Object.entries(figures)
      .map(([word, figure]) => `${word} ${typeof figure === 'object' ? JSON.stringify(figure) : figure}`)
      .join(', ')}\n`,
  );
