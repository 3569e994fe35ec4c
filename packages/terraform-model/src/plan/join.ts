import { createHash } from 'node:crypto';
import type { AttributeSource } from '../graph/resource.ts';
import { navigate } from '../navigate.ts';
import type { Cause, Value } from '../value.ts';
import {
  carrying,
  carryingLater,
  ledTo,
  list,
  map,
  ownReferences,
  referencesOf,
  unknown,
  unset,
  weaken,
} from '../values.ts';
import { nestedBlocks, optionalComputed } from '../zz_resource_types.ts';

/** The configuration of one instance, where it is at hand, and its constant text where that is known without evaluating. */
export interface Written extends AttributeSource {
  /** A constant as a plan records it: already unescaped when it was written in HCL. */
  constant(name: string): string | undefined;
}

/** What the plan shows of an attribute joined with how it is written. */
export function joinedValue(
  type: string,
  name: string,
  planned: Value,
  configuration: (() => Written) | undefined,
): Value {
  if (type === 'hcloud_server' && name === 'user_data') return userData(planned, configuration?.());
  const noBlock = planned.state === 'list' && planned.items.length === 0 && includes(nestedBlocks, type, name);
  if (configuration === undefined) return noBlock ? unset : planned;
  const later = () => configuration().value(name);
  if (!noBlock && name !== 'apply_to' && isWhole(planned)) return joinedLater(planned, once(later));
  const declared = later();
  // A block nobody wrote is shown as an empty list: to a rule that is the provider's default, as at synth.
  if (noBlock && declared.state === 'unset') return unset;
  // The API lists there every server a firewall applies to, whoever said so: unwritten it is an echo of what servers declare.
  if (type === 'hcloud_firewall' && name === 'apply_to' && declared.state === 'unset') return unset;
  if (planned.state === 'unknown' && planned.causes.includes('computed') && declared.state === 'unset') {
    // Not written, and no block that a `dynamic` may have made: the provider decides, as it does at synth.
    return isOptional(type, name) ? unset : planned;
  }
  return join(planned, declared);
}

/** Whether the provider decides it at apply, and nothing else keeps it hidden. */
export function isComputed(planned: Value): boolean {
  return planned.state === 'unknown' && planned.causes.length === 1 && planned.causes[0] === 'computed';
}

/** Left out, the provider's default applies. */
export function isOptional(type: string, name: string): boolean {
  return includes(optionalComputed, type, name);
}

/** What is not known of an argument of which only the references are recorded; they are followed when somebody asks. */
export function bareValue(declared: () => Value | undefined): Value {
  return ledTo(bare, () => referencesOf(declared() ?? unset));
}

const bare: readonly Cause[] = ['source'];

/** Whether the plan knows every part of it: then how it is written adds nothing but where it leads. */
export function isWhole(planned: Value): boolean {
  switch (planned.state) {
    case 'known':
    case 'unset':
      return true;
    case 'list':
      return planned.items.every(isWhole);
    case 'map':
      for (const entry of planned.entries.values()) if (!isWhole(entry)) return false;
      return true;
    default:
      return false;
  }
}

function once(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** What `join` gives for a value that is known as a whole; expressions are evaluated when somebody asks where it leads. */
function joinedLater(planned: Value, declared: () => Value): Value {
  switch (planned.state) {
    case 'list': {
      const alike = (): readonly Value[] | undefined => {
        const written = declared();
        return written.state === 'list' && written.items.length === planned.items.length ? written.items : undefined;
      };
      const items = planned.items.map((item, i) => joinedLater(item, () => alike()?.[i] ?? unset));
      return carryingLater(list(items, planned.complete), () =>
        alike() === undefined ? weaken(referencesOf(declared())) : ownReferences(declared()),
      );
    }
    case 'map': {
      const written = (key: string): Value => {
        const whole = declared();
        return whole.state === 'map' ? navigate(whole, key) : unset;
      };
      const entries = new Map(
        [...planned.entries].map(([key, entry]) => [key, joinedLater(entry, () => written(key))]),
      );
      return carryingLater(map(entries, planned.complete), () =>
        declared().state === 'map' ? ownReferences(declared()) : weaken(referencesOf(declared())),
      );
    }
    default:
      return carryingLater(planned, () => referencesOf(declared()));
  }
}

function includes(table: Readonly<Record<string, readonly string[]>>, type: string, name: string): boolean {
  return Object.hasOwn(table, type) && table[type]?.includes(name) === true;
}

/** What the plan knows wins; where it knows nothing, the written expression says more than "unknown". */
function join(planned: Value, declared: Value): Value {
  switch (planned.state) {
    case 'unknown':
      if (planned.causes.includes('sensitive')) return hidden(declared);
      return decidedAtApply(declared);
    case 'list': {
      if (declared.state !== 'list' || declared.items.length !== planned.items.length) return keep(planned, declared);
      const items = planned.items.map((item, i) => join(item, declared.items[i] ?? unset));
      return carrying(list(items, planned.complete), ownReferences(declared));
    }
    case 'map': {
      if (declared.state !== 'map') return keep(planned, declared);
      const entries = new Map([...planned.entries].map(([key, entry]) => [key, join(entry, navigate(declared, key))]));
      return carrying(map(entries, planned.complete), ownReferences(declared));
    }
    default:
      return keep(planned, declared);
  }
}

/**
 * Nothing of a marked value but where it points: cdktf marks every reference to a sibling stack, and an edge is no secret.
 */
function hidden(declared: Value): Value {
  if (declared.state === 'list') return list(declared.items.map(hidden), declared.complete);
  const traversal = declared.state === 'unknown' ? declared.traversal : undefined;
  return unknown(['sensitive'], '', referencesOf(declared), traversal === undefined ? {} : { traversal });
}

/** A plan's value with the references that led to it; of a list only partly known they cannot be told apart. */
function keep(planned: Value, declared: Value): Value {
  const references = referencesOf(declared);
  return carrying(planned, planned.state === 'list' || planned.state === 'map' ? weaken(references) : references);
}

/** The plan says it is decided at apply: a value the configuration seems to know is then not to be trusted. */
function decidedAtApply(declared: Value): Value {
  switch (declared.state) {
    case 'known':
    case 'unset':
      return unknown(['computed'], '', referencesOf(declared));
    default:
      return declared;
  }
}

/**
 * A plan shows base64(SHA-1) of the text (facts: `hcloud_server.user_data`). The configuration's text is believed when it has
 * that digest; a text with holes when the plan does not know the value either.
 */
function userData(planned: Value, written: Written | undefined): Value {
  const declared = written?.value('user_data') ?? unset;
  if (planned.state === 'unset') return planned;
  if (planned.state === 'unknown') return written === undefined ? planned : join(planned, declared);
  const hash = planned.state === 'known' ? planned.value : undefined;
  if (declared.state === 'known' && typeof declared.value === 'string' && digest(declared.value) === hash)
    return declared;
  const constant = written?.constant('user_data');
  if (constant !== undefined && digest(constant) === hash) return { state: 'known', value: constant };
  return unknown(['source'], '', weaken(referencesOf(declared)));
}

function digest(text: string): string {
  return createHash('sha1').update(text).digest('base64');
}

/** The instance before the change: as shown, but never the digest of a payload as if it were the payload. */
export function beforeSource(type: string, shown: AttributeSource): AttributeSource {
  return {
    names: shown.names,
    value: (name) => {
      const value = shown.value(name);
      const hashed = type === 'hcloud_server' && name === 'user_data' && value.state === 'known';
      return hashed ? unknown(['source'], '') : value;
    },
  };
}
