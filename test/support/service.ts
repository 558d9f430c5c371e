// A real service for tests: real SQLite files in a folder of its own, requests injected without a socket.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config.js';
import { Clock } from '../../src/core/clock.js';
import { startService, type Service } from '../../src/service.js';
import { disposeDouble, storeOf } from './stores.js';

export const KEY = 'test-key';

/** A clock that stands where it is put. */
export class FixedClock extends Clock {
  constructor(public instant = '2026-11-22T08:00:00.000Z') {
    super();
  }

  override now(): Date {
    return new Date(this.instant);
  }
}

export const newDirectory = (): string => mkdtempSync(join(tmpdir(), 'aid-ledger-'));

export interface Response {
  status: number;
  // Answers are read field by field in the tests; what they are is what the tests say.
  body: Body;
  headers: Record<string, unknown>;
  text: string;
}

export interface Body {
  [field: string]: Body;
}

export interface TestService {
  service: Service;
  directory: string;
  clock: FixedClock;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export interface TestServiceOptions {
  catalogue?: string;
  directory?: string;
  clock?: FixedClock;
  /** Configuration besides the usual. */
  environment?: Record<string, string>;
}

export async function startTestService(options: TestServiceOptions = {}): Promise<TestService> {
  const { catalogue = 'none', directory = newDirectory(), clock = new FixedClock(), environment = {} } = options;
  const config = readConfig({
    ...(await storeOf(directory)),
    AID_CATALOGUE: catalogue,
    AID_BOOTSTRAP_KEY: KEY,
    LOG_LEVEL: 'silent',
    ...environment,
  });
  const service = await startService(config, { clock, listen: false });
  const request = async (
    method: 'GET' | 'POST',
    url: string,
    payload: string | undefined,
    headers: Record<string, string>,
  ) => {
    const reply = await service.app.inject({
      method,
      url,
      ...(payload !== undefined && { payload }),
      headers: {
        authorization: `Bearer ${KEY}`,
        ...(payload !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
    });
    const isJson =
      String(reply.headers['content-type']).includes('json') &&
      !String(reply.headers['content-type']).includes('ndjson');
    return {
      status: reply.statusCode,
      body: isJson ? reply.json<Body>() : {},
      headers: reply.headers,
      text: reply.payload,
    };
  };
  return {
    service,
    directory,
    clock,
    get: (path, headers = {}) => request('GET', path, undefined, headers),
    post: (path, body, headers = {}) =>
      request('POST', path, typeof body === 'string' ? body : JSON.stringify(body), headers),
    async stop() {
      await service.stop();
      if (options.directory) return;
      rmSync(directory, { recursive: true, force: true });
      await disposeDouble();
    },
  };
}
