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

/** Blank lines count as lines and are passed on, so that numbers match the file. */
export async function* linesOfStream(body: unknown): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) throw new Rejection('media-type-unsupported');
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE)) {
      yield bytes.subarray(0, end);
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > MOST_LINE_BYTES) throw new Rejection('body-too-large');
    rest = bytes;
  }
  if (rest.length > 0) yield rest;
}
