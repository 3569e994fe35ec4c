/** Lines of context around a change. */
const context = 3;

/**
 * What changes from one text to another, as a unified diff without headers; runs of unchanged lines become `…`. Longest common
 * subsequence of lines (https://en.wikipedia.org/wiki/Longest_common_subsequence), for texts of a page's length.
 */
export function lineDiff(before: string, after: string): string {
  const a = before.trimEnd().split('\n');
  const b = after.trimEnd().split('\n');
  const rows = marked(a, b, commonLengths(a, b));
  const near = rows.map((_, index) =>
    rows.slice(Math.max(0, index - context), index + context + 1).some((row) => row[0] !== ' '),
  );
  const shown: string[] = [];
  for (const [index, row] of rows.entries()) {
    if (near[index]) shown.push(row.trimEnd());
    else if (shown.at(-1) !== '  …') shown.push('  …');
  }
  return shown.join('\n');
}

/** `table[i][j]`: how many lines the rests from `i` and `j` have in common, in order. */
function commonLengths(a: readonly string[], b: readonly string[]): readonly (readonly number[])[] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const row = table[i] as number[];
      row[j] = a[i] === b[j] ? at(table, i + 1, j + 1) + 1 : Math.max(at(table, i + 1, j), at(table, i, j + 1));
    }
  }
  return table;
}

function marked(a: readonly string[], b: readonly string[], table: readonly (readonly number[])[]): readonly string[] {
  const rows: string[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      rows.push(`  ${a[i++]}`);
      j++;
    } else if (j >= b.length || (i < a.length && at(table, i + 1, j) >= at(table, i, j + 1))) rows.push(`- ${a[i++]}`);
    else rows.push(`+ ${b[j++]}`);
  }
  return rows;
}

function at(table: readonly (readonly number[])[], i: number, j: number): number {
  return table[i]?.[j] ?? 0;
}
