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

/**
 * A key that stands twice in one object of a JSON text: programs disagree on which one counts, so neither does. The
 * text is JSON already; keys are compared as what they mean, `"a"` and `"\\u0061"` alike.
 */
export function duplicateKeyIn(text: string): string | undefined {
  // One entry an open bracket: the keys of an object, nothing for a list.
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{') open.push(new Set());
    else if (character === '[') open.push(undefined);
    else if (character === '}' || character === ']') open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) {
        const key = meaningOf(text.slice(at, end));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return undefined;
}

/** The place after the closing quote of the string that begins at a place. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const character = text[at];
    if (character === undefined || character === '"') return at + 1;
    if (character === '\\') at++;
  }
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at] ?? '')) at++;
  return text[at] === ':';
}

const meaningOf = (quoted: string): string =>
  quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);

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
  let value: unknown;
  try {
    value = parse(text, undefined, { protoAction: 'error', constructorAction: 'error' });
  } catch {
    throw malformed('not-json', '不是有效的 JSON · not valid JSON');
  }
  const twice = duplicateKeyIn(text);
  if (twice !== undefined) throw malformed('duplicate-key', '同一对象中有重复的字段 · an object names a field twice');
  return value;
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
