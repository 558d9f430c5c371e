// Items by key.

/** The last element of each key, in the order of first appearance. */
export function lastByKey<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T> {
  const last = new Map<string, T>();
  for (const item of items) last.set(keyOf(item), item);
  return last;
}

/** Items by key, in the order in which the keys first appear. */
export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
