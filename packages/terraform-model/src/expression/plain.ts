import type { Scalar, Value } from '../value.ts';
import { known } from '../values.ts';

/** A wholly known value, as functions compute with it. */
export type Plain = Scalar | readonly Plain[] | ReadonlyMap<string, Plain>;

/** A function got what Terraform would refuse, or what this engine does not compute: the result is unknown, not an exception. */
export class NotEvaluated extends Error {
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

/** Terraform writes numbers without exponent. */
export function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  if (Number.isInteger(value)) return BigInt(value).toString();
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
