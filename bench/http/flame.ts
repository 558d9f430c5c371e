// A flame graph as SVG, the callers above: wide is what takes long.

export interface Frame {
  name: string;
  /** The package or folder; frames of one part have one colour. */
  part: string;
  time: number;
  below: readonly Frame[];
}

const [WIDTH, ROW, TOP] = [1200, 17, 40];
/** Narrower frames are left out: nobody could read them. */
const NARROWEST = 3;
const DEEPEST = 40;

interface Box {
  frame: Frame;
  x: number;
  width: number;
  depth: number;
}

export function flameGraph(title: string, root: Frame): string {
  const boxes = boxesOf(root);
  const deepest = Math.max(...boxes.map(({ depth }) => depth));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${TOP + (deepest + 1) * ROW}" font-family="sans-serif" font-size="11">`,
    '<style>text { fill: #111 } .title { fill: #222 } @media (prefers-color-scheme: dark) { .title { fill: #ddd } }</style>',
    `<text class="title" x="4" y="22" font-size="16">${title}</text>`,
    ...boxes.map((box) => drawn(box, root.time)),
    '</svg>',
    '',
  ].join('\n');
}

function boxesOf(root: Frame): Box[] {
  const boxes: Box[] = [];
  const place = (frame: Frame, x: number, depth: number): void => {
    const width = (frame.time / root.time) * WIDTH;
    if (width < NARROWEST || depth > DEEPEST) return;
    boxes.push({ frame, x, width, depth });
    let at = x;
    for (const below of frame.below.toSorted((one, other) => other.time - one.time)) {
      place(below, at, depth + 1);
      at += (below.time / root.time) * WIDTH;
    }
  };
  place(root, 0, 0);
  return boxes;
}

function drawn({ frame, x, width, depth }: Box, whole: number): string {
  const { name, part, time } = frame;
  const y = TOP + depth * ROW;
  const label = name.slice(0, Math.max(0, Math.floor(width / 6.5)));
  const said = `${escaped(name)} · ${escaped(part)} · ${((100 * time) / whole).toFixed(1)} %`;
  return `<g><title>${said}</title><rect x="${x.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" fill="${colourOf(part)}"/><text x="${(x + 2).toFixed(1)}" y="${y + 12}">${escaped(label)}</text></g>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** Ours is warm, everything else cool; one colour a part. */
function colourOf(part: string): string {
  let hash = 0;
  for (const character of part) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 60;
  return part.startsWith('src/') ? `hsl(${10 + (hash % 45)} 85% 68%)` : `hsl(${180 + hash} 45% 78%)`;
}
