import { itemsOf, navigate } from '../../navigate.ts';
import type { Unknown, Value } from '../../value.ts';
import { isUnordered, known, list, map, referencesOf, text, unknown } from '../../values.ts';
import { asText, plainOf, trimLeft, trimRight } from '../plain.ts';
import { sortedKeys } from './collections.ts';
import { holes, partsOf } from './holes.ts';
import { format } from './strings.ts';

/** Works on partly known arguments and keeps what is known; undefined: nothing better than unknown can be said. */
export type StructuralFunction = (args: readonly Value[]) => Value | undefined;

export const structural: Readonly<Record<string, StructuralFunction>> = {
  ...holes,
  coalesce: (args) => {
    for (const arg of args) {
      if (isUnknown(arg)) return undefined;
      if (isNothing(arg) || (arg.state === 'known' && arg.value === '')) continue;
      // All are of one type: beside a text a number is text.
      const plain = plainOf(arg);
      if (typeof plain !== 'number' && typeof plain !== 'boolean') return arg;
      if (args.some((other) => other.state === 'text' || typeof plainOf(other) === 'string'))
        return known(asText(plain));
      return args.some(isUnknown) ? undefined : arg;
    }
    return undefined;
  },
  concat: (args) => {
    if (!args.every((arg) => arg.state === 'list')) return undefined;
    return list(
      args.flatMap(itemsOf),
      args.every((arg) => arg.state === 'list' && arg.complete),
    );
  },
  element: ([from, position]) => {
    const index = position === undefined ? undefined : plainOf(position);
    if (from?.state !== 'list' || !from.complete || from.set === true || from.items.length === 0) return undefined;
    // Terraform 1.11 fails on a negative one.
    return typeof index === 'number' && index >= 0 ? from.items[index % from.items.length] : undefined;
  },
  flatten: ([from]) => (from === undefined ? undefined : flatten(from)),
  format: ([form, ...args]) => {
    const pattern = form === undefined ? undefined : plainOf(form);
    return typeof pattern === 'string' ? formatParts(pattern, args) : undefined;
  },
  join: ([separator, ...lists]) => {
    const between = separator === undefined ? undefined : plainOf(separator);
    if (typeof between !== 'string') return undefined;
    if (!lists.every((from) => from.state === 'list' && from.complete)) return undefined;
    return joined(lists.flatMap(itemsOf), between);
  },
  keys: ([from]) => (from?.state === 'map' && from.complete ? list(sortedKeys(from.entries).map(known)) : undefined),
  length: ([from]) => {
    // Items of a set that are not known yet may turn out to be one.
    if (from !== undefined && isUnordered(from)) return undefined;
    if (from?.state === 'list' && from.complete) return known(from.items.length);
    return from?.state === 'map' && from.complete ? known(from.entries.size) : undefined;
  },
  lookup: ([from, key, otherwise]) => {
    const name = key === undefined ? undefined : plainOf(key);
    if (from?.state !== 'map' || typeof name !== 'string') return undefined;
    const found = from.entries.get(name);
    return found ?? (from.complete ? otherwise : undefined);
  },
  merge: (args) => {
    const entries = new Map<string, Value>();
    let complete = true;
    for (const arg of args) {
      if (isNothing(arg)) continue;
      if (arg.state !== 'map') return undefined;
      // What an incomplete map may still hold overrides everything before it.
      if (!arg.complete) {
        for (const [key, value] of entries) entries.set(key, unknown(['possible'], '', referencesOf(value)));
        complete = false;
      }
      for (const [key, value] of arg.entries) entries.set(key, value);
    }
    return map(entries, complete);
  },
  one: ([from]) => {
    if (from?.state !== 'list' || !from.complete || from.items.length > 1) return undefined;
    return from.items[0] ?? known(null);
  },
  slice: ([from, start, end]) => {
    const [first, last] = [start, end].map((bound) => (bound === undefined ? undefined : plainOf(bound)));
    if (from?.state !== 'list' || !from.complete || typeof first !== 'number' || typeof last !== 'number')
      return undefined;
    if (first < 0 || last < first || last > from.items.length || from.set === true) return undefined;
    return list(from.items.slice(first, last));
  },
  tolist: ([from]) => (from?.state === 'list' && plainOf(from) === undefined ? from : undefined),
  tonumber: ([value]) => sameReference(value),
  // What is wholly known was converted already, or cannot be.
  toset: ([from]) => (from?.state === 'list' && plainOf(from) === undefined ? distinctItems(from) : undefined),
  tomap: ([from]) => (from?.state === 'map' && plainOf(from) === undefined ? from : undefined),
  tostring: ([value]) => (value?.state === 'text' ? value : sameReference(value)),
  trimspace: ([value]) => (value?.state === 'text' ? trimmed(value.parts) : undefined),
  values: ([from]) =>
    from?.state === 'map' && from.complete
      ? list(sortedKeys(from.entries).map((key) => navigate(from, key)))
      : undefined,
};

/** A conversion of one reference is that reference still: ids are numbers here and strings there. */
function sameReference(value: Value | undefined): Value | undefined {
  return value?.state === 'unknown' && value.traversal !== undefined ? value : undefined;
}

function isUnknown(value: Value): boolean {
  return value.state === 'unknown';
}

function isNothing(value: Value): boolean {
  return value.state === 'unset' || (value.state === 'known' && value.value === null);
}

function flatten(from: Value): Value | undefined {
  if (from.state !== 'list') return undefined;
  const items: Value[] = [];
  let complete = from.complete;
  for (const item of from.items) {
    if (item.state === 'unknown') return undefined;
    const inner = item.state === 'list' ? flatten(item) : item;
    if (inner === undefined) return undefined;
    if (inner.state === 'list') {
      items.push(...inner.items);
      complete &&= inner.complete;
    } else items.push(inner);
  }
  return list(items, complete);
}

function distinctItems(from: Value & { state: 'list' }): Value {
  const seen = new Set<unknown>();
  const items = from.items.filter((item) => {
    if (item.state !== 'known') return true;
    if (seen.has(item.value)) return false;
    seen.add(item.value);
    return true;
  });
  return { state: 'list', items, complete: from.complete, set: true };
}

function joined(items: readonly Value[], separator: string): Value | undefined {
  const parts: (string | Unknown)[] = [];
  for (const [index, item] of items.entries()) {
    const own = partsOf(item);
    if (own === undefined) return undefined;
    if (index > 0) parts.push(separator);
    parts.push(...own);
  }
  return text(parts, items.flatMap(referencesOf));
}

/** Holes keep their place for plain `%s`, `%d` and `%v`; any other verb is computed on what is known or not at all. */
function formatParts(pattern: string, args: readonly Value[]): Value | undefined {
  const parts: (string | Unknown)[] = [];
  let next = 0;
  for (const piece of pattern.split(/(%%|%[^%a-zA-Z]*[a-zA-Z])/)) {
    if (!piece.startsWith('%')) {
      parts.push(piece);
      continue;
    }
    if (piece === '%%') {
      parts.push('%');
      continue;
    }
    const arg = args[next++];
    if (arg === undefined || piece.includes('[')) return undefined;
    const plain = plainOf(arg);
    if (plain !== undefined) parts.push(format(piece, [plain]));
    else {
      const own = /^%[sdv]$/.test(piece) ? partsOf(arg) : undefined;
      if (own === undefined) return undefined;
      parts.push(...own);
    }
  }
  if (next < args.length) return undefined;
  return text(parts, args.flatMap(referencesOf));
}

function trimmed(parts: readonly (string | Unknown)[]): Value {
  const last = parts.length - 1;
  return text(
    parts.map((part, index) => {
      if (typeof part !== 'string') return part;
      const start = index === 0 ? trimLeft(part) : part;
      return index === last ? trimRight(start) : start;
    }),
  );
}
