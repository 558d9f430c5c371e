// Tables of text for terminals: columns line up although a Chinese character is two columns wide.

export interface Column<Row> {
  zh: string;
  en: string;
  /** Amounts and counts. */
  right?: boolean;
  cell: (row: Row) => string;
}

/** Chinese, Japanese and Korean letters, their punctuation and full-width forms. */
const WIDE =
  /[\u1100-\u115F\u2E80-\u303E\u3041-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF01-\uFF60\uFFE0-\uFFE6\u{20000}-\u{3FFFD}]/u;

/** Columns that a text takes on a terminal. */
export const widthOf = (text: string): number =>
  [...text].reduce((width, character) => width + (WIDE.test(character) ? 2 : 1), 0);

export const padded = (text: string, width: number, right = false): string => {
  const space = ' '.repeat(Math.max(width - widthOf(text), 0));
  return right ? space + text : text + space;
};

/** Two lines of heads, a rule, the rows and, after another rule, the last row where it is a total. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], total?: Row): string[] {
  const all = total === undefined ? rows : [...rows, total];
  const widths = columns.map(({ zh, en, cell }) =>
    Math.max(widthOf(zh), widthOf(en), ...all.map((row) => widthOf(cell(row)))),
  );
  const line = (textOf: (column: Column<Row>) => string): string =>
    columns
      .map((column, index) => padded(textOf(column), widths[index] ?? 0, column.right))
      .join('  ')
      .trimEnd();
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [
    line(({ zh }) => zh),
    line(({ en }) => en),
    rule,
    ...rows.map((row) => line(({ cell }) => cell(row))),
    ...(total === undefined ? [] : [...(rows.length > 0 ? [rule] : []), line(({ cell }) => cell(total))]),
  ];
}
