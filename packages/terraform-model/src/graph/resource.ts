import type { Attr } from '../attr.ts';
import { AttrView } from '../attr-view.ts';
import type { Change, Lifecycle, Mode, Origin, Place, Provisioner, Resource, Root } from '../graph.ts';
import { navigateAll } from '../navigate.ts';
import type { Path, Reference, Value } from '../value.ts';
import { map, ownReferences, referencesOf } from '../values.ts';

/** Where the attributes of a resource come from. Values are computed when asked for, one top-level attribute at a time. */
export interface AttributeSource {
  /** Names of the attributes that are written or shown. */
  names(): readonly string[];
  /** `unset` for what is not there. */
  value(name: string): Value;
  /** Set where a value that is wholly known takes less to make again than to keep: of a large plan most are asked for once. */
  readonly shows?: true;
  /** A nested value that is worth resolving alone (`outputs` of a remote state). */
  at?(path: Path): Value | undefined;
  /** See `everyAttribute`; undefined where the values themselves must be looked at. */
  every?(look: Look): boolean | undefined;
}

/** Looks at an attribute and answers whether to go on. */
export interface Look {
  /** At JSON that holds the same texts as the value would, wherever the input shows all of it. */
  json(name: string, json: unknown): boolean;
  value(name: string, value: () => Value): boolean;
}

/**
 * Looks at all attributes of a resource until one look says no. Of a large plan most texts are looked at once, by who searches for hosts
 * and secrets: what the plan shows as it is need not become a value for that.
 */
export function everyAttribute(resource: Resource, look: Look): boolean {
  const seen = GraphResource.every(resource, look);
  if (seen !== undefined) return seen;
  const { value } = resource.attr();
  if (value.state !== 'map') return false;
  for (const [name, attribute] of value.entries) if (!look.value(name, () => attribute)) return false;
  return true;
}

export interface ResourceFields {
  readonly id: string;
  readonly root: Root;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly address: string;
  readonly index: string | number | undefined;
  readonly expanded: boolean;
  readonly provider: string;
  readonly change: Change;
}

/** What is looked up only when somebody asks for it. */
export interface ResourceDetails {
  readonly place: Place;
  readonly before?: AttributeSource | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly provisioners?: readonly Provisioner[] | undefined;
  readonly dependsOn: readonly string[];
  readonly constructPath?: string | undefined;
  readonly origins: readonly Origin[];
}

/** A value that was made, and those before it: they are few, and a table for each resource of a large plan takes more than all of them. */
interface Kept {
  readonly name: string;
  readonly value: Value;
  readonly next: Kept | undefined;
}

/** A resource of any input: fields that are always needed, everything else lazily. */
export class GraphResource implements Resource {
  readonly kind = 'resource';
  readonly id: string;
  readonly root: Root;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly address: string;
  readonly index: string | number | undefined;
  readonly expanded: boolean;
  readonly provider: string;
  readonly change: Change;
  readonly #source: AttributeSource;
  #details: ResourceDetails | (() => ResourceDetails);
  #values: Kept | undefined;

  constructor(fields: ResourceFields, source: AttributeSource, details: ResourceDetails | (() => ResourceDetails)) {
    this.id = fields.id;
    this.root = fields.root;
    this.mode = fields.mode;
    this.type = fields.type;
    this.name = fields.name;
    this.address = fields.address;
    this.index = fields.index;
    this.expanded = fields.expanded;
    this.provider = fields.provider;
    this.change = fields.change;
    this.#source = source;
    this.#details = details;
  }

  /** What its source says; undefined where that cannot tell, or where another stands before it (a changed graph) with other values. */
  static every(resource: Resource, look: Look): boolean | undefined {
    return #source in resource ? resource.#source.every?.(look) : undefined;
  }

  get place(): Place {
    return this.#detail.place;
  }

  get before(): ((...path: Path) => Attr) | undefined {
    const source = this.#detail.before;
    return source === undefined
      ? undefined
      : (...path) =>
          attrOf(
            this.id,
            path,
            () => source.names(),
            (name) => source.value(name),
          );
  }

  get lifecycle(): Lifecycle | undefined {
    return this.#detail.lifecycle;
  }

  get provisioners(): readonly Provisioner[] | undefined {
    return this.#detail.provisioners;
  }

  get dependsOn(): readonly string[] {
    return this.#detail.dependsOn;
  }

  get constructPath(): string | undefined {
    return this.#detail.constructPath;
  }

  get origins(): readonly Origin[] {
    return this.#detail.origins;
  }

  get references(): readonly { readonly at: Path; readonly reference: Reference }[] {
    return this.#source.names().flatMap((name) => [...standing([name], this.value(name))]);
  }

  attr(...path: Path): Attr {
    const first = path[0];
    if (first === undefined) {
      const entries = new Map<string, Value>();
      for (const name of this.#source.names()) entries.set(name, this.value(name));
      return new AttrView(this.id, path, map(entries));
    }
    const value = this.value(String(first));
    return path.length === 1
      ? new AttrView(this.id, path, value)
      : new AttrView(this.id, [first], value).attr(...path.slice(1));
  }

  /** The value at a path as the evaluator needs it: an attribute computed once, then kept. */
  valueAt(path: Path): Value {
    const direct = this.#source.at?.(path);
    if (direct !== undefined) return direct;
    const [first, ...rest] = path;
    return first === undefined ? this.attr().value : navigateAll(this.value(String(first)), rest);
  }

  value(name: string): Value {
    for (let kept = this.#values; kept !== undefined; kept = kept.next) if (kept.name === name) return kept.value;
    const value = this.#source.value(name);
    if (this.#source.shows === true && (value.state === 'known' || value.state === 'unset')) return value;
    this.#values = { name, value, next: this.#values };
    return value;
  }

  get #detail(): ResourceDetails {
    if (typeof this.#details === 'function') this.#details = this.#details();
    return this.#details;
  }
}

/** An attribute by path below any element whose top-level values are looked up by name. */
export function attrOf(
  owner: string,
  path: Path,
  names: () => readonly string[],
  value: (name: string) => Value,
): Attr {
  const [first, ...rest] = path;
  if (first === undefined) return new AttrView(owner, [], map(new Map(names().map((name) => [name, value(name)]))));
  const top = new AttrView(owner, [first], value(String(first)));
  return rest.length === 0 ? top : top.attr(...rest);
}

function* standing(at: Path, value: Value): Generator<{ at: Path; reference: Reference }> {
  if (value.state === 'text' || value.state === 'unknown') {
    for (const reference of referencesOf(value)) yield { at, reference };
    return;
  }
  for (const reference of ownReferences(value)) yield { at, reference };
  if (value.state === 'list') {
    for (const [index, item] of value.items.entries()) yield* standing([...at, index], item);
  } else if (value.state === 'map') {
    for (const [key, entry] of value.entries) yield* standing([...at, key], entry);
  }
}
