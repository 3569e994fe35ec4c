import type { Scalar, Value } from '../value.ts';
import { known } from '../values.ts';

/** A wholly known value, as functions compute with it. */
export type Plain = Scalar | readonly Plain[] | ReadonlyMap<string, Plain>;

/** A function got what Terraform would refuse, or what this engine does not compute: the result is unknown, not an exception. */
export class NotEvaluated extends Error {
  override readonly name = 'NotEvaluated';
}

/** What Terraform certainly refuses: `try` and `can` see an error, everything else an unknown. */
export class Refused extends NotEvaluated {
  override readonly name = 'NotEvaluated';
}

export function isList(plain: Plain | undefined): plain is readonly Plain[] {
  return Array.isArray(plain);
}

export function isMap(plain: Plain | undefined): plain is ReadonlyMap<string, Plain> {
  return plain instanceof Map;
}

/** undefined when any part is not known. */
export function plainOf(value: Value): Plain | undefined {
  switch (value.state) {
    case 'known':
      return value.value;
    case 'unset':
      return null;
    case 'list': {
      if (!value.complete) return undefined;
      const items: Plain[] = [];
      for (const item of value.items) {
        const plain = plainOf(item);
        if (plain === undefined) return undefined;
        items.push(plain);
      }
      return items;
    }
    case 'map': {
      if (!value.complete) return undefined;
      const entries = new Map<string, Plain>();
      for (const [key, entry] of value.entries) {
        const plain = plainOf(entry);
        if (plain === undefined) return undefined;
        entries.set(key, plain);
      }
      return entries;
    }
    default:
      return undefined;
  }
}

export function toValue(plain: Plain): Value {
  if (isList(plain)) return { state: 'list', items: plain.map(toValue), complete: true };
  if (isMap(plain)) {
    return { state: 'map', entries: new Map([...plain].map(([key, item]) => [key, toValue(item)])), complete: true };
  }
  return known(plain);
}

export function asText(plain: Plain | undefined): string {
  if (typeof plain === 'string') return plain;
  if (typeof plain === 'number') return numberText(plain);
  if (typeof plain === 'boolean') return String(plain);
  throw new NotEvaluated('a string is needed');
}

export function asNumber(plain: Plain | undefined): number {
  if (typeof plain === 'number') return plain;
  if (typeof plain === 'string' && /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$/.test(plain)) return Number(plain);
  throw new NotEvaluated('a number is needed');
}

export function asWhole(plain: Plain | undefined): number {
  const number = asNumber(plain);
  if (!Number.isSafeInteger(number)) throw new NotEvaluated('a whole number is needed');
  return number;
}

export function asBoolean(plain: Plain | undefined): boolean {
  if (typeof plain === 'boolean') return plain;
  if (plain === 'true' || plain === 'false') return plain === 'true';
  throw new NotEvaluated('a boolean is needed');
}

export function asList(plain: Plain | undefined): readonly Plain[] {
  if (isList(plain)) return plain;
  throw new NotEvaluated('a list is needed');
}

export function asMap(plain: Plain | undefined): ReadonlyMap<string, Plain> {
  if (isMap(plain)) return plain;
  throw new NotEvaluated('a map is needed');
}

/**
 * Whether a number here is the one Terraform has: it computes with 512 bits, and what is longer than fifteen digits was
 * already rounded when it was read.
 */
export function isFaithful(value: number): boolean {
  return Number.isSafeInteger(value) || (Number.isFinite(value) && String(value).replace(/[-.]|e.*/g, '').length <= 15);
}

/** Whether arithmetic on a number gives here what it gives with 512 bits: whole numbers, and binary fractions of few digits. */
export function isExact(value: number): boolean {
  return Number.isSafeInteger(value * 1024);
}

/** The result of arithmetic, and what went in. @throws NotEvaluated when Terraform's may differ in the last digit. */
export function exactly(value: number, ...operands: readonly number[]): number {
  if (![value, ...operands].every(isExact)) throw new NotEvaluated('a number that is rounded here');
  return value;
}

/**
 * Items of a list, set or map as the one type Terraform gives them all: beside a text every number and truth is text.
 * @throws NotEvaluated for a mixture it refuses, or that is not worked out here.
 */
export function unified(items: readonly Plain[]): readonly Plain[] {
  const types = new Set(items.filter((item) => item !== null).map(typeText));
  if (types.size < 2) return items;
  const scalar = [...types].every((type) => type === 'string' || type === 'number' || type === 'boolean');
  if (!scalar || !types.has('string')) throw new NotEvaluated('items of several types');
  return items.map((item) => (item === null ? null : asText(item)));
}

/** The type of a value as text, so that two can be compared. */
export function typeText(plain: Plain): string {
  if (isList(plain)) return `[${plain.map(typeText).join()}]`;
  if (isMap(plain))
    return `{${[...plain]
      .map(([key, item]) => `${JSON.stringify(key)}:${typeText(item)}`)
      .sort()
      .join()}}`;
  return plain === null ? 'null' : typeof plain;
}

/** Items of a set: one type, each once, in the order Terraform walks them. @throws NotEvaluated when that is not known. */
export function setItems(items: readonly Plain[]): readonly Plain[] {
  const kept = [...new Set(unified(items))];
  if (kept.every((item) => typeof item === 'string')) return kept.sort((a, b) => byCodePoint(String(a), String(b)));
  if (kept.every((item) => typeof item === 'number')) return kept.sort((a, b) => Number(a) - Number(b));
  if (kept.length < 2) return kept;
  throw new NotEvaluated('the order of a set of anything else');
}

/** Characters as Terraform counts them: graphemes. @throws NotEvaluated where one is made of several code points. */
export function characters(text: string): readonly string[] {
  if (/\r\n|[\p{M}\p{Cf}\p{Emoji_Modifier}\p{Regional_Indicator}\u1100-\u11ff]/u.test(text)) {
    throw new NotEvaluated('characters of several code points');
  }
  return [...text];
}

/** Terraform keeps every text in this form (cty: Unicode normalisation form C). */
export function normal(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII, the control characters with it.
  return /[^\x00-\x7f]/.test(text) ? text.normalize('NFC') : text;
}

/** White space as Go knows it (unicode.IsSpace), which is not what JavaScript trims. */
const goSpace = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+';
const leading = new RegExp(`^${goSpace}`);
const trailing = new RegExp(`${goSpace}$`);

export function trimLeft(text: string): string {
  return text.replace(leading, '');
}

/** Looks at the last characters alone: a pattern tied to the end is tried at every place of a long text. */
export function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && trailing.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Terraform writes numbers without exponent. */
export function numberText(value: number): string {
  if (!isFaithful(value)) throw new NotEvaluated('a number that is rounded here');
  const text = String(value);
  if (!text.includes('e')) return text;
  const [, sign = '', first = '', rest = '', zeros = ''] = /^(-?)(\d)(?:\.(\d+))?e\+(\d+)$/.exec(text) ?? [];
  if (first !== '') return `${sign}${first}${rest.padEnd(Number(zeros), '0')}`;
  throw new NotEvaluated('a number that has no plain form');
}

export function equal(left: Plain, right: Plain): boolean {
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, i) => equal(item, right[i] ?? null));
  }
  if (isMap(left)) {
    if (!isMap(right) || left.size !== right.size) return false;
    return [...left].every(([key, item]) => right.has(key) && equal(item, right.get(key) ?? null));
  }
  return left === right;
}

/** By Unicode code points, which is the order of the bytes of UTF-8 that Terraform sorts by. */
export function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
