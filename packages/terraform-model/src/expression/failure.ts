import { type Deepen, navigate } from '../navigate.ts';
import type { Unknown, Value } from '../value.ts';
import { carrying, referencesOf, unknown } from '../values.ts';

/** Values that stand for an error Terraform would report: `try` passes over them, everything else sees an unknown. */
const failures = new WeakSet<Value>();

export function failure(expression: string): Value {
  const made = unknown(['function'], expression);
  failures.add(made);
  return made;
}

export function isFailure(value: Value): boolean {
  return failures.has(value);
}

/** Blocks and maps read from a resource: what is not written in them may still be set by the provider. */
const origins = new WeakMap<Value, Unknown>();

/** Marks a value as what stands at this attribute of a resource. */
export function standingAt<V extends Value>(value: V, pointer: Unknown): V {
  if (value.state !== 'list' && value.state !== 'map') return value;
  const copy = carrying({ ...value }, referencesOf(value));
  origins.set(copy, pointer);
  return copy;
}

/**
 * One step down as an expression takes it: what certainly is not there is an error, where a look at an attribute from
 * outside (`navigate`) only finds nothing. Below an attribute of a resource it is the provider's to decide.
 */
export function step(value: Value, key: string | number, expression: string, deepen: Deepen): Value {
  const found = exists(value, key) ? navigate(value, key, deepen) : undefined;
  const origin = origins.get(value);
  const below = origin === undefined ? undefined : navigate(origin, key);
  if (found === undefined || found.state === 'unset') return below ?? failure(expression);
  return below?.state === 'unknown' ? standingAt(found, below) : found;
}

function exists(value: Value, key: string | number): boolean {
  switch (value.state) {
    case 'list':
      if (value.set === true) return false;
      return typeof key === 'number' || /^\d+$/.test(key);
    case 'map':
      // A block that stands once may be read without its index; a value of an expression may not.
      return typeof key === 'string' || value.entries.has(String(key)) || !value.complete || origins.has(value);
    case 'unknown':
      return true;
    default:
      return false;
  }
}
