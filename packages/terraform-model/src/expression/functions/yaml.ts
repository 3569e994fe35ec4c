import { byCodePoint, isList, isMap, NotEvaluated, numberText, type Plain } from '../plain.ts';

/** Where a line of double-quoted text is broken, in columns (libyaml's default). */
const bestWidth = 80;

/**
 * The YAML that Terraform writes: keys and texts in double quotes, texts of several lines as literal blocks, sequences not
 * indented below their key (github.com/zclconf/go-cty-yaml, an emitter after libyaml's).
 * @throws NotEvaluated for keys that are too long for one line
 */
export function encodeYaml(plain: Plain): string {
  if (typeof plain === 'string') return `${scalar(plain, 0, 0)}\n`.replace(/\n\n$/, '\n');
  if (isList(plain) || isMap(plain)) return node(plain, 0, 0, false);
  return `${simple(plain)}\n...\n`;
}

/** What follows on a line that is `column` wide, to its end. `indent` is that of the collection around. */
function node(plain: Plain, indent: number, column: number, afterKey: boolean): string {
  if (isList(plain)) {
    if (plain.length === 0) return `${afterKey ? ' ' : ''}[]\n`;
    const lines = plain.map(
      (item) =>
        `- ${item === null || !isCollection(item) ? value(item, indent, indent + 2) : node(item, indent + 2, indent + 2, false)}`,
    );
    return `${afterKey ? '\n' : ''}${lines.map((line, index) => (index === 0 && !afterKey ? line : `${' '.repeat(indent)}${line}`)).join('')}`;
  }
  if (!isMap(plain)) return value(plain, indent, column);
  if (plain.size === 0) return `${afterKey ? ' ' : ''}{}\n`;
  const own = afterKey ? indent + 2 : indent;
  const entries = [...plain.keys()].sort(byCodePoint).map((key) => {
    const item = plain.get(key) ?? null;
    const name = quotedKey(key);
    if (!isCollection(item)) return `${name}: ${value(item, own, own + name.length + 2)}`;
    return `${name}:${node(item, own, own, true)}`;
  });
  const pad = ' '.repeat(own);
  return `${afterKey ? '\n' : ''}${entries.map((entry, index) => (index === 0 && !afterKey ? entry : `${pad}${entry}`)).join('')}`;
}

function isCollection(plain: Plain): boolean {
  return isList(plain) || isMap(plain);
}

function value(plain: Plain, indent: number, column: number): string {
  const text = typeof plain === 'string' ? scalar(plain, indent, column) : simple(plain);
  return text.endsWith('\n') ? text : `${text}\n`;
}

function simple(plain: Plain): string {
  if (plain === null) return 'null';
  if (typeof plain === 'number') return numberText(plain);
  return String(plain);
}

function quotedKey(key: string): string {
  if ([...key].length > 100 || /[\n\r\u0085\u2028\u2029]/.test(key)) throw new NotEvaluated('a key of this form');
  return quoted(key, 0, 0, false);
}

function scalar(text: string, indent: number, column: number): string {
  const block = text.includes('\n') && !/ $| \n/.test(text) && !unprintable.test(text);
  if (!block) return quoted(text, indent + 2, column, true);
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const pad = ' '.repeat(indent + 2);
  const lines = text.split('\n').map((line) => (line === '' ? '' : `${pad}${line}`));
  return `|${hint}${chomp}\n${lines.join('\n')}`;
}

/** What the emitter does not write as it is, besides the new line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for.
const unprintable = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]|[\ud800-\udfff]/;

const escapes = new Map([
  [0x00, '0'],
  [0x07, 'a'],
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0b, 'v'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x1b, 'e'],
  [0x22, '"'],
  [0x5c, '\\'],
  [0x85, 'N'],
  [0xa0, '_'],
  [0x2028, 'L'],
  [0x2029, 'P'],
]);

function quoted(text: string, indent: number, start: number, breaks: boolean): string {
  const characters = [...text];
  let made = '"';
  let column = start + 1;
  let space = false;
  for (const [index, character] of characters.entries()) {
    const point = character.codePointAt(0) ?? 0;
    if (character === '"' || character === '\\' || character === '\n' || unprintable.test(character)) {
      const short = escapes.get(point);
      const hex = point.toString(16).toUpperCase();
      const written =
        short !== undefined
          ? `\\${short}`
          : point <= 0xff
            ? `\\x${hex.padStart(2, '0')}`
            : point <= 0xffff
              ? `\\u${hex.padStart(4, '0')}`
              : `\\U${hex.padStart(8, '0')}`;
      made += written;
      column += written.length;
      space = false;
    } else if (character === ' ') {
      const inner = index > 0 && index < characters.length - 1;
      if (breaks && !space && column > bestWidth && inner) {
        made += `\n${' '.repeat(indent)}${characters[index + 1] === ' ' ? '\\' : ''}`;
        column = indent + (characters[index + 1] === ' ' ? 1 : 0);
      } else {
        made += ' ';
        column++;
      }
      space = true;
    } else {
      made += character;
      column++;
      space = false;
    }
  }
  return `${made}"`;
}
