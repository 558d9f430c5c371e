// The transcript of the demo: short lines, Chinese first; colours on a terminal only.
import { styleText } from 'node:util';
import type { YuanText } from '../core/money.js';

type Style = Parameters<typeof styleText>[0];

const COLOURED = process.stdout.isTTY && !process.env['NO_COLOR'];

const styled = (style: Style, text: string): string => (COLOURED ? styleText(style, text) : text);

let chapters = 0;

export function chapter(zh: string, en: string): void {
  console.log(`\n${styled(['bold', 'cyan'], `${++chapters}. ${zh}`)}  ${styled('cyan', en)}`);
}

export const line = (text = ''): void => console.log(text === '' ? '' : `   ${text}`);
export const lines = (texts: readonly string[]): void => texts.forEach(line);
export const remark = (text: string): void => line(styled('dim', text));
/** What the service recorded. */
export const done = (text: string): void => line(`${styled('green', '✓')} ${text}`);
/** What the service refused, as it should. */
export const refused = (text: string): void => line(`${styled('yellow', '✗')} ${text}`);

/** The demo's own arithmetic does not hold: it ends here. */
export class DemoMismatch extends Error {
  override name = 'DemoMismatch';
}

type Figure = YuanText | number | null | undefined;

export function demandEqual(what: string, expected: Figure, found: Figure): void {
  if (String(expected) !== String(found))
    throw new DemoMismatch(`${what}: 应为 expected ${expected}, 台账为 the ledger says ${found}`);
}

/** Prints a figure of the ledger that must be what it is. */
export function equal(what: string, expected: Figure, found: Figure): void {
  demandEqual(what, expected, found);
  done(`${what} ${found}`);
}
