/**
 * A systemd `EnvironmentFile=` (systemd.exec(5)): `NAME=value` lines, `#` and `;` comments, single and double quotes,
 * backslash continuation. Nothing is expanded. Lines of another form are ignored, as systemd does.
 */
export function parseEnvironmentFile(
  text: string,
): { readonly name: string; readonly value: string; readonly line: number }[] {
  const entries: { name: string; value: string; line: number }[] = [];
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index += 1) {
    const start = index;
    const pieces: string[] = [];
    let piece = (lines[index] ?? '').replace(/\r$/, '');
    while (goesOn(piece) && index + 1 < lines.length) {
      pieces.push(piece.slice(0, -1));
      index += 1;
      piece = (lines[index] ?? '').replace(/\r$/, '');
    }
    const line = [...pieces, piece].join('');
    const found = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(line);
    if (found?.[1] === undefined) continue;
    entries.push({ name: found[1], value: unquote((found[2] ?? '').trim()), line: start + 1 });
  }
  return entries;
}

/** An odd number of backslashes at the end. */
function goesOn(line: string): boolean {
  let count = 0;
  while (line[line.length - 1 - count] === '\\') count += 1;
  return count % 2 === 1;
}

function unquote(text: string): string {
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'")) return text.slice(1, -1);
  if (text.length >= 2 && text.startsWith('"') && text.endsWith('"'))
    return text.slice(1, -1).replace(/\\(["\\$`])/g, '$1');
  return text.replace(/\\(.)/g, '$1');
}
