import { ExpressionError } from './ast.ts';

/** Nested expressions beyond this are refused: no configuration written by people comes near it. */
export const maximumNesting = 100;

const identifier = /[\p{L}_][\p{L}\p{N}_-]*/uy;
const number = /[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const space = /(?:[ \t\r\n]|#[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/)+/y;
const lineSpace = /(?:[ \t]|#[^\r\n]*|\/\/[^\r\n]*|\/\*[^]*?\*\/)+/y;
const newline = /\r?\n/y;

/** Position in the text of one template, with the few tokens the grammar needs. */
export class Cursor {
  readonly text: string;
  at = 0;
  /** Set while HCL is read as a whole: a number this engine cannot hold must not make its file unreadable. */
  readonly anyNumber: boolean;
  #depth = 0;
  #lineBound = false;
  #spaceStart = -1;
  #spaceEnd = -1;

  constructor(text: string, anyNumber = false) {
    this.text = text;
    this.anyNumber = anyNumber;
  }

  /** Where the last token ended: `at` without the space and comments that were passed over while looking for another. */
  get end(): number {
    return this.at === this.#spaceEnd ? this.#spaceStart : this.at;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  get character(): string {
    return this.text[this.at] ?? '';
  }

  space(): void {
    const start = this.at;
    if (this.#match(this.#lineBound ? lineSpace : space) === undefined) return;
    if (start !== this.#spaceEnd) this.#spaceStart = start;
    this.#spaceEnd = this.at;
  }

  /** Whether a new line ends what is read here: it does in a body and in an object, and not between other brackets. */
  bound<T>(lineBound: boolean, parse: () => T): T {
    const before = this.#lineBound;
    this.#lineBound = lineBound;
    try {
      return parse();
    } finally {
      this.#lineBound = before;
    }
  }

  /** Takes the end of a line, after any space. */
  takeNewline(): boolean {
    this.space();
    return this.#match(newline) !== undefined;
  }

  /** Takes what stands here in this form, and says what its groups held. */
  takeForm(form: RegExp): RegExpExecArray | undefined {
    form.lastIndex = this.at;
    const found = form.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found;
  }

  looksAt(token: string): boolean {
    return this.text.startsWith(token, this.at);
  }

  /** Takes the token after any space, if it stands there. */
  take(token: string): boolean {
    this.space();
    if (!this.looksAt(token)) return false;
    this.at += token.length;
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) this.fail(`expected "${token}"`);
  }

  /** At least one character, and all that follow up to one of these. */
  until(stops: RegExp): string {
    const start = this.at;
    stops.lastIndex = start + 1;
    this.at = stops.exec(this.text)?.index ?? this.text.length;
    return this.text.slice(start, this.at);
  }

  identifier(): string | undefined {
    this.space();
    return this.#match(identifier);
  }

  number(): number | undefined {
    const found = this.#match(number);
    return found === undefined ? undefined : Number(found);
  }

  digits(): number | undefined {
    const found = this.#match(/[0-9]+/y);
    return found === undefined ? undefined : Number(found);
  }

  /** Looks for a whole word without taking it. */
  looksAtWord(word: string): boolean {
    this.space();
    const start = this.at;
    const found = this.#match(identifier) === word;
    this.at = start;
    return found;
  }

  nested<T>(parse: () => T): T {
    if (this.#depth >= maximumNesting) this.fail(`nested deeper than ${maximumNesting} levels`);
    this.#depth++;
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }

  fail(message: string): never {
    throw new ExpressionError(message, this.at);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }
}
