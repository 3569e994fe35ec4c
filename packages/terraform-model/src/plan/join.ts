import { createHash } from 'node:crypto';
import type { AttributeSource } from '../graph/resource.ts';
import { navigate } from '../navigate.ts';
import type { Value } from '../value.ts';
import { carrying, list, map, ownReferences, referencesOf, unknown, unset, weaken } from '../values.ts';
import { nestedBlocks, optionalComputed } from '../zz_resource_types.ts';

/** The configuration of one instance, where it is at hand, and its constant text where that is known without evaluating. */
export interface Written extends AttributeSource {
  /** A constant as a plan records it: already unescaped when it was written in HCL. */
  constant(name: string): string | undefined;
}

/** What the plan shows of an attribute joined with how it is written. */
export function joinedValue(type: string, name: string, planned: Value, written: Written | undefined): Value {
  if (type === 'hcloud_server' && name === 'user_data') return userData(planned, written);
  const declared = written?.value(name);
  const isBlock = includes(nestedBlocks, type, name);
  // A block nobody wrote is shown as an empty list: to a rule that is the provider's default, as at synth.
  if (isBlock && planned.state === 'list' && planned.items.length === 0 && isAbsent(declared)) return unset;
  // The API lists there every server a firewall applies to, whoever said so: unwritten it is an echo of what servers declare.
  if (type === 'hcloud_firewall' && name === 'apply_to' && declared?.state === 'unset') return unset;
  if (planned.state === 'unknown' && planned.causes.includes('computed') && declared?.state === 'unset') {
    // Not written, and no block that a `dynamic` may have made: the provider decides, as it does at synth.
    return includes(optionalComputed, type, name) ? unset : planned;
  }
  return declared === undefined ? planned : join(planned, declared);
}

function isAbsent(declared: Value | undefined): boolean {
  return declared === undefined || declared.state === 'unset';
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
