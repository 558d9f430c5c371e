// How `npm start` starts the service: whatever is compared with it starts with the same options of the runtime.
import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
const [runtime, ...words] = scripts.start.split(' ');
if (runtime !== 'node') throw new Error(`npm start runs ${runtime}`);

/** The file to be run. */
export const MAIN = words.pop() ?? '';

export const RUNTIME_OPTIONS: readonly string[] = words;
