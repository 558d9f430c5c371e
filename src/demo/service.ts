// The services that the demo plays against: real ones, each in a thread and on a ledger of its own.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Client } from './client.js';

export interface DemoService {
  client: Client;
  stop(): Promise<void>;
}

/** The service sees nothing of the environment but what is given here. */
export async function start(ledger: Record<string, string>, catalogue: string): Promise<DemoService> {
  const settings = { ...ledger, PORT: '0', AID_CATALOGUE: catalogue, LOG_LEVEL: 'silent' };
  const thread = new Worker(new URL('service.worker.js', import.meta.url), { workerData: settings });
  const ended = new Promise<void>((resolve) => void thread.once('exit', () => resolve()));
  // Rejects where the thread fails before it is ready.
  const [{ url, apiKey }] = (await once(thread, 'message')) as [{ url: string; apiKey: string }];
  // A demo that fails ends the process, and the thread with it.
  thread.unref();
  const stop = async (): Promise<void> => {
    thread.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
    thread.postMessage('stop');
    await ended;
  };
  return { client: new Client(url, apiKey), stop };
}
