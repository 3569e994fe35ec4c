import type { z } from 'zod';
import { explain } from './explain.ts';
import type { Path } from './path.ts';
import { FormatError } from './problem.ts';

/** Far above any report of ours, far below what V8 can hold as one text. */
const longest = 200_000_000;

/**
 * Reads a JSON file a program of ours wrote and checks it against its format: for what is too large to be read as YAML. A field
 * that stands twice is refused, since readers disagree on which one counts.
 *
 * @param file name as messages show it
 * @throws FormatError with every problem found
 */
export function parseJsonFile<S extends z.ZodType>(schema: S, text: string, file: string): z.output<S> {
  const refuse = (message: string, next: string, line = 1) =>
    new FormatError([{ file, line, field: '', message, next }]);
  const again = 'write it again with the lukko that wrote it';
  if (text.length > longest) throw refuse(`expected at most ${longest} characters, found ${text.length}`, again);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('expected JSON, found what is not', again, lineOfMistake(text));
  }
  const twice = repeatedKey(text);
  if (twice !== undefined) {
    throw refuse(`expected each field once, found ${twice.key} a second time`, 'remove one of the two', twice.line);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new FormatError(explain(result.error, schema, value, (path) => ({ file, line: lineOf(text, path) })));
}

/** Line on which the reader of JSON stopped, from the position its message names; 1 where it names none. */
function lineOfMistake(text: string): number {
  try {
    JSON.parse(text);
  } catch (error) {
    const [, position] = /position (\d+)/.exec(String(error)) ?? [];
    const end = position === undefined ? (/end of JSON/.test(String(error)) ? text.length : 0) : Number(position);
    return linesBefore(text, end) + 1;
  }
  return 1;
}

interface Open {
  /** Keys seen so far of an object; undefined for a list. */
  readonly keys: Set<string> | undefined;
  /** The step that leads to what is read now. */
  step: PropertyKey;
}

/**
 * Calls `at` at every key and list position of a valid JSON text with the open groups around it. A stack of its own, so that
 * nesting costs no call; `at` returns true to stop.
 */
function walk(text: string, at: (open: readonly Open[], key: string | undefined, offset: number) => boolean): void {
  const open: Open[] = [];
  let expectKey = false;
  for (let index = 0; index < text.length; index++) {
    const inner = open.at(-1);
    switch (text[index]) {
      case '{':
        open.push({ keys: new Set(), step: '' });
        expectKey = true;
        break;
      case '[':
        open.push({ keys: undefined, step: 0 });
        if (at(open, undefined, index)) return;
        break;
      case '}':
      case ']':
        open.pop();
        expectKey = false;
        break;
      case ',':
        if (inner === undefined) break;
        expectKey = inner.keys !== undefined;
        if (typeof inner.step === 'number') {
          inner.step += 1;
          if (at(open, undefined, index + 1)) return;
        }
        break;
      case '"': {
        const from = index;
        for (index++; text[index] !== '"'; index++) if (text[index] === '\\') index++;
        if (!expectKey || inner === undefined) break;
        expectKey = false;
        const key = JSON.parse(text.slice(from, index + 1)) as string;
        inner.step = key;
        if (at(open, key, from)) return;
        inner.keys?.add(key);
        break;
      }
    }
  }
}

function repeatedKey(text: string): { readonly key: string; readonly line: number } | undefined {
  let found: { readonly key: string; readonly offset: number } | undefined;
  walk(text, (open, key, offset) => {
    if (key === undefined || !open.at(-1)?.keys?.has(key)) return false;
    found = { key, offset };
    return true;
  });
  return found === undefined ? undefined : { key: found.key, line: linesBefore(text, found.offset) + 1 };
}

/** Line of a field, or of the nearest group around it that is written. */
function lineOf(text: string, path: Path): number {
  let best = { depth: 0, offset: 0 };
  walk(text, (open, _, offset) => {
    const depth = open.length;
    if (depth <= best.depth || depth > path.length) return false;
    if (!open.every(({ step }, index) => step === path[index])) return false;
    best = { depth, offset };
    return depth === path.length;
  });
  return linesBefore(text, best.offset) + 1;
}

function linesBefore(text: string, end: number): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
