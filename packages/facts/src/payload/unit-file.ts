/** One `Key=value` of a unit file with the section it stands in. */
export interface UnitEntry {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  readonly line: number;
}

/**
 * Reads the syntax all systemd files share (systemd.syntax(7)): sections, `Key=value`, `#` and `;` comments, continuation by a
 * backslash at the end of a line (comments in between are skipped). Lines of another form are left out, as systemd does.
 */
export function parseUnitFile(text: string): UnitEntry[] {
  const entries: UnitEntry[] = [];
  const lines = text.split('\n');
  let section = '';
  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    const first = trimmed(lines[index]);
    if (first === '' || isComment(first)) continue;
    const header = /^\[([^[\]]+)\]$/.exec(first);
    if (header?.[1] !== undefined) {
      section = header[1];
      continue;
    }
    const pieces: string[] = [];
    let piece = first;
    while (piece.endsWith('\\') && index + 1 < lines.length) {
      pieces.push(piece.slice(0, -1));
      do {
        index += 1;
        piece = trimmed(lines[index]);
      } while (isComment(piece) && index + 1 < lines.length);
    }
    pieces.push(piece);
    const whole = pieces.join(' ');
    const equals = whole.indexOf('=');
    if (equals <= 0) continue;
    entries.push({
      section,
      key: whole.slice(0, equals).trim(),
      value: whole.slice(equals + 1).trim(),
      line: start + 1,
    });
  }
  return entries;
}

const trimmed = (line: string | undefined): string => (line ?? '').trim();
const isComment = (line: string): boolean => line.startsWith('#') || line.startsWith(';');

/**
 * The values of a list setting: an empty assignment drops what stood before it (systemd.syntax(7)). Values that hold several
 * words are split unless `whole` is set.
 */
export function valuesOf(entries: readonly UnitEntry[], section: string, key: string, whole = false): string[] {
  let values: string[] = [];
  for (const entry of entries) {
    if (entry.section !== section || entry.key !== key) continue;
    if (entry.value === '') values = [];
    else values.push(...(whole ? [entry.value] : splitWords(entry.value)));
  }
  return values;
}

/** Splits like systemd does (systemd.syntax(7), Quoting): blanks, single and double quotes, C-style escapes left as they are. */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  const pattern = /"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|((?:[^\s"'\\]|\\.)+)|(\s+)|(.)/gsy;
  let current: string | undefined;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    if (found[4] !== undefined) {
      if (current !== undefined) words.push(current);
      current = undefined;
    } else {
      const piece = found[1] ?? found[2] ?? found[3] ?? found[5] ?? '';
      current = (current ?? '') + piece.replace(/\\([\s"'\\])/g, '$1');
    }
  }
  if (current !== undefined) words.push(current);
  return words;
}
