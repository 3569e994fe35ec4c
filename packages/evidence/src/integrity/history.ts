import { type HistoryEntry, historyEntry } from '@lukko/formats';
import { canonical, nothing, sha256 } from '../canonical.ts';

/** Name of the file that holds one line per export before this one. */
export const historyFile = 'history.jsonl';

/** The exports before, with one more behind them. */
export function extend(
  history: readonly HistoryEntry[],
  last: { readonly asOf: string; readonly sums: string },
): readonly HistoryEntry[] {
  const body = {
    sequence: history.length,
    asOf: last.asOf,
    sums: last.sums,
    previous: history.at(-1)?.digest ?? nothing,
  };
  return [...history, { ...body, digest: sha256(canonical(body)) }];
}

export function printHistory(history: readonly HistoryEntry[]): string {
  return history.map((entry) => `${canonical(entry)}\n`).join('');
}

/** @returns the entries, or why they are no chain. */
export function readHistory(text: string): readonly HistoryEntry[] | { readonly problem: string } {
  const entries: HistoryEntry[] = [];
  const lines = text.split('\n');
  if (lines.pop() !== '') return { problem: 'the last line has no end' };
  for (const [index, line] of lines.entries()) {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return { problem: `line ${index + 1} is not JSON` };
    }
    const parsed = historyEntry.safeParse(value);
    if (!parsed.success) return { problem: `line ${index + 1} is no entry of a history` };
    const { digest, ...body } = parsed.data;
    if (body.sequence !== index)
      return { problem: `line ${index + 1}: expected export ${index}, found ${body.sequence}` };
    if (body.previous !== (entries.at(-1)?.digest ?? nothing))
      return { problem: `line ${index + 1} does not continue the one before it` };
    if (sha256(canonical(body)) !== digest) return { problem: `line ${index + 1} was changed after it was written` };
    entries.push(parsed.data);
  }
  return entries;
}
