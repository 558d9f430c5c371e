// A line chart as SVG, both axes logarithmic: what grows with the ledger climbs, what does not lies flat.

export interface Line {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
}

const [WIDTH, HEIGHT] = [760, 420];
const PLOT = { left: 70, right: 560, top: 50, bottom: 360 };
/** Told apart also by who sees no red or green (Okabe and Ito). */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];

export function chart(title: string, xLabel: string, yLabel: string, lines: readonly Line[]): string {
  const points = lines.flatMap((line) => line.points);
  const x = scale(
    points.map(([value]) => value),
    PLOT.left,
    PLOT.right,
  );
  const y = scale(
    points.map(([, value]) => value),
    PLOT.bottom,
    PLOT.top,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    '<style>text { fill: #222 } .grid { stroke: #8884 } @media (prefers-color-scheme: dark) { text { fill: #ddd } }</style>',
    text(PLOT.left, 26, title, 'font-size="16"'),
    ...x.decades.map((value) => vertical(x.at(value), value)),
    ...y.decades.map((value) => horizontal(y.at(value), value)),
    text((PLOT.left + PLOT.right) / 2, HEIGHT - 16, xLabel, 'text-anchor="middle"'),
    text(16, PLOT.top - 8, yLabel),
    ...lines.map((line, index) => drawn(line, COLOURS[index % COLOURS.length] ?? '', index, x.at, y.at)),
    '</svg>',
    '',
  ].join('\n');
}

interface Scale {
  at: (value: number) => number;
  decades: readonly number[];
}

/** From the power of ten at or below the least value to the one at or above the greatest. */
function scale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const at = (value: number): number => from + ((Math.log10(value) - low) / (high - low)) * (to - from);
  return { at, decades: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)) };
}

function drawn({ name, points }: Line, colour: string, index: number, x: Scale['at'], y: Scale['at']): string {
  const path = points.map(([px, py]) => `${x(px).toFixed(1)},${y(py).toFixed(1)}`).join(' ');
  const dots = points.map(
    ([px, py]) => `<circle cx="${x(px).toFixed(1)}" cy="${y(py).toFixed(1)}" r="3.5" fill="${colour}"/>`,
  );
  const legend = PLOT.top + 20 + index * 22;
  return [
    `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...dots,
    `<circle cx="${PLOT.right + 30}" cy="${legend - 4}" r="5" fill="${colour}"/>`,
    text(PLOT.right + 42, legend, name),
  ].join('\n');
}

const vertical = (at: number, value: number): string =>
  `<line class="grid" x1="${at}" y1="${PLOT.top}" x2="${at}" y2="${PLOT.bottom}"/>\n${text(at, PLOT.bottom + 20, value.toLocaleString('en'), 'text-anchor="middle"')}`;

const horizontal = (at: number, value: number): string =>
  `<line class="grid" x1="${PLOT.left}" y1="${at}" x2="${PLOT.right}" y2="${at}"/>\n${text(PLOT.left - 8, at + 4, String(value), 'text-anchor="end"')}`;

const text = (x: number, y: number, words: string, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${words}</text>`;
