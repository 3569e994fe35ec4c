import { Composer, type Document, isScalar, LineCounter, Parser, type YAMLError } from 'yaml';
import type { z } from 'zod';
import { tooDeep } from './depth.ts';
import { explain } from './explain.ts';
import { type Path, readPath } from './path.ts';
import { FormatError, type Problem } from './problem.ts';
import { toValue } from './values.ts';

/** A file that was read and checked, and where in it each value stands. */
export interface Parsed<T> {
  readonly value: T;
  readonly file: string;
  /** Line of the field, or of the nearest group around it that is written. A path is a list of steps or `hosts.logs.volume`. */
  at(path: Path | string): { readonly file: string; readonly line: number };
}

/** Far above any file of ours (the example has 4 KB), far below what would make the reader slow. */
const limits = { characters: 1_000_000, depth: 40 };

/**
 * Reads a YAML file (JSON is YAML too) and checks it against its format.
 *
 * @param file name as messages show it
 * @throws FormatError with every problem found: syntax first, since a file that does not parse has no fields to check
 */
export function parseFile<S extends z.ZodType>(schema: S, text: string, file: string): Parsed<z.output<S>> {
  // Several parts of one run ask for the same file in turn.
  if (last === undefined || last.schema !== schema || last.text !== text || last.file !== file)
    last = { schema, text, file, parsed: parse(schema, text, file) };
  return last.parsed as Parsed<z.output<S>>;
}

let last: { schema: z.ZodType; text: string; file: string; parsed: Parsed<unknown> } | undefined;

function parse<S extends z.ZodType>(schema: S, text: string, file: string): Parsed<z.output<S>> {
  const counter = new LineCounter();
  const document = compose(text, file, counter);
  const mistakes = [...document.errors, ...document.warnings];
  if (mistakes.length > 0) throw new FormatError(mistakes.map((error) => syntaxProblem(error, file, counter)));

  const { value, faults, usable, offsetOf } = toValue(document);
  const problems: Problem[] = faults.map(({ offset, ...fault }) => ({ file, line: lineAt(counter, offset), ...fault }));
  const at = (path: Path | string) => {
    const steps = typeof path === 'string' ? readPath(path) : path;
    return { file, line: lineAt(counter, offsetOf(steps)) };
  };
  if (!usable) throw new FormatError(problems);
  const result = schema.safeParse(value);
  if (!result.success) problems.push(...explain(result.error, schema, value, at));
  if (problems.length > 0) throw new FormatError(problems);
  return { value: result.data as z.output<S>, file, at };
}

/** One document; throws on none, on several, and on nesting so deep that a reader would run out of stack. */
function compose(text: string, file: string, counter: LineCounter): Document {
  const refuse = (message: string, next: string, line = 1) =>
    new FormatError([{ file, line, field: '', message, next }]);
  const wrongFile = 'check that this is the right file';
  if (text.length > limits.characters) {
    throw refuse(`expected at most ${limits.characters} characters, found ${text.length}`, wrongFile);
  }
  const tokens = [...new Parser(counter.addNewLine).parse(text)];
  const offset = tooDeep(tokens, limits.depth);
  if (offset !== undefined) {
    throw refuse(`expected at most ${limits.depth} levels, found more`, wrongFile, lineAt(counter, offset));
  }
  // Fields that stand twice are found by toValue: the library compares every key with every other.
  const options = { version: '1.2', schema: 'core', merge: false, stringKeys: true, uniqueKeys: false } as const;
  const composer = new Composer({ ...options, prettyErrors: false, logLevel: 'silent' });
  const [document, second] = [...composer.compose(tokens, true, text.length)];
  if (document === undefined || isEmpty(document)) {
    throw refuse('expected fields, found an empty file', 'write it, or name another file');
  }
  if (second !== undefined) {
    const next = 'remove the line --- and what follows, or make it a file of its own';
    throw refuse('expected one document, found a second one', next, lineAt(counter, second.range[0]));
  }
  return document;
}

function isEmpty({ contents, errors }: Document): boolean {
  return errors.length === 0 && (contents === null || (isScalar(contents) && contents.value === null));
}

function lineAt(counter: LineCounter, offset: number): number {
  return Math.max(1, counter.linePos(offset).line);
}

/** The parser's error in our words where it is one people make often; else its own first line. */
function syntaxProblem(error: YAMLError, file: string, counter: LineCounter): Problem {
  const say = (message: string, next: string): Problem => ({
    file,
    line: lineAt(counter, error.pos[0]),
    field: '',
    message,
    next,
  });
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return say('expected spaces at the start of the line, found a tab', 'replace the tab by spaces');
    case 'TAG_RESOLVE_FAILED':
      return say('expected plain values, found a tag', 'remove the word that starts with !');
    case 'NON_STRING_KEY':
      return say('expected a name before the colon, found something else', 'put the name in quotes');
    default:
      return say(`expected YAML, found a mistake: ${firstLine(error)}`, 'correct the line, or the one before it');
  }
}

function firstLine(error: YAMLError): string {
  const [line = error.code] = error.message.split('\n');
  return `${line.slice(0, 1).toLowerCase()}${line.slice(1)}`;
}
