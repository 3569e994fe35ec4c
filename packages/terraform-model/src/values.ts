import type { Cause, Path, Reference, Scalar, Unknown, Value } from './value.ts';

/**
 * A value with the references that it was made from though it does not show them: `${hcloud_server.a.name}` that resolved to `"a"`. They
 * stand in the value itself, hidden from who copies or compares it, since a plan may hold a million of them.
 */
class Carrying {
  #references: readonly Reference[] | (() => readonly Reference[]);

  constructor(value: Value, references: readonly Reference[] | (() => readonly Reference[])) {
    Object.assign(this, value);
    this.#references = references;
  }

  static referencesOf(value: object): readonly Reference[] | undefined {
    if (!(#references in value)) return undefined;
    if (typeof value.#references === 'function') value.#references = value.#references();
    return value.#references;
  }
}

export const unset: Value = Object.freeze({ state: 'unset' });

export function known(value: Scalar): Value {
  return { state: 'known', value };
}

export function list(items: readonly Value[], complete = true): Value {
  return { state: 'list', items, complete };
}

export function map(entries: ReadonlyMap<string, Value>, complete = true): Value {
  return { state: 'map', entries, complete };
}

/** Causes are sorted and free of duplicates, as the contract says. */
export function unknown(
  causes: Iterable<Cause>,
  expression: string,
  references: readonly Reference[] = [],
  more: Pick<Unknown, 'traversal' | 'candidates'> = {},
): Unknown {
  const named = [...new Set(causes)].sort();
  if (named.length === 0) named.push('function');
  return { state: 'unknown', causes: named, expression, references: distinct(references), ...more };
}

/**
 * Not known, and led to by references that are worked out when somebody asks for them: of most in a large plan nobody does. What leads
 * back to itself leads nowhere.
 */
export function ledTo(causes: readonly Cause[], references: () => readonly Reference[]): Unknown {
  return new Led(causes, references);
}

class Led {
  readonly state = 'unknown';
  readonly causes: readonly Cause[];
  readonly expression = '';
  declare readonly references: readonly Reference[];
  #references: readonly Reference[] | (() => readonly Reference[]);

  constructor(causes: readonly Cause[], references: () => readonly Reference[]) {
    this.causes = causes;
    this.#references = references;
    Object.defineProperty(this, 'references', Led.#followed);
  }

  /** A property of each value, so that a copy has it too; one getter for all, since V8 keeps objects with one each as hash tables. */
  static readonly #followed = {
    enumerable: true,
    get(this: Led): readonly Reference[] {
      const follow = this.#references;
      if (typeof follow !== 'function') return follow;
      this.#references = [];
      this.#references = follow();
      return this.#references;
    },
  };
}

/** A value that is exactly one attribute of one resource, decided elsewhere. */
export function pointer(cause: Cause, reference: Reference): Unknown {
  return {
    state: 'unknown',
    causes: [cause],
    expression: reference.text,
    references: [reference],
    traversal: reference,
  };
}

/** The same value, remembering that these references led to it. */
export function carrying<V extends Value>(value: V, references: readonly Reference[]): V {
  if (references.length === 0) return value;
  if (value.state === 'unknown') return { ...value, references: distinct([...value.references, ...references]) };
  const before = Carrying.referencesOf(value) ?? [];
  return new Carrying(value, distinct([...before, ...references])) as unknown as V;
}

/** The same, of a value without references of its own, where they are worked out when somebody asks for them. */
export function carryingLater<V extends Value>(value: V, references: () => readonly Reference[]): V {
  return new Carrying(value, references) as unknown as V;
}

/** Every reference a value shows or was made from, in order, without duplicates. Nesting is bounded by the readers. */
export function referencesOf(value: Value): readonly Reference[] {
  const found: Reference[] = [];
  collect(value, found);
  return distinct(found);
}

function collect(value: Value, into: Reference[]): void {
  const own = Carrying.referencesOf(value);
  if (own !== undefined) into.push(...own);
  switch (value.state) {
    case 'unknown':
      into.push(...value.references);
      break;
    case 'text':
      for (const part of value.parts) if (typeof part !== 'string') into.push(...part.references);
      break;
    case 'list':
      for (const item of value.items) collect(item, into);
      break;
    case 'map':
      for (const entry of value.entries.values()) collect(entry, into);
      break;
    default:
  }
}

export function ownReferences(value: Value): readonly Reference[] {
  return value.state === 'unknown' ? value.references : (Carrying.referencesOf(value) ?? []);
}

/** A set of which some items are not known yet: what order they will have is not known either. */
export function isUnordered(value: Value): boolean {
  return value.state === 'list' && value.set === true && value.items.length > 1 && causesOf(value).length > 0;
}

/** Every cause for which a part of the value is not known. */
export function causesOf(value: Value): readonly Cause[] {
  const found = new Set<Cause>();
  const open: Value[] = [value];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.state === 'unknown') for (const cause of next.causes) found.add(cause);
    else if (next.state === 'text') open.push(...next.parts.filter((part) => typeof part !== 'string'));
    else if (next.state === 'list') {
      open.push(...next.items);
      if (!next.complete) found.add('possible');
    } else if (next.state === 'map') {
      open.push(...next.entries.values());
      if (!next.complete) found.add('possible');
    }
  }
  return [...found].sort();
}

export function weaken(references: readonly Reference[]): readonly Reference[] {
  return references.map((reference) =>
    reference.certainty === 'possible' ? reference : { ...reference, certainty: 'possible' },
  );
}

/** The value with all its references only possible: as one of several candidates it is certain of nothing. */
export function possibly(value: Value): Value {
  if (value.state !== 'unknown') return value;
  const { traversal, references, ...rest } = value;
  const weak = { ...rest, references: weaken(references) };
  return traversal === undefined ? weak : { ...weak, traversal: { ...traversal, certainty: 'possible' } };
}

/** Of two references that differ only in certainty the certain one stays. */
export function distinct(references: readonly Reference[]): readonly Reference[] {
  if (references.length < 2) return references;
  const byKey = new Map<string, Reference>();
  for (const reference of references) {
    const key = `${reference.target ?? ''}\n${pathText(reference.attribute)}\n${reference.text}`;
    if (byKey.get(key)?.certainty !== 'certain') byKey.set(key, reference);
  }
  return [...byKey.values()];
}

/** `public_net[0].ipv4`; keys that are no identifiers stand in brackets and quotes, as Terraform writes them. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) text += text === '' && typeof step === 'string' && isPlain(step) ? step : stepText(step);
  return text;
}

export function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${step}]`;
  return isPlain(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}

function isPlain(key: string): boolean {
  return /^[a-z_]+$/.test(key) || /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(key);
}

/** Text from pieces, known as soon as no hole is left; pieces of holes keep their order. */
export function text(parts: readonly (string | Unknown)[], references: readonly Reference[] = []): Value {
  const merged: (string | Unknown)[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === 'string' && typeof last === 'string') merged[merged.length - 1] = last + part;
    else if (part !== '') merged.push(part);
  }
  const whole = merged.every((part) => typeof part === 'string');
  return carrying(whole ? known(merged.join('')) : { state: 'text', parts: merged }, references);
}
