import { InputError } from '../input-error.ts';
import { isArray, isObject, type Json, type JsonObject, longestText, maximumDepth } from './types.ts';

/** A parsed document together with the lines its parts stand on. */
export interface JsonDocument {
  readonly file: string;
  readonly value: Json;
  /** Line (from 1) of a container, or of one of its keys or items. Undefined for a container of another document. */
  lineOf(container: Json, key?: string | number): number | undefined;
}

interface Lines {
  readonly self: number;
  readonly entries: number[];
}

type Open =
  | { readonly kind: 'object'; readonly value: Map<string, Json>; key: string; readonly lines: Lines }
  | { readonly kind: 'array'; readonly value: Json[]; readonly lines: Lines };

const fix = 'correct the file or write it again with the tool that made it';
const literals = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
]);
const numberForm = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const wordForm = /[a-z]+/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON wants escaped
const controls = /[\u0000-\u001f]/;
const blanks = /[ \t\r\n]+/y;

/**
 * Reads JSON (RFC 8259) with the line of every key and item. Stricter than `JSON.parse` in one way: a key that stands twice
 * in one object is refused, since readers disagree on which one counts. A byte order mark is ignored.
 * @throws InputError naming file and line.
 */
export function readJson(text: string, file: string): JsonDocument {
  const reader = new Reader(text, file);
  const value = reader.read();
  return {
    file,
    value,
    lineOf(container, key) {
      if (container === null || typeof container !== 'object') return undefined;
      const lines = reader.lines.get(container);
      if (key === undefined || lines === undefined) return lines?.self;
      if (isArray(container)) return typeof key === 'number' ? lines.entries[key] : undefined;
      let position = 0;
      for (const name of (container as JsonObject).keys()) {
        if (name === String(key)) return lines.entries[position];
        position++;
      }
      return undefined;
    },
  };
}

class Reader {
  readonly lines = new WeakMap<object, Lines>();
  readonly #text: string;
  readonly #file: string;
  #at: number;
  #line = 1;

  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  /** The whole text as one value: a loop over an explicit stack, so that depth costs no call stack. */
  read(): Json {
    const stack: Open[] = [];
    for (;;) {
      this.#space();
      const opened = this.#open();
      let value: Json;
      if (opened !== undefined) {
        if (stack.length >= maximumDepth) this.#fail(`nested deeper than ${maximumDepth} levels`);
        if (!this.#isClosed(opened)) {
          stack.push(opened);
          if (opened.kind === 'object') this.#key(opened);
          else this.#mark(opened);
          continue;
        }
        value = opened.value;
      } else value = this.#scalar();
      for (;;) {
        const parent = stack.at(-1);
        if (parent === undefined) return this.#end(value);
        if (parent.kind === 'object') parent.value.set(parent.key, value);
        else parent.value.push(value);
        if (this.#goesOn(parent)) break;
        value = parent.value;
        stack.pop();
      }
    }
  }

  #open(): Open | undefined {
    const character = this.#text[this.#at];
    if (character !== '{' && character !== '[') return undefined;
    this.#at++;
    const lines: Lines = { self: this.#line, entries: [] };
    const opened: Open =
      character === '{' ? { kind: 'object', value: new Map(), key: '', lines } : { kind: 'array', value: [], lines };
    this.lines.set(opened.value, lines);
    return opened;
  }

  #isClosed(opened: Open): boolean {
    this.#space();
    if (this.#text[this.#at] !== closing(opened)) return false;
    this.#at++;
    return true;
  }

  /** After a value: true when a comma follows (and for an object the next key is read), false at the closing bracket. */
  #goesOn(parent: Open): boolean {
    this.#space();
    const character = this.#text[this.#at];
    if (character === closing(parent)) {
      this.#at++;
      return false;
    }
    if (character !== ',') this.#fail(`expected "," or "${closing(parent)}", found ${this.#found()}`);
    this.#at++;
    this.#space();
    if (parent.kind === 'object') this.#key(parent);
    else this.#mark(parent);
    return true;
  }

  #mark(parent: Open): void {
    this.#space();
    parent.lines.entries.push(this.#line);
  }

  #key(parent: Open & { kind: 'object' }): void {
    this.#mark(parent);
    if (this.#text[this.#at] !== '"') this.#fail(`expected a key in double quotes, found ${this.#found()}`);
    const key = this.#string();
    if (parent.value.has(key)) this.#fail(`key ${JSON.stringify(key)} stands twice in the same object`);
    // Set at once: a duplicate is then found before its value is read, and the order of keys is that of the text.
    parent.value.set(key, null);
    parent.key = key;
    this.#space();
    if (this.#text[this.#at] !== ':') this.#fail(`expected ":" after the key, found ${this.#found()}`);
    this.#at++;
  }

  #scalar(): Json {
    const character = this.#text[this.#at];
    if (character === '"') return this.#string();
    numberForm.lastIndex = this.#at;
    const number = numberForm.exec(this.#text);
    if (number !== null) {
      this.#at += number[0].length;
      return Number(number[0]);
    }
    wordForm.lastIndex = this.#at;
    const word = wordForm.exec(this.#text)?.[0];
    const literal = word === undefined ? undefined : literals.get(word);
    if (word === undefined || literal === undefined) return this.#fail(`expected a value, found ${this.#found()}`);
    this.#at += word.length;
    return literal;
  }

  #string(): string {
    const text = this.#quickString() ?? this.#slowString();
    if (text.length > longestText) this.#fail(`a text of more than ${longestText} characters`);
    return text;
  }

  /** The string up to its closing quote, found by the engine's own search; undefined where something is wrong with it. */
  #quickString(): string | undefined {
    const start = this.#at;
    let end = this.#text.indexOf('"', start + 1);
    for (; end >= 0; end = this.#text.indexOf('"', end + 1)) {
      let slashes = 0;
      while (this.#text.charCodeAt(end - 1 - slashes) === 0x5c) slashes++;
      if (slashes % 2 === 0) break;
    }
    if (end < 0) return undefined;
    const inside = this.#text.slice(start + 1, end);
    try {
      // JSON.parse refuses control characters and escapes it does not know; which, and where, is said below.
      const value = inside.includes('\\') ? (JSON.parse(this.#text.slice(start, end + 1)) as string) : inside;
      if (value === inside && controls.test(inside)) return undefined;
      this.#at = end + 1;
      return value;
    } catch {
      return undefined;
    }
  }

  #slowString(): string {
    const start = this.#at++;
    let plain = true;
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 0x22) break;
      if (Number.isNaN(code)) this.#fail('the text ends inside a string');
      if (code < 0x20) this.#fail('a string holds a control character; it must be escaped');
      if (code === 0x5c) {
        plain = false;
        this.#at++;
      }
      this.#at++;
    }
    this.#at++;
    if (plain) return this.#text.slice(start + 1, this.#at - 1);
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      return this.#fail('a string holds an escape that JSON does not know');
    }
  }

  #space(): void {
    if (!(this.#text.charCodeAt(this.#at) <= 0x20)) return;
    blanks.lastIndex = this.#at;
    const found = blanks.exec(this.#text)?.[0];
    if (found === undefined) return;
    this.#at += found.length;
    for (let at = found.indexOf('\n'); at >= 0; at = found.indexOf('\n', at + 1)) this.#line++;
  }

  #end(value: Json): Json {
    this.#space();
    if (this.#at < this.#text.length) this.#fail(`expected the end of the file, found ${this.#found()}`);
    return value;
  }

  #found(): string {
    const character = this.#text[this.#at];
    return character === undefined ? 'the end of the file' : JSON.stringify(character);
  }

  #fail(fault: string): never {
    throw new InputError(this.#file, this.#line, `not valid JSON: ${fault}`, fix);
  }
}

function closing(open: Open): string {
  return open.kind === 'object' ? '}' : ']';
}

/** The value as plain objects without prototype, for output and comparison. Depth is bounded by the reader. */
export function toPlain(json: Json): unknown {
  if (isArray(json)) return json.map(toPlain);
  if (!isObject(json)) return json;
  const plain = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of json) plain[key] = toPlain(value);
  return plain;
}
