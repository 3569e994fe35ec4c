/**
 * A constant file as it travels: without its comments, which stand in `stacks/payload/` for whoever reads them and would be a fifth of a
 * payload. A comment is a whole line that begins with `#` after blanks; the first line of a script is none. Shell, systemd, nftables, sshd,
 * Caddyfile, chrony, tinyproxy, sysctl and apt all read such a line as nothing.
 *
 * @throws where that is not certain: in a here-document, and after a line that goes on (`\`).
 */
export function withoutComments(path: string, content: string): string {
  const lines = content.split('\n');
  const comment = (line: string | undefined, index: number) =>
    line !== undefined && /^[ \t]*#/.test(line) && !(index === 0 && line.startsWith('#!'));
  const kept = lines.filter((line, index) => {
    if (!comment(line, index)) return true;
    if (lines[index - 1]?.endsWith('\\'))
      throw new Error(`${path}, line ${index + 1}: a comment after a line that goes on; write it before that line`);
    return false;
  });
  if (kept.length < lines.length && /<<-?\s*["'\\]?[A-Za-z_]/.test(content))
    throw new Error(`${path} has comments and a here-document, where a line with # is text; do without one of them`);
  return kept.join('\n');
}
