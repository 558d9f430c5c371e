// Lists are paged by an opaque cursor: the key of the last row that the caller has.

export interface Page {
  limit: number;
  /** Key after which the page begins. */
  after: string | undefined;
}

export interface Paged<T> {
  items: T[];
  nextCursor: string | null;
}

export const encodeCursor = (key: string): string => Buffer.from(key).toString('base64url');

export const decodeCursor = (cursor: string): string => Buffer.from(cursor, 'base64url').toString();

/** Takes one row more than the page to know whether there is a next one. */
export function paged<R, T>(
  rows: readonly R[],
  limit: number,
  keyOf: (row: R) => string | number,
  show: (row: R) => T,
): Paged<T> {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: page.map(show), nextCursor: more ? encodeCursor(String(keyOf(last))) : null };
}
