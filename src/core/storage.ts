// What can go wrong with storage, in the words of every adapter: the office is told, and nothing is half done.

/** No room for what was to be written. Nothing was written; reading goes on. */
export class StorageFull extends Error {
  override name = 'StorageFull';
}

/** The store does not answer, or not yet again; whether the last write was kept is known once it does. */
export class StorageUnavailable extends Error {
  override name = 'StorageUnavailable';
}

/** Waits in milliseconds before each further attempt: quick at first, about ten seconds in all. */
const WAITS = [20, 50, 100, 200, 400, 800, 1000, 1500, 2000, 2000, 2000] as const;

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Repeats work that may be repeated without harm while the store is unavailable, then lets the last failure out. */
export async function patiently<T>(work: () => Promise<T>, waits: readonly number[] = WAITS): Promise<T> {
  for (const wait of waits) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) throw error;
      await pause(wait);
    }
  }
  return work();
}

/** What takes too long counts as unavailable; the work itself cannot be called back. */
export async function withinTime<T>(work: Promise<T>, ms: number, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new StorageUnavailable(message)), ms);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
