/** Characters after which what was collected is handed on. */
const enough = 1 << 16;

/** Few long pieces instead of many short ones. */
export function* joined(lines: Iterable<string>): Generator<string> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length >= enough) {
      yield text;
      text = '';
    }
  }
  if (text !== '') yield text;
}

/**
 * JSON in which every entry stands on a line of its own, down to so many levels, and what is deeper on one line: to be read by
 * eye and by line, and written without ever holding all of it.
 */
export function* jsonLines(value: unknown, levels: number): Generator<string> {
  const entries = levels === 0 ? [] : entriesOf(value);
  if (entries.length === 0) yield JSON.stringify(value);
  else {
    const [open, close] = Array.isArray(value) ? '[]' : '{}';
    for (const [index, [name, entry]] of entries.entries()) {
      yield `${index === 0 ? open : ','}\n${name === undefined ? '' : `${JSON.stringify(name)}: `}`;
      yield* jsonLines(entry, levels - 1);
    }
    yield `\n${close}`;
  }
}

function entriesOf(value: unknown): readonly (readonly [name: string | undefined, entry: unknown])[] {
  if (Array.isArray(value)) return value.map((entry) => [undefined, entry]);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).filter(([, entry]) => entry !== undefined);
}

/** A text file ends with the end of a line. */
export function* withEnd(lines: Iterable<string>): Generator<string> {
  yield* lines;
  yield '\n';
}
