import type { Attr } from '../attr.ts';
import { plainOf } from '../expression/plain.ts';
import type { Edge, Edges, Resource } from '../graph.ts';
import type { Cause, Unknown, Value } from '../value.ts';
import { causesOf, referencesOf } from '../values.ts';

/** Finds the resource an id or a literal stands for. */
export interface Targets {
  byId(id: string): Resource | undefined;
  /** A managed resource of that type whose provider id is known to be this. */
  byProviderId(type: string, id: string): Resource | undefined;
}

export interface FoundEdges extends Edges<Resource> {
  /** Some literal id matched none that the input knows: it is one that lies outside, or one whose id is not known yet. */
  readonly strayLiteral: boolean;
  /** Why more may exist, literals aside. */
  readonly open: readonly Cause[];
}

/** Reads where an attribute points: through references, and by literal ids where the input knows them. */
export function edgesOf(via: Attr, type: string, targets: Targets): FoundEdges {
  const found = new Map<string, Edge<Resource>>();
  const why = new Set<Cause>();
  const add = (resource: Resource, certainty: Edge<Resource>['certainty'], at: Attr) => {
    if (found.get(resource.id)?.certainty !== 'certain') found.set(resource.id, { resource, certainty, via: at });
  };
  const reading = { type, targets, add, why, strayLiteral: false };
  read(via, via.value, 'certain', reading);
  const open = [...why].sort();
  const all = reading.strayLiteral ? [...new Set<Cause>([...why, 'outside'])].sort() : open;
  return { edges: [...found.values()], complete: all.length === 0, why: all, strayLiteral: reading.strayLiteral, open };
}

interface Reading {
  readonly type: string;
  readonly targets: Targets;
  readonly add: (resource: Resource, certainty: Edge<Resource>['certainty'], at: Attr) => void;
  readonly why: Set<Cause>;
  strayLiteral: boolean;
}

function read(at: Attr, value: Value, certainty: Edge<Resource>['certainty'], reading: Reading): void {
  const { type, targets, add, why } = reading;
  switch (value.state) {
    case 'unset':
      return;
    case 'known': {
      const pointed = follow(at, value, certainty, reading);
      const plain = plainOf(value);
      if (plain === null || plain === undefined || typeof plain === 'boolean') return;
      const literal = targets.byProviderId(type, String(plain));
      if (literal !== undefined) add(literal, certainty, at);
      else if (!pointed) reading.strayLiteral = true;
      return;
    }
    case 'text':
      if (!follow(at, value, certainty, reading)) addAll(why, causesOf(value));
      return;
    case 'list':
      for (const item of at.value === value ? at.items() : []) read(item, item.value, certainty, reading);
      if (at.value !== value) for (const item of value.items) read(at, item, certainty, reading);
      if (!value.complete) {
        follow(at, value, 'possible', reading);
        why.add('possible');
      }
      return;
    case 'map':
      for (const [key, entry] of value.entries) {
        read(at.value === value ? at.attr(key) : at, entry, certainty, reading);
      }
      if (!value.complete) why.add('possible');
      return;
    case 'unknown':
      readUnknown(at, value, certainty, reading);
      return;
  }
}

/** Of a conditional every candidate is read; one plain reference to the wanted type is all there is; else more may exist. */
function readUnknown(at: Attr, value: Unknown, certainty: Edge<Resource>['certainty'], reading: Reading): void {
  if (value.candidates !== undefined) {
    for (const candidate of value.candidates) read(at, candidate, 'possible', reading);
    return;
  }
  const pointed = follow(at, value, certainty, reading);
  if (!pointed || value.traversal === undefined) addAll(reading.why, value.causes);
}

/** Edges along the references of one value; true when one of them ends at the wanted type. */
function follow(at: Attr, value: Value, certainty: Edge<Resource>['certainty'], reading: Reading): boolean {
  let pointed = false;
  for (const reference of referencesOf(value)) {
    const resource = reference.target === undefined ? undefined : reading.targets.byId(reference.target);
    if (resource === undefined || resource.type !== reading.type) continue;
    pointed = true;
    reading.add(resource, certainty === 'certain' ? reference.certainty : 'possible', at);
  }
  return pointed;
}

function addAll(into: Set<Cause>, causes: readonly Cause[]): void {
  for (const cause of causes) into.add(cause);
}
