import { LONGEST_TEXT } from './marked.ts';
import { type List, type Part, type Redirect, ShellSyntaxError, type Word } from './shell-syntax.ts';

const DEEPEST = 60;
const BLANK = /(?:[ \t\r]|\\\r?\n)+/y;
const COMMENT = /#[^\n]*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const PARAMETER = /[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]/y;
const REDIRECT = /(?:[0-9]+|&)?(?:<<<|<<-|<<|<&|<>|<|>>|>&|>\||>)/y;
const DEFAULTING = /:?[-=?+]/y;
const SAFE = /[^ \t\r\n;&|<>()"'\\$`]+/y;
const DIGITS = /[0-9]+/y;

interface Pending {
  readonly delimiter: string;
  readonly strip: boolean;
  readonly document: { text: string; readonly expands: boolean };
}

/** Where the line at this position ends; behind the text where it has no end. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? Number.POSITIVE_INFINITY : end;
}

/** A here-document that ends with the script may lack the end of its last line. */
function bodyOf(text: string, strip: boolean): string {
  const whole = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return strip ? whole.replace(/(^|\n)\t+/g, '$1') : whole;
}

/** The text of a word nothing of which is expanded; undefined for others, and where it may be a pathname pattern. */
function literalOf(parts: readonly Part[]): string | undefined {
  let literal = '';
  for (const part of parts) {
    if (part.type !== 'text' || (!part.quoted && isPattern(part.text))) return undefined;
    literal += part.text;
  }
  return literal;
}

/** Whether unquoted text may stand for other words: a pathname pattern (§2.14), or bash's braces. */
export function isPattern(text: string): boolean {
  if (text.includes('*') || text.includes('?')) return true;
  return (text.includes('[') && text.includes(']')) || (text.includes('{') && text.includes(',') && text.includes('}'));
}

/**
 * The character level of the shell grammar (POSIX.1-2024, Shell Command Language §2.2–2.7): blanks, comments, quoting,
 * expansions, here-documents. One cursor, no backtracking; nesting is limited so that no input can exhaust the stack.
 */
export abstract class ShellCursor {
  readonly text: string;
  position = 0;
  private lineEnd: number;
  line = 1;
  private depth = 0;
  private pending: Pending[] = [];

  constructor(text: string, line = 1) {
    if (text.length > LONGEST_TEXT) throw new ShellSyntaxError(1, `at most ${LONGEST_TEXT} characters`);
    this.text = text;
    this.line = line;
    this.lineEnd = endOfLine(text, 0);
  }

  /** Commands up to one of the closing words or operators, which stays unread. */
  protected abstract list(closing: readonly string[]): List;

  protected fail(expected: string): never {
    throw new ShellSyntaxError(this.line, expected);
  }

  protected nested<T>(read: () => T): T {
    this.depth += 1;
    if (this.depth > DEEPEST) this.fail(`at most ${DEEPEST} levels of nesting`);
    const result = read();
    this.depth -= 1;
    return result;
  }

  protected at(text: string): boolean {
    return this.text.startsWith(text, this.position);
  }

  protected get done(): boolean {
    return this.position >= this.text.length;
  }

  protected take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.advance(found.length);
    return found;
  }

  protected advance(count: number): void {
    this.position += count;
    // The next end of a line is known, so what stands within one line is not looked through again.
    for (; this.lineEnd < this.position; this.lineEnd = endOfLine(this.text, this.lineEnd + 1)) this.line += 1;
  }

  /** Blanks, line continuations and a comment; not the newline. */
  protected skipBlanks(): void {
    this.take(BLANK);
    if (this.at('#')) this.take(COMMENT);
  }

  /** Any number of newlines with the here-documents that begin after them. */
  protected skipNewlines(): void {
    this.skipBlanks();
    while (this.at('\n')) {
      this.newline();
      this.skipBlanks();
    }
  }

  protected newline(): void {
    this.advance(1);
    const { pending } = this;
    this.pending = [];
    for (const each of pending) this.hereDocument(each);
  }

  private hereDocument({ delimiter, strip, document }: Pending): void {
    const { text, position } = this;
    let at = position;
    for (let next = at; at < text.length; at = next) {
      const end = text.indexOf('\n', at);
      const lineEnd = end < 0 ? text.length : end;
      next = end < 0 ? lineEnd : end + 1;
      let from = at;
      while (strip && text[from] === '\t') from += 1;
      if (!text.startsWith(delimiter, from)) continue;
      const rest = text.slice(from + delimiter.length, lineEnd);
      if (rest !== '' && rest !== '\r') continue;
      this.advance(next - position);
      document.text = bodyOf(text.slice(position, at), strip);
      return;
    }
    this.advance(at - position);
    document.text = bodyOf(text.slice(position), strip);
  }

  /** A redirection, or nothing. */
  protected redirect(): Redirect | undefined {
    if (this.at('<(') || this.at('>(')) return undefined;
    const operator = this.take(REDIRECT)?.replace(/^[0-9]+/, '');
    if (operator === undefined) return undefined;
    this.skipBlanks();
    const start = this.position;
    const target = this.word();
    if (target === undefined) this.fail('a word after a redirection');
    if (operator !== '<<' && operator !== '<<-') return { operator, target };
    const raw = this.text.slice(start, this.position);
    const document = { text: '', expands: !/["'\\]/.test(raw) };
    this.pending.push({ delimiter: raw.replace(/["'\\]/g, ''), strip: operator === '<<-', document });
    return { operator, target, document };
  }

  /** One word, or nothing when an operator, newline or the end stands here. */
  protected word(): Word | undefined {
    const { line } = this;
    const parts: Part[] = [];
    let before = -1;
    while (!this.done && this.position !== before) {
      before = this.position;
      this.part(parts);
    }
    if (parts.length === 0) return undefined;
    const literal = literalOf(parts);
    return literal === undefined ? { parts, line } : { parts, line, literal };
  }

  private part(parts: Part[]): void {
    const literal = this.take(SAFE);
    if (literal !== undefined) {
      parts.push({ type: 'text', text: literal, quoted: false });
      return;
    }
    switch (this.text[this.position]) {
      case '"':
        return this.double(parts);
      case "'":
        return this.single(parts);
      case '\\':
        return this.escape(parts);
      case '$':
      case '`':
        return this.expansion(parts, false);
      case '<':
      case '>':
        return this.process(parts);
      default:
    }
  }

  private process(parts: Part[]): void {
    if (this.text[this.position + 1] !== '(') return;
    this.advance(2);
    const body = this.nested(() => this.list([')']));
    this.expect(')');
    parts.push({ type: 'substitution', body });
  }

  private single(parts: Part[]): void {
    const end = this.text.indexOf("'", this.position + 1);
    if (end < 0) this.fail("a closing '");
    parts.push({ type: 'text', text: this.text.slice(this.position + 1, end), quoted: true });
    this.advance(end + 1 - this.position);
  }

  private escape(parts: Part[]): void {
    if (this.take(/\\\r?\n/y) !== undefined) return;
    const text = this.text[this.position + 1] ?? '\\';
    this.advance(Math.min(2, this.text.length - this.position));
    parts.push({ type: 'text', text, quoted: true });
  }

  private double(parts: Part[]): void {
    this.advance(1);
    parts.push({ type: 'text', text: '', quoted: true });
    while (!this.at('"')) {
      if (this.done) this.fail('a closing "');
      const literal = this.take(/[^"\\$`]+/y);
      if (literal !== undefined) parts.push({ type: 'text', text: literal, quoted: true });
      else if (this.at('\\')) this.escapeInDouble(parts);
      else this.expansion(parts, true);
    }
    this.advance(1);
  }

  private escapeInDouble(parts: Part[]): void {
    if (this.take(/\\\r?\n/y) !== undefined) return;
    const next = this.text[this.position + 1] ?? '';
    const text = '"\\$`'.includes(next) ? next : `\\${next}`;
    this.advance(Math.min(2, this.text.length - this.position));
    parts.push({ type: 'text', text, quoted: true });
  }

  private expansion(parts: Part[], quoted: boolean): void {
    if (this.at('`')) return this.backquote(parts);
    this.advance(1);
    if (this.at('((')) return this.arithmetic(parts);
    if (this.at('(')) {
      this.advance(1);
      const body = this.nested(() => this.list([')']));
      this.expect(')');
      parts.push({ type: 'substitution', body });
    } else if (this.at('{')) {
      this.advance(1);
      parts.push(this.nested(() => this.braces(quoted)));
    } else if (this.at("'") && !quoted) {
      this.ansi(parts);
    } else {
      const name = this.take(NAME) ?? this.take(/[0-9@*#?$!-]/y);
      if (name === undefined) parts.push({ type: 'text', text: '$', quoted });
      else parts.push({ type: 'variable', name, quoted, operator: undefined, word: undefined });
    }
  }

  /** bash's `$'…'`: escapes are not evaluated, so only one without any is determined. */
  private ansi(parts: Part[]): void {
    this.advance(1);
    const body = this.take(/(?:[^'\\]|\\[^])*/y) ?? '';
    this.expect("'");
    parts.push(body.includes('\\') ? { type: 'unknown' } : { type: 'text', text: body, quoted: true });
  }

  private backquote(parts: Part[]): void {
    const { line } = this;
    this.advance(1);
    const body = this.take(/(?:[^`\\]|\\[^])*/y) ?? '';
    this.expect('`');
    const inner = body.replace(/\\([`$\\])/g, '$1');
    parts.push({ type: 'substitution', body: this.nested(() => this.inner(inner, line)) });
  }

  /** The commands of a text inside this one, at the same depth. */
  protected abstract inner(text: string, line: number): List;

  protected inherit(depth: number): void {
    this.depth = depth;
  }

  protected get level(): number {
    return this.depth;
  }

  /** Skips `((…))`, quotes and nesting respected; its result is never determined. */
  protected arithmetic(parts: Part[]): void {
    let open = 0;
    do {
      const next = this.take(/[^()]+|[()]/y);
      if (next === undefined) this.fail('a closing ))');
      if (next === '(') open += 1;
      if (next === ')') open -= 1;
    } while (open > 0);
    parts.push({ type: 'unknown' });
  }

  private braces(quoted: boolean): Part {
    const length = this.at('#') && !this.at('#}');
    if (length || this.at('!')) this.advance(1);
    const name = this.take(PARAMETER);
    if (name === undefined) this.fail('a parameter name after ${');
    if (this.at('}')) {
      this.advance(1);
      return { type: 'variable', name, quoted, operator: length ? 'other' : undefined, word: undefined };
    }
    const operator = this.take(DEFAULTING) ?? 'other';
    const word = this.untilBrace();
    return { type: 'variable', name, quoted, operator: length ? 'other' : operator, word };
  }

  private untilBrace(): Word {
    const { line } = this;
    const parts: Part[] = [];
    while (!this.at('}')) {
      if (this.done) this.fail('a closing }');
      const literal = this.take(/[^}"'\\$`]+/y);
      if (literal !== undefined) parts.push({ type: 'text', text: literal, quoted: true });
      else if (this.at('"')) this.double(parts);
      else if (this.at("'")) this.single(parts);
      else if (this.at('\\')) this.escape(parts);
      else this.expansion(parts, true);
    }
    this.advance(1);
    return { parts, line };
  }

  protected expect(text: string): void {
    if (!this.at(text)) this.fail(text);
    this.advance(text.length);
  }

  protected get digitsAhead(): boolean {
    DIGITS.lastIndex = this.position;
    return DIGITS.test(this.text);
  }
}
