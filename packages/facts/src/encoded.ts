import { gunzipSync } from 'node:zlib';
import { byText } from './memo.ts';

/** A text that stands in base64 inside another one. */
export interface Encoded {
  readonly text: string;
  /** The line it stands in, from 1. */
  readonly line: number;
}

const RUN = /(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/]{20,}|[A-Za-z0-9_-]{20,})={0,2}(?![A-Za-z0-9+/_=-])/g;
const MOST_RUNS = 200;
const MOST_BYTES = 1 << 18;

/**
 * Texts in base64 (RFC 4648, either alphabet; gzipped or not) inside a text, one level deep: what decodes to readable UTF-8. Keys, digests and
 * signatures decode to bytes that are none.
 */
export const encodedIn: (text: string) => readonly Encoded[] = byText((text) => {
  const found: Encoded[] = [];
  if (!/[A-Za-z0-9+/_-]{20}/.test(text)) return found;
  let count = 0;
  for (const [index, line] of text.split('\n').entries()) {
    if (line.length < 20) continue;
    for (const [run] of line.matchAll(RUN)) {
      count += 1;
      if (count > MOST_RUNS) return found;
      const decoded = readable(run);
      if (decoded !== undefined) found.push({ text: decoded, line: index + 1 });
    }
  }
  return found;
});

function readable(run: string): string | undefined {
  // What is no multiple of four is cut off, or no base64: only its padding may be left out.
  if (run.replace(/=+$/, '').length % 4 === 1) return undefined;
  const bytes = Buffer.from(run, 'base64');
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return unzipped(bytes);
  return decoded(bytes);
}

function unzipped(bytes: Buffer): string | undefined {
  try {
    return decoded(gunzipSync(bytes, { maxOutputLength: MOST_BYTES }));
  } catch {
    return undefined;
  }
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what has them is no text
    return /[\u0000-\u0008\u000e-\u001f\u007f\uE000-\uE01F]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}
