import { gunzipSync, gzipSync } from 'node:zlib';
import type { Facts } from '@lukko/facts';
import type { GraphChanges, Resource, Scalar, Value } from '@lukko/terraform-model';

/** One thing made worse in a model, and where. */
export interface Target {
  /** Id of the resource it is about. */
  readonly address: string;
  readonly changes: GraphChanges;
}

/** A way in which things go wrong: applied to every place of a model where it can. */
export interface Mutation {
  readonly id: string;
  /** What was done, as a sentence about the target: `it stands in Ashburn`. */
  readonly what: string;
  targets(facts: Facts): readonly Target[];
}

export const known = (value: NonNullable<Scalar>): Value => ({ state: 'known', value });
export const unset: Value = { state: 'unset' };
export const list = (...items: readonly string[]): Value => ({
  state: 'list',
  items: items.map(known),
  complete: true,
});
/** A value that only a variable nobody gave decides. */
export const hidden: Value = {
  state: 'unknown',
  causes: ['variable'],
  expression: 'var.hidden',
  references: [],
};

/** Resources of Hetzner's that will exist. */
export function existing({ graph }: Facts, type?: string): readonly Resource[] {
  const all = type === undefined ? graph.resources : graph.ofType(type);
  return all.filter(({ mode, change }) => mode === 'managed' && change !== 'delete');
}

/** One attribute of one resource set to another value. */
export function setTo(resource: Resource, attribute: string, value: Value): Target {
  return {
    address: resource.id,
    changes: { values: new Map([[resource.id, new Map([[attribute, value]])]]) },
  };
}

/** Attributes that carry what runs on a host. */
const payloads: Readonly<Record<string, string>> = { hcloud_server: 'user_data', terraform_data: 'input' };

/**
 * A text replaced in everything that runs on hosts. A server whose payload is changed by rebuilding has it twice, in its
 * user_data and in the terraform_data beside it: both are changed, once for each root.
 */
export function inPayloads(facts: Facts, from: RegExp, to: string): readonly Target[] {
  const byRoot = new Map<string, Map<string, ReadonlyMap<string, Value>>>();
  for (const resource of existing(facts)) {
    const attribute = Object.hasOwn(payloads, resource.type) ? payloads[resource.type] : undefined;
    if (attribute === undefined) continue;
    const before = resource.attr(attribute).value;
    const after = replaced(before, from, to);
    if (after === before) continue;
    const root = resource.root.stack ?? resource.root.place.file;
    const values = byRoot.get(root) ?? new Map<string, ReadonlyMap<string, Value>>();
    byRoot.set(root, values.set(resource.id, new Map([[attribute, after]])));
  }
  return [...byRoot.values()].map((values) => {
    const ids = [...values.keys()];
    const server = ids.find((id) => facts.graph.byId(id)?.type === 'hcloud_server');
    return { address: server ?? (ids[0] as string), changes: { values } };
  });
}

/** The same value when nothing in it matches. */
function replaced(value: Value, from: RegExp, to: string): Value {
  if (value.state === 'known') {
    if (typeof value.value !== 'string') return value;
    const text = inText(value.value, from, to);
    return text === value.value ? value : known(text);
  }
  if (value.state !== 'text') return value;
  const parts = value.parts.map((part) => (typeof part === 'string' ? inText(part, from, to) : part));
  return parts.every((part, index) => part === value.parts[index]) ? value : { ...value, parts };
}

/** The beginning of what gzip makes, in base64 (RFC 1952: bytes 1f 8b 08 and no flag): files of a payload may stand in it compressed. */
const PACKED = /\bH4sI[A-Za-z0-9+/]{16,}={0,2}/g;
const MOST_UNPACKED = 4 * 1024 * 1024;

/** Replaced in the text, and in what stands compressed within it; what cannot be unpacked stays as it is. */
function inText(text: string, from: RegExp, to: string): string {
  return text.replace(from, to).replace(PACKED, (packed) => {
    try {
      const before = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: MOST_UNPACKED }).toString();
      const after = before.replace(from, to);
      return after === before ? packed : gzipSync(after).toString('base64');
    } catch {
      return packed;
    }
  });
}
