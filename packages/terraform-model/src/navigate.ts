import type { Path, Reference, Value } from './value.ts';
import { known, list, pointer, possibly, referencesOf, stepText, unknown, unset, weaken } from './values.ts';

/** What a computed attribute of a resource resolves to when more of its path becomes known; undefined: nothing better. */
export type Deepen = (reference: Reference) => Value | undefined;

/**
 * One step down. Absent in something complete is `unset`; below an unknown it stays unknown, and a plain reference becomes
 * a longer plain reference. Index 0 of a map is the map itself: a repeated block that stands once may be written without list.
 */
export function navigate(value: Value, step: string | number, deepen?: Deepen): Value {
  switch (value.state) {
    case 'map': {
      const entry = value.entries.get(String(step));
      if (entry !== undefined) return entry;
      if (step === 0) return value;
      return value.complete ? unset : unknown(['possible'], '', weaken(referencesOf(value)));
    }
    case 'list': {
      const index = typeof step === 'number' ? step : /^\d+$/.test(step) ? Number(step) : undefined;
      if (index === undefined) {
        // Terraform reads attributes of a block that may stand at most once both ways.
        const only = value.complete && value.items.length === 1 ? value.items[0] : undefined;
        return only === undefined ? unset : navigate(only, step, deepen);
      }
      const item = value.items[index];
      if (item !== undefined && (value.complete || index < 0)) return item;
      // Items of an incomplete list have no certain position.
      if (!value.complete) return unknown(['possible'], '', weaken(referencesOf(value)));
      return unset;
    }
    case 'unknown': {
      const { traversal, candidates } = value;
      if (candidates !== undefined) {
        const below = candidates.map((candidate) => possibly(navigate(candidate, step, deepen)));
        const references = weaken([...value.references, ...below.flatMap(referencesOf)]);
        return unknown(value.causes, extended(value.expression, step), references, { candidates: below });
      }
      if (traversal === undefined) return { ...value, expression: extended(value.expression, step) };
      const attribute = [...traversal.attribute, step];
      const longer = { ...traversal, attribute, text: extended(traversal.text, step) };
      return deepen?.(longer) ?? pointer(value.causes[0] ?? 'computed', longer);
    }
    default:
      return unset;
  }
}

export function navigateAll(value: Value, path: Path, deepen?: Deepen): Value {
  let at = value;
  for (const step of path) at = navigate(at, step, deepen);
  return at;
}

/** Items of a list or repeated block; a single map counts as one. */
export function itemsOf(value: Value): readonly Value[] {
  if (value.state === 'list') return value.items;
  return value.state === 'map' ? [value] : [];
}

function extended(expression: string, step: string | number): string {
  return expression === '' ? '' : `${expression}${stepText(step)}`;
}

/** JSON without any expression in it as a value. */
export function literal(json: unknown): Value {
  if (Array.isArray(json)) return list(json.map(literal));
  if (json instanceof Map) {
    return { state: 'map', entries: new Map([...json].map(([key, item]) => [key, literal(item)])), complete: true };
  }
  if (json !== null && typeof json === 'object') {
    return {
      state: 'map',
      entries: new Map(Object.entries(json).map(([key, item]) => [key, literal(item)])),
      complete: true,
    };
  }
  return known(json as string | number | boolean | null);
}
