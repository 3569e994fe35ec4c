import {
  asBoolean,
  asList,
  asNumber,
  asText,
  asWhole,
  byCodePoint,
  characters,
  isList,
  NotEvaluated,
  numberText,
  type Plain,
  trimLeft,
  trimRight,
} from '../plain.ts';
import { replacePattern } from './patterns.ts';
import type { PlainFunctions } from './table.ts';

const verbs = /%(%|(?:\[(\d+)\])?([-+ 0#]*)(\d+)?(?:\.(\d+))?([a-zA-Z]))/g;

/** https://developer.hashicorp.com/terraform/language/functions#string-functions */
export const strings: PlainFunctions = {
  chomp: ([text]) => asText(text).replace(/[\r\n]+$/, ''),
  endswith: ([text, end]) => asText(text).endsWith(asText(end)),
  format: ([form, ...args]) => format(asText(form), args),
  formatlist: ([form, ...args]) => formatList(asText(form), args),
  indent: ([spaces, text]) => asText(text).replaceAll('\n', `\n${' '.repeat(bounded(asWhole(spaces)))}`),
  join: ([separator, ...lists]) => lists.flatMap((list) => asList(list).map(asText)).join(asText(separator)),
  lower: ([text]) => letters(asText(text), (letter) => letter.toLowerCase()),
  replace: ([text, from, to]) => replace(asText(text), asText(from), asText(to)),
  split: ([separator, text]) =>
    asText(separator) === '' ? characters(asText(text)) : asText(text).split(asText(separator)),
  startswith: ([text, start]) => asText(text).startsWith(asText(start)),
  strcontains: ([text, part]) => asText(text).includes(asText(part)),
  strrev: ([text]) => [...characters(asText(text))].reverse().join(''),
  substr: ([text, offset, length]) => substring(asText(text), asWhole(offset), asWhole(length)),
  title: ([text]) =>
    letters(asText(text), (letter) => letter).replace(
      /(^|[^A-Za-z0-9_])([a-z])/g,
      (_, before, letter) => before + letter.toUpperCase(),
    ),
  trim: ([text, cutset]) => trimEnd(trimStart(asText(text), asText(cutset)), asText(cutset)),
  trimprefix: ([text, prefix]) => {
    const start = asText(prefix);
    return asText(text).startsWith(start) ? asText(text).slice(start.length) : asText(text);
  },
  trimspace: ([text]) => trimRight(trimLeft(asText(text))),
  trimsuffix: ([text, suffix]) => {
    const end = asText(suffix);
    return end !== '' && asText(text).endsWith(end) ? asText(text).slice(0, -end.length) : asText(text);
  },
  upper: ([text]) => letters(asText(text), (letter) => letter.toUpperCase()),
  sort: ([list]) => asList(list).map(asText).sort(byCodePoint),
};

/** A text between slashes is a regular expression, in Go's dialect. */
function replace(text: string, from: string, to: string): string {
  if (from.length > 1 && from.startsWith('/') && from.endsWith('/')) return replacePattern(text, from.slice(1, -1), to);
  if (from === '') throw new NotEvaluated('nothing to replace');
  return text.split(from).join(to);
}

/** Go turns letter by letter, and other letters than JavaScript where several stand for one. */
function letters(text: string, turn: (letter: string) => string): string {
  if (!/^[\t\n\r -~\u00c0-\u00d6\u00d8-\u00de\u00e0-\u00f6\u00f8-\u00fe]*$/.test(text))
    throw new NotEvaluated('letters');
  return turn(text);
}

function substring(text: string, offset: number, length: number): string {
  const all = characters(text);
  const start = offset < 0 ? Math.max(0, all.length + offset) : offset;
  return all.slice(start, length < 0 ? undefined : start + length).join('');
}

function trimStart(text: string, cutset: string): string {
  const all = [...text];
  let start = 0;
  while (start < all.length && cutset.includes(all[start] ?? '')) start++;
  return all.slice(start).join('');
}

function trimEnd(text: string, cutset: string): string {
  const all = [...text];
  while (all.length > 0 && cutset.includes(all.at(-1) ?? '')) all.pop();
  return all.join('');
}

/** `%s %d %v %q %t %f %x %X %o %b` with width and zeros; anything else is left unevaluated. */
export function format(form: string, args: readonly Plain[]): string {
  let next = 0;
  const text = form.replace(verbs, (_, verb, index, flags, width, precision, letter) => {
    if (verb === '%') return '%';
    const arg = args[index === undefined ? next++ : Number(index) - 1];
    if (arg === undefined) throw new NotEvaluated('too few arguments');
    const shown = formatOne(letter, arg, precision === undefined ? undefined : Number(precision));
    return pad(shown, flags, width === undefined ? 0 : bounded(Number(width)));
  });
  if (next < args.length && !/%\[/.test(form)) throw new NotEvaluated('an argument that is not used');
  if (/%(?![%a-zA-Z\d\s.,;:\-/)])/.test(form)) throw new NotEvaluated('format');
  return text;
}

function formatOne(letter: string, arg: Plain, precision: number | undefined): string {
  switch (letter) {
    case 's':
      return precision === undefined ? asText(arg) : [...asText(arg)].slice(0, precision).join('');
    case 'v':
      // Go writes what is larger or smaller with an exponent.
      if (typeof arg === 'number' && arg !== 0 && !(Math.abs(arg) >= 1e-4 && Math.abs(arg) < 1e6))
        throw new NotEvaluated('format');
      return arg === null ? 'null' : asText(arg);
    case 'q':
      return JSON.stringify(asText(arg));
    case 't':
      return String(asBoolean(arg));
    case 'd':
      return numberText(asWhole(arg));
    case 'f':
      return asNumber(arg).toFixed(precision ?? 6);
    case 'x':
      return typeof arg === 'string' ? Buffer.from(arg).toString('hex') : asWhole(arg).toString(16);
    case 'X':
      return asWhole(arg).toString(16).toUpperCase();
    case 'o':
      return asWhole(arg).toString(8);
    case 'b':
      return asWhole(arg).toString(2);
    default:
      throw new NotEvaluated('format');
  }
}

function pad(text: string, flags: string, width: number): string {
  if (/[+ #]/.test(flags)) throw new NotEvaluated('format');
  if (flags.includes('-')) return text.padEnd(width);
  if (!flags.includes('0')) return text.padStart(width);
  return text.startsWith('-') ? `-${text.slice(1).padStart(width - 1, '0')}` : text.padStart(width, '0');
}

function formatList(form: string, args: readonly Plain[]): Plain {
  const lists = args.filter(isList);
  const length = lists[0]?.length ?? 1;
  if (lists.some((list) => list.length !== length)) throw new NotEvaluated('lists of different lengths');
  return Array.from({ length }, (_, i) =>
    format(
      form,
      args.map((arg) => (isList(arg) ? (arg[i] ?? null) : arg)),
    ),
  );
}

/** A configuration must not make us build huge texts. */
function bounded(count: number): number {
  if (count < 0 || count > 1000) throw new NotEvaluated('width');
  return count;
}
