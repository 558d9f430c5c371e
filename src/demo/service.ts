// Runs a part of the demo against a service of its own, which is stopped again whatever happens.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Client } from './client.js';

interface Ready {
  url: string;
  apiKey: string;
}

/** The service sees nothing of the environment but what is given here. */
export async function serving(
  ledger: string,
  catalogue: string,
  play: (client: Client) => Promise<void>,
): Promise<void> {
  const settings = { PORT: '0', AID_STORE: `sqlite:${ledger}`, AID_CATALOGUE: catalogue, LOG_LEVEL: 'silent' };
  const thread = new Worker(new URL('service.worker.js', import.meta.url), { workerData: settings });
  const ended = once(thread, 'exit');
  // `once` rejects where the thread fails before it is ready.
  const [ready] = (await once(thread, 'message')) as [Ready];
  try {
    await play(new Client(ready.url, ready.apiKey));
  } finally {
    thread.postMessage('stop');
    await ended;
  }
}
