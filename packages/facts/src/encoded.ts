import { gunzipSync } from 'node:zlib';
import { byText, LINES } from './memo.ts';

/** A text that stands in base64 inside another one. */
export interface Encoded {
  readonly text: string;
  /** The line it stands in, from 1. */
  readonly line: number;
}

const RUN = /[A-Za-z0-9+/_-]{24,}={0,2}/g;
const SHORTEST = 24;
const NONE: readonly string[] = [];
const MOST_RUNS = 200;
const MOST_BYTES = 1 << 18;

/**
 * Texts in base64 (RFC 4648, either alphabet; gzipped or not) inside a text, one level deep: what decodes to readable UTF-8. Keys, digests and
 * signatures decode to bytes that are none.
 */
export const encodedIn: (text: string) => readonly Encoded[] = byText((text) => {
  const found: Encoded[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.length < SHORTEST) continue;
    for (const inner of inLine(line)) {
      if (found.length >= MOST_RUNS) return found;
      found.push({ text: inner, line: index + 1 });
    }
  }
  return found;
});

/** The same lines stand in the files of many hosts, and in the whole that brings the files. */
const inLine = byText((line): readonly string[] => {
  let found: string[] | undefined;
  RUN.lastIndex = 0;
  // Not matchAll, which copies the expression for each line.
  for (let run = RUN.exec(line); run !== null; run = RUN.exec(line)) {
    const inner = readable(run[0]);
    if (inner === undefined) continue;
    found ??= [];
    if (found.push(inner) >= MOST_RUNS) break;
  }
  return found ?? NONE;
}, LINES);

function readable(run: string): string | undefined {
  // Text in base64 has capitals and small letters; paths, digests in hexadecimal and words have not both.
  if (!/[A-Z]/.test(run) || !/[a-z]/.test(run)) return undefined;
  // Bytes of keys and signatures show themselves in the first few.
  const [first = 0, second = 0, ...others] = Buffer.from(run.slice(0, 16), 'base64');
  const zipped = first === 0x1f && second === 0x8b;
  if (!zipped && [first, second, ...others].some((byte) => byte < 9 || byte === 127)) return undefined;
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
