// How events go into views: in batches, with a turn for others in between, and word of how far it is.

export const BATCH = 1000;

/** For views that nobody reads yet: the pages of each table are written less often. */
export const BATCH_BESIDE = 4000;

/** How long the views may lag while nobody asks for them. */
export const UNHURRIED_MS = 100;

export type Progress = (done: number, total: number) => void;

/** On an embedded store nothing in a batch waits for anything: without this, a long way is gone in one breath. */
export const turnOfOthers = (): Promise<void> => new Promise(setImmediate);
