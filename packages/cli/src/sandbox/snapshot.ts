import { HEADER } from './log-file.ts';

/** A snapshot as it is stored: the lines of a log that holds each object once. */
export function snapshotText(lines: Iterable<string>): string {
  return [HEADER, ...lines].map((line) => `${line}\n`).join('');
}

/** The lines of a snapshot or of a log, or undefined when a text is neither. One without its end is left out, as in a log. */
export function snapshotLines(text: string): readonly string[] | undefined {
  if (!text.startsWith(`${HEADER}\n`)) return undefined;
  return text
    .slice(HEADER.length + 1, text.lastIndexOf('\n'))
    .split('\n')
    .filter((line) => line !== '');
}
