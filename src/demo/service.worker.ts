// The demo's service in a thread of its own, so that client and service have a core each. It stops when told anything.
import { parentPort, workerData } from 'node:worker_threads';
import { readConfig } from '../config.js';
import { startService } from '../service.js';

const service = await startService(readConfig(workerData as NodeJS.ProcessEnv));
parentPort?.once('message', () => void service.stop());
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origins
parentPort?.postMessage({ url: service.url, apiKey: service.installation.bootstrapKey });
