// Lines of a stream, one at a time, with a bound on their length.
import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Rejection } from '../core/rejection.js';

const MOST_LINE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

/** On the one route that takes lines the body stays a stream: nothing of it is collected before it is read. */
export function readNdjsonBodies(server: FastifyInstance, route: string): void {
  server.addContentTypeParser(
    'application/x-ndjson',
    { bodyLimit: Number.MAX_SAFE_INTEGER },
    (request, payload, done) => {
      if (request.routeOptions.url === route) done(null, payload);
      else done(new Rejection('media-type-unsupported'));
    },
  );
}

/** In place of a line that is longer than it may be. */
export const TOO_LONG = Symbol('too long');

export type Line = Buffer | typeof TOO_LONG;

/** Blank lines count as lines and are passed on, so that numbers match the file; no line is held beyond the bound. */
export async function* linesOfStream(body: unknown): AsyncGenerator<Line> {
  if (!(body instanceof Readable)) throw new Rejection('media-type-unsupported');
  let rest: Buffer = Buffer.alloc(0);
  let overlong = false;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield overlong || end > MOST_LINE_BYTES ? TOO_LONG : bytes.subarray(0, end);
      overlong = false;
      bytes = bytes.subarray(end + 1);
    }
    overlong ||= bytes.length > MOST_LINE_BYTES;
    rest = overlong ? Buffer.alloc(0) : bytes;
  }
  if (overlong) yield TOO_LONG;
  else if (rest.length > 0) yield rest;
}

export async function* inBatches<T>(items: AsyncIterable<T>, most: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
