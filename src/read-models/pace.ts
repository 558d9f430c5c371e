// How events go into views: in batches, with a turn for others in between, and word of how far it is.

export const BATCH = 1000;

/** Events that the views take in a moment, so that whoever asks for something just then hardly notices. */
const SLICE = 32;

/** A short way is gone in slices; on a long one a batch costs each event less. */
export const strideOver = (events: number): number => (events > 8 * SLICE ? BATCH : SLICE);

/** For views that nobody reads yet: the pages of each table are written less often. */
export const BATCH_BESIDE = 4000;

/** How long the views may lag while nobody asks for them. */
export const UNHURRIED_MS = 100;

export type Progress = (done: number, total: number) => void;

/** On an embedded store nothing in a batch waits for anything: without this, a long way is gone in one breath. */
export const turnOfOthers = (): Promise<void> => new Promise(setImmediate);
