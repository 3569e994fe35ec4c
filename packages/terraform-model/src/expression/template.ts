import type { Expression, Template, TemplatePart } from './ast.ts';
import { type Cursor, maximumNesting } from './cursor.ts';
import { trimLeft, trimRight } from './plain.ts';

type Token =
  | { kind: 'text'; text: string }
  | { kind: 'interpolation'; expression: Expression }
  | { kind: 'if'; condition: Expression }
  | { kind: 'for'; keyName: string | undefined; valueName: string; collection: Expression }
  | { kind: 'else' | 'endif' | 'endfor' };

/** Where the text stands: a template of its own, between double quotes, or after `<<`. */
export type Form = 'text' | 'quoted' | { readonly marker: string; readonly flush: boolean };

type Marked = { readonly token: Token; readonly trimsBefore: boolean; readonly trimsAfter: boolean };

/** What literal text cannot go over without a look: the first character may well be literal. */
const textEnd = /[$%]/g;
const heredocEnd = /[$%\n]/g;
const quotedEnd = /[$%"\\\n]/g;

const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['"', '"'],
  ['\\', '\\'],
]);

/**
 * Reads literal text, interpolations and directives up to the end of the text or the closing quote (which it takes).
 * Backslash escapes exist only in quoted strings: in JSON the outer string was unescaped already.
 */
export function parseTemplateParts(cursor: Cursor, form: Form, parse: (cursor: Cursor) => Expression): Template {
  const tokens: Marked[] = [];
  let literal = '';
  let lineStart = true;
  const flush = () => {
    if (literal !== '') tokens.push({ token: { kind: 'text', text: literal }, trimsBefore: false, trimsAfter: false });
    literal = '';
  };
  for (;;) {
    if (cursor.ended) {
      if (form === 'quoted') cursor.fail('a string is not closed');
      if (form !== 'text') cursor.fail(`a text that starts with <<${form.marker} is not closed`);
      break;
    }
    if (cursor.looksAt('$${') || cursor.looksAt('%%{')) {
      literal += `${cursor.character}{`;
      cursor.at += 3;
    } else if (cursor.looksAt('${') || cursor.looksAt('%{')) {
      flush();
      lineStart = false;
      tokens.push(parseSequence(cursor, parse));
    } else if (form === 'quoted' && cursor.character === '"') {
      cursor.at++;
      break;
    } else if (form === 'quoted' && cursor.character === '\\') {
      literal += parseEscape(cursor);
    } else if (form === 'quoted' && cursor.character === '\n') {
      cursor.fail('a string is not closed on its line');
    } else if (form === 'text' || form === 'quoted') {
      literal += cursor.until(form === 'quoted' ? quotedEnd : textEnd);
    } else {
      if (!cursor.looksAt('\n')) literal += cursor.until(heredocEnd);
      if (!cursor.looksAt('\n')) continue;
      if (lineStart && literal.trim() === form.marker) break;
      literal += '\n';
      cursor.at++;
      // Each line is a text of its own: what `~` takes away and what `<<-` counts goes by lines.
      flush();
      lineStart = true;
    }
  }
  if (typeof form === 'string') flush();
  const trimmed = trim(tokens, form);
  return nest(cursor, typeof form === 'object' && form.flush ? unindented(trimmed) : trimmed);
}

/**
 * `<<-`: takes from the start of every line as many characters of white space as the least indented line has. Blank lines do
 * not count; a line that starts with an interpolation has none.
 */
function unindented(tokens: readonly Token[]): readonly Token[] {
  let least = Number.POSITIVE_INFINITY;
  const starts = new Set<number>();
  let lineStart = true;
  for (const [index, token] of tokens.entries()) {
    if (lineStart) {
      lineStart = false;
      if (token.kind !== 'text') least = 0;
      else {
        const rest = trimLeft(token.text);
        if (rest !== '' || !token.text.endsWith('\n')) {
          least = Math.min(least, [...token.text.slice(0, token.text.length - rest.length)].length);
          starts.add(index);
        }
      }
    }
    if (token.kind === 'text' && token.text.endsWith('\n')) lineStart = true;
  }
  return tokens.map((token, index) => {
    if (token.kind !== 'text' || !starts.has(index)) return token;
    return { kind: 'text', text: [...token.text].slice(least).join('') };
  });
}

function parseEscape(cursor: Cursor): string {
  cursor.at++;
  const kind = cursor.character;
  const simple = escapes.get(kind);
  if (simple !== undefined) {
    cursor.at++;
    return simple;
  }
  const digits = kind === 'u' ? 4 : kind === 'U' ? 8 : cursor.fail('a string holds an escape that is not known');
  const code = cursor.text.slice(cursor.at + 1, cursor.at + 1 + digits);
  const point = Number.parseInt(code, 16);
  if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(code) || point > 0x10ffff) {
    cursor.fail('a string holds an escape that is no character');
  }
  cursor.at += 1 + digits;
  return String.fromCodePoint(point);
}

function parseSequence(cursor: Cursor, parse: (cursor: Cursor) => Expression): Marked {
  const directive = cursor.character === '%';
  cursor.at += 2;
  const trimsBefore = cursor.character === '~';
  if (trimsBefore) cursor.at++;
  return cursor.bound(false, () => {
    const token: Token = directive
      ? parseDirective(cursor, parse)
      : { kind: 'interpolation', expression: parse(cursor) };
    const trimsAfter = cursor.take('~');
    cursor.expect('}');
    return { token, trimsBefore, trimsAfter };
  });
}

function parseDirective(cursor: Cursor, parse: (cursor: Cursor) => Expression): Token {
  const keyword = cursor.identifier();
  switch (keyword) {
    case 'else':
    case 'endif':
    case 'endfor':
      return { kind: keyword };
    case 'if':
      return { kind: 'if', condition: parse(cursor) };
    case 'for': {
      const first = cursor.identifier() ?? cursor.fail('expected a name after "for"');
      const second = cursor.take(',') ? (cursor.identifier() ?? cursor.fail('expected a name after ","')) : undefined;
      if (cursor.identifier() !== 'in') cursor.fail('expected "in"');
      const names = { keyName: second === undefined ? undefined : first, valueName: second ?? first };
      return { kind: 'for', ...names, collection: parse(cursor) };
    }
    default:
      return cursor.fail('expected "if", "else", "endif", "for" or "endfor" after "%{"');
  }
}

/**
 * `~` takes away the white space of the literal text beside it, as far as the line goes: Terraform reads text line by line, and
 * trims the one line that is next. A quoted string is one line.
 */
function trim(tokens: readonly Marked[], form: Form): readonly Token[] {
  return tokens.map(({ token }, index) => {
    if (token.kind !== 'text') return token;
    let { text } = token;
    if (tokens[index - 1]?.trimsAfter === true) {
      const end = form !== 'text' ? text.length : text.indexOf('\n') + 1 || text.length;
      text = trimLeft(text.slice(0, end)) + text.slice(end);
    }
    if (tokens[index + 1]?.trimsBefore === true) {
      const start = form !== 'text' ? 0 : text.lastIndexOf('\n', text.length - 2) + 1;
      text = text.slice(0, start) + trimRight(text.slice(start));
    }
    return { kind: 'text', text };
  });
}

type Frame = { readonly opened: Token | undefined; first: TemplatePart[]; second: TemplatePart[] | undefined };

function nest(cursor: Cursor, tokens: readonly Token[]): Template {
  const root: Frame = { opened: undefined, first: [], second: undefined };
  const stack: Frame[] = [root];
  for (const token of tokens) {
    const frame = stack.at(-1) ?? root;
    const into = frame.second ?? frame.first;
    switch (token.kind) {
      case 'text':
        if (token.text !== '') into.push(token.text);
        break;
      case 'interpolation':
        into.push(token);
        break;
      case 'if':
      case 'for':
        if (stack.length > maximumNesting) cursor.fail('template directives are nested too deeply');
        stack.push({ opened: token, first: [], second: undefined });
        break;
      case 'else':
        if (frame.opened?.kind !== 'if' || frame.second !== undefined) cursor.fail('"else" without "if"');
        frame.second = [];
        break;
      default: {
        stack.pop();
        const parent = stack.at(-1) ?? cursor.fail(`"${token.kind}" without its beginning`);
        (parent.second ?? parent.first).push(close(cursor, token.kind, frame));
      }
    }
  }
  if (stack.length > 1) cursor.fail(`"${stack.at(-1)?.opened?.kind}" is not closed`);
  // One sequence alone is its value; beside text it becomes text, even where nothing of that is left.
  const [only, ...more] = root.first;
  const alone = typeof only === 'object' && only.kind === 'interpolation' && more.length === 0;
  if (alone && tokens.length > 1) root.first.push('');
  return root.first;
}

function close(cursor: Cursor, keyword: 'endif' | 'endfor', { opened, first, second }: Frame): TemplatePart {
  if (keyword === 'endif' && opened?.kind === 'if') {
    return { kind: 'if', condition: opened.condition, whenTrue: first, whenFalse: second ?? [] };
  }
  if (keyword === 'endfor' && opened?.kind === 'for') return { ...opened, body: first };
  return cursor.fail(`"${keyword}" without its beginning`);
}
