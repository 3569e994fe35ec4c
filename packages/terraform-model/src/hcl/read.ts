import { type Expression, ExpressionError } from '../expression/ast.ts';
import { Cursor } from '../expression/cursor.ts';
import { parseAt } from '../expression/parse.ts';
import { InputError } from '../input-error.ts';
import type { JsonDocument } from '../json/read.ts';
import { isArray, type Json, type JsonObject, longestText } from '../json/types.ts';
import { jsonOf } from './json.ts';
import { LineIndex } from './lines.ts';

const fix = 'correct the file; terraform fmt shows where it stops';

type Body = Map<string, Json>;

/**
 * Reads HCL's native syntax (https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md) into the form the JSON syntax has:
 * blocks by type and labels, each label one level, lists of bodies; expressions as `${…}`. What reads configurations then reads
 * both. Every block, argument and item knows its line.
 * @throws InputError naming file and line.
 */
export function readHcl(text: string, file: string): JsonDocument {
  // A byte order mark is not part of the language, and tolerated.
  const cursor = new Cursor(text.replace(/^\uFEFF/, ''), true);
  const reader = new Reader(cursor);
  try {
    return { file, value: reader.file(), lineOf: (container, key) => reader.lineOf(container, key) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const line = reader.lines.at(error.offset);
    throw new InputError(file, line, `not valid HCL: ${error.message.replace(/ at character \d+$/, '')}`, fix);
  }
}

class Reader {
  readonly lines: LineIndex;
  readonly #cursor: Cursor;
  readonly #starts = new WeakMap<object, Map<string | number, number>>();
  /** Lists and levels made from blocks: an argument of the same name is no place for one. */
  readonly #blocks = new WeakSet<object>();
  readonly #levels = new WeakSet<object>();

  constructor(cursor: Cursor) {
    this.#cursor = cursor;
    this.lines = new LineIndex(cursor.text);
  }

  file(): JsonObject {
    const body: Body = new Map();
    this.#cursor.bound(true, () => {
      this.#content(body, () => this.#cursor.ended);
    });
    return body;
  }

  lineOf(container: Json, key?: string | number): number | undefined {
    if (container === null || typeof container !== 'object') return undefined;
    const starts = this.#starts.get(container);
    const start = starts?.get(key ?? '') ?? starts?.values().next().value;
    return start === undefined ? undefined : this.lines.at(start);
  }

  /** Arguments and blocks up to the end. */
  #content(body: Body, ended: () => boolean): void {
    const cursor = this.#cursor;
    for (;;) {
      while (cursor.takeNewline());
      if (ended()) return;
      if (cursor.ended) cursor.fail('the file ends inside a block');
      this.#item(body);
      if (!cursor.takeNewline() && !ended()) cursor.fail('expected a new line');
    }
  }

  #item(body: Body, only = false): void {
    const cursor = this.#cursor;
    cursor.space();
    const start = cursor.at;
    const name = cursor.identifier() ?? cursor.fail('expected an argument or a block');
    cursor.space();
    if (cursor.looksAt('=') && !cursor.looksAt('==')) this.#argument(body, name, start);
    else if (only) cursor.fail('a block within a block starts on a line of its own');
    else this.#block(body, name, start);
  }

  #argument(body: Body, name: string, start: number): void {
    const cursor = this.#cursor;
    if (body.has(name)) {
      cursor.at = start;
      cursor.fail(`${JSON.stringify(name)} stands twice in the same block`);
    }
    cursor.expect('=');
    cursor.space();
    if (cursor.ended || cursor.looksAt('\n') || cursor.looksAt('\r')) cursor.fail('expected a value on the same line');
    const at = cursor.at;
    const expression: Expression = parseAt(cursor);
    if (cursor.end - at > longestText) {
      cursor.at = start;
      cursor.fail(`${JSON.stringify(name)} is longer than ${longestText} characters`);
    }
    body.set(
      name,
      jsonOf(expression, cursor.text.slice(at, cursor.end), (container, key, where) => {
        this.#note(container, key, where ?? at);
      }),
    );
    this.#note(body, name, start);
  }

  #block(body: Body, type: string, start: number): void {
    const cursor = this.#cursor;
    const labels: string[] = [];
    while (!cursor.take('{')) labels.push(this.#label());
    const inner: Body = new Map();
    cursor.nested(() => {
      if (cursor.takeNewline()) this.#content(inner, () => cursor.looksAt('}'));
      else if (!cursor.looksAt('}')) {
        // Written on one line a block holds one argument at most.
        this.#item(inner, true);
      }
      cursor.expect('}');
    });
    this.#place(body, [type, ...labels], inner, start);
  }

  #label(): string {
    const cursor = this.#cursor;
    const bare = cursor.identifier();
    if (bare !== undefined) return bare;
    if (!cursor.looksAt('"')) cursor.fail('expected "=" for an argument, a label or "{" for a block');
    const at = cursor.at;
    const expression = parseAt(cursor);
    const [text = '', ...more] = expression.kind === 'template' ? expression.template : [{}];
    if (typeof text !== 'string' || more.length > 0 || cursor.text[cursor.end - 1] !== '"' || text === '//') {
      cursor.at = at;
      cursor.fail('a label is a plain text');
    }
    return String(text);
  }

  /** The last level is a list of bodies, so that equal ones stand beside each other. */
  #place(body: Body, path: readonly string[], inner: Body, start: number): void {
    const cursor = this.#cursor;
    const wrong = (): never => {
      cursor.at = start;
      return cursor.fail(`${path[0]} stands here with other labels than elsewhere, or as an argument`);
    };
    let level = body;
    for (const [depth, step] of path.entries()) {
      this.#note(level, step, start);
      const found = level.get(step);
      if (depth === path.length - 1) {
        if (found !== undefined && (!isArray(found) || !this.#blocks.has(found))) wrong();
        const list = (found ?? []) as Json[];
        level.set(step, list);
        this.#blocks.add(list);
        this.#note(list, list.length, start);
        list.push(inner);
        this.#note(inner, '', start);
        return;
      }
      if (found !== undefined && (!(found instanceof Map) || !this.#levels.has(found))) wrong();
      const next = (found ?? new Map()) as Body;
      this.#levels.add(next);
      level.set(step, next);
      level = next;
    }
  }

  /** The first place a name stands at is where it begins. */
  #note(container: object, key: string | number, start: number): void {
    const starts = this.#starts.get(container);
    if (starts === undefined) this.#starts.set(container, new Map([[key, start]]));
    else if (!starts.has(key)) starts.set(key, start);
  }
}
