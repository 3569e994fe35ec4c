/** Longest message a finding may carry: it must fit a line of a terminal, a pull request, a table cell. */
export const messageLimit = 120;

/** The first candidate that fits a message; when none does, the last one is cut with an ellipsis. */
export function fit(...candidates: readonly [string, ...string[]]): string {
  const fitting = candidates.find((candidate) => candidate.length <= messageLimit);
  if (fitting !== undefined) return fitting;
  const last = candidates[candidates.length - 1] as string;
  return `${last.slice(0, messageLimit - 1).trimEnd()}…`;
}

/** Cuts a text from the input in the middle, so that both its start and its end can still be recognised. */
export function short(text: string, length = 48): string {
  if (text.length <= length) return text;
  const half = Math.floor((length - 1) / 2);
  return `${text.slice(0, half)}…${text.slice(text.length - half)}`;
}
