import type { AttributeSource } from '../graph/resource.ts';
import type { Value } from '../value.ts';
import { known, list, map, unknown, unset } from '../values.ts';
import { entriesOf, own } from './format.ts';

const sensitive = unknown(['sensitive'], '');
export const computed = unknown(['computed'], '');

/**
 * What a plan or state shows of one value. `unknown` and `sensitive` run beside it in the same shape: `true` at any level
 * means everything below.
 */
export function shownValue(json: unknown, isUnknown: unknown, isSensitive: unknown): Value {
  if (isSensitive === true) return sensitive;
  if (isUnknown === true) return computed;
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
      if (!entries.has(key) && isMarked(item)) entries.set(key, shownValue(undefined, item, own(isSensitive, key)));
    }
    return map(entries);
  }
  if (json === undefined && isMarked(isUnknown)) return shownValue({}, isUnknown, isSensitive);
  return json === null || json === undefined ? unset : known(json as string | number | boolean);
}

function at(holder: unknown, index: number): unknown {
  return Array.isArray(holder) ? holder[index] : undefined;
}

/** Whether anything in it is marked as not known, or as sensitive. */
export function isMarked(mark: unknown): boolean {
  if (mark === true) return true;
  if (Array.isArray(mark)) return mark.some(isMarked);
  return entriesOf(mark).some(([, inner]) => isMarked(inner));
}

const remembered = new WeakMap<object, readonly string[]>();

/** Of marks that many instances share it is worked out once what they mark. */
export function rememberMarks(marks: unknown): void {
  if (marks !== null && typeof marks === 'object') remembered.set(marks, namesMarked(marks));
}

/** Names of the attributes in which something is marked. */
function namesMarked(marks: unknown): readonly string[] {
  if (marks === null || typeof marks !== 'object') return [];
  return (
    remembered.get(marks) ??
    entriesOf(marks)
      .filter(([, mark]) => isMarked(mark))
      .map(([name]) => name)
  );
}

/** Names of the attributes of one object that are shown, or said to be unknown. */
export function shownNames(values: unknown, isUnknown: unknown): readonly string[] {
  const names = values !== null && typeof values === 'object' && !Array.isArray(values) ? Object.keys(values) : [];
  for (const name of namesMarked(isUnknown)) if (!Object.hasOwn(Object(values), name)) names.push(name);
  return names;
}

/** One attribute of an object of a plan or state. */
export function shownAttribute(values: unknown, isUnknown: unknown, isSensitive: unknown, name: string): Value {
  if (isSensitive === true) return sensitive;
  return shownValue(own(values, name), isUnknown === true || own(isUnknown, name), own(isSensitive, name));
}

/** The attributes of one object of a plan or state; nothing is wrapped before somebody asks for it. */
export function shownSource(values: unknown, isUnknown: unknown, isSensitive: unknown): AttributeSource {
  return {
    names: () => shownNames(values, isUnknown),
    value: (name) => shownAttribute(values, isUnknown, isSensitive, name),
  };
}
