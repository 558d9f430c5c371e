// Waits until something holds.
import { pause } from '../../src/core/storage.js';

/** Tries until it holds; fails as the last try did. */
export async function eventually(expectation: () => void | Promise<void>, ms = 5_000): Promise<void> {
  const until = Date.now() + ms;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (Date.now() > until) throw error;
      await pause(5);
    }
  }
}
