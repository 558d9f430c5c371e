// Chance that is the same every time: a number for a seed, a thing and a question about it.

/** From 0 up to, not including, `below`. */
export function draw(below: number, seed: number, thing: number, question: number): number {
  return Math.floor((mixed(mixed(mixed(seed) ^ thing) ^ question) / 2 ** 32) * below);
}

/** Every bit of the answer depends on every bit asked (the finaliser of MurmurHash3). */
function mixed(number: number): number {
  let hash = (number + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
