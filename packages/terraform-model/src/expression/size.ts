import type { Value } from '../value.ts';
import { referencesOf, unknown } from '../values.ts';

/**
 * What one value may hold: characters of text, and a few for each item. Locals that double each other sixty times fit on one screen, and what
 * they make fits in no memory.
 */
export const largest = 1 << 24;
const perItem = 64;
/** A hole has references and causes of its own. */
const perHole = 1024;

/** A value is part of many others, and never changes. */
const sizes = new WeakMap<object, number>();

/** What stands for a value that is too large to be made: not known, with the places it would lead to. */
export function within(value: Value, expression: string): Value {
  if (value.state === 'known' && typeof value.value !== 'string') return value;
  if (sizeOf(value) <= largest) return value;
  const parts = value.state === 'list' || value.state === 'map' ? [] : referencesOf(value);
  return unknown(['function'], `${expression}: more than ${largest} characters, which is not followed`, parts);
}

/** Parts are looked at once each, in whatever they stand. Nesting is bounded where values are made. */
function sizeOf(value: Value): number {
  switch (value.state) {
    case 'known':
      return typeof value.value === 'string' ? value.value.length : 0;
    case 'unset':
      return 0;
    case 'text': {
      return remembered(value.parts, () =>
        value.parts.reduce((sum, part) => sum + (typeof part === 'string' ? part.length : perHole), 0),
      );
    }
    case 'list':
      return remembered(value.items, () => value.items.reduce((sum, item) => sum + perItem + sizeOf(item), 0));
    case 'map':
      return remembered(value.entries, () => {
        let sum = 0;
        for (const [key, item] of value.entries) sum += perItem + key.length + sizeOf(item);
        return sum;
      });
    case 'unknown': {
      const { candidates, encodes } = value;
      const hidden = encodes === undefined ? 0 : sizeOf(encodes);
      if (candidates === undefined) return hidden;
      return hidden + remembered(candidates, () => candidates.reduce((sum, one) => sum + perItem + sizeOf(one), 0));
    }
  }
}

function remembered(part: object, count: () => number): number {
  const before = sizes.get(part);
  if (before !== undefined) return before;
  const size = count();
  sizes.set(part, size);
  return size;
}
