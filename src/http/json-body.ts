// Reads JSON bodies: size, nesting depth and prototype keys are refused before anything else looks at them.
import type { FastifyInstance } from 'fastify';
import { parse } from 'secure-json-parse';
import { Rejection } from '../core/rejection.js';

export const MOST_BODY_BYTES = 1024 * 1024;
const MOST_DEPTH = 32;

const OPEN = new Set([0x7b, 0x5b]);
const CLOSE = new Set([0x7d, 0x5d]);
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Deepest nesting of a JSON text, without parsing it; stops counting past the limit. */
export function depthOf(bytes: Uint8Array, limit = MOST_DEPTH): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length && deepest <= limit; index++) {
    const byte = bytes[index] ?? 0;
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (OPEN.has(byte)) deepest = Math.max(deepest, ++depth);
    else if (CLOSE.has(byte)) depth--;
  }
  return deepest;
}

const malformed = (code: string, message: string): Rejection =>
  new Rejection('malformed', { errors: [{ path: '', code, message }] });

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return {};
  if (depthOf(bytes) > MOST_DEPTH)
    throw malformed('too-deep', `嵌套超过 ${MOST_DEPTH} 层 · nested deeper than ${MOST_DEPTH}`);
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw malformed('not-utf8', '不是 UTF-8 文本 · not UTF-8 text');
  }
  try {
    return parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    throw malformed('not-json', '不是有效的 JSON · not valid JSON');
  }
}

/** Takes the place of the framework's own parsers: JSON only. An empty body is an empty object. */
export function readJsonBodies(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit: MOST_BODY_BYTES },
    async (_: unknown, body: Buffer) => parseJson(body),
  );
}
