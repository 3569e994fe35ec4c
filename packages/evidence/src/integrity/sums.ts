/** Every file of a bundle but these two is listed; this one lists, and the other signs it. */
export const sumsFile = 'SHA256SUMS';
export const signatureFile = 'SHA256SUMS.sig';

export interface Sum {
  readonly path: string;
  readonly sha256: string;
}

/** In the form of sha256sum(1), sorted by code units of the path: one list has one text. */
export function printSums(sums: readonly Sum[]): string {
  return sorted(sums)
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('');
}

export function sorted<T extends { readonly path: string }>(entries: readonly T[]): readonly T[] {
  return [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** @returns the entries as they stand, or the first line that is none. */
export function readSums(text: string): readonly Sum[] | { readonly line: number; readonly problem: string } {
  const lines = text.split('\n');
  if (lines.pop() !== '') return { line: lines.length + 1, problem: 'the last line has no end' };
  const sums: Sum[] = [];
  for (const [index, line] of lines.entries()) {
    const [, sha256, path] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined)
      return { line: index + 1, problem: 'expected 64 hexadecimal digits, two blanks and a path' };
    sums.push({ path, sha256 });
  }
  return sums;
}
