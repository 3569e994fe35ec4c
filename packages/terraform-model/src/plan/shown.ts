import type { AttributeSource } from '../graph/resource.ts';
import type { Value } from '../value.ts';
import { known, list, map, unknown, unset } from '../values.ts';
import { entriesOf, own } from './format.ts';

/**
 * What a plan or state shows of one value. `unknown` and `sensitive` run beside it in the same shape: `true` at any level
 * means everything below.
 */
export function shownValue(json: unknown, isUnknown: unknown, isSensitive: unknown): Value {
  if (isSensitive === true) return unknown(['sensitive'], '');
  if (isUnknown === true) return unknown(['computed'], '');
  if (Array.isArray(json) || (json === undefined && Array.isArray(isUnknown))) {
    const items = Array.isArray(json) ? json : [];
    const length = Math.max(items.length, Array.isArray(isUnknown) ? isUnknown.length : 0);
    return list(Array.from({ length }, (_, i) => shownValue(items[i], at(isUnknown, i), at(isSensitive, i))));
  }
  if (json !== null && typeof json === 'object') {
    const entries = new Map<string, Value>();
    for (const [key, item] of Object.entries(json))
      entries.set(key, shownValue(item, own(isUnknown, key), own(isSensitive, key)));
    for (const [key, item] of entriesOf(isUnknown)) {
      if (!entries.has(key) && hasUnknown(item)) entries.set(key, shownValue(undefined, item, own(isSensitive, key)));
    }
    return map(entries);
  }
  if (json === undefined && hasUnknown(isUnknown)) return shownValue({}, isUnknown, isSensitive);
  return json === null || json === undefined ? unset : known(json as string | number | boolean);
}

function at(holder: unknown, index: number): unknown {
  return Array.isArray(holder) ? holder[index] : undefined;
}

function hasUnknown(mark: unknown): boolean {
  if (mark === true) return true;
  if (Array.isArray(mark)) return mark.some(hasUnknown);
  return entriesOf(mark).some(([, inner]) => hasUnknown(inner));
}

/** Names of the attributes of one object that are shown, or said to be unknown. */
export function shownNames(values: unknown, isUnknown: unknown): readonly string[] {
  const names = new Set(entriesOf(values).map(([name]) => name));
  for (const [name, mark] of entriesOf(isUnknown)) if (hasUnknown(mark)) names.add(name);
  return [...names];
}

/** One attribute of an object of a plan or state. */
export function shownAttribute(values: unknown, isUnknown: unknown, isSensitive: unknown, name: string): Value {
  if (isSensitive === true) return unknown(['sensitive'], '');
  return shownValue(own(values, name), isUnknown === true || own(isUnknown, name), own(isSensitive, name));
}

/** The attributes of one object of a plan or state; nothing is wrapped before somebody asks for it. */
export function shownSource(values: unknown, isUnknown: unknown, isSensitive: unknown): AttributeSource {
  return {
    names: () => shownNames(values, isUnknown),
    value: (name) => shownAttribute(values, isUnknown, isSensitive, name),
  };
}
