import { bodySource, resourceMeta } from '../configuration/attributes.ts';
import type { Block } from '../configuration/blocks.ts';
import { bracket, type Group, type ModuleInstance, type PlannedIndexes } from '../configuration/instance.ts';
import { lifecycleOf } from '../configuration/lifecycle.ts';
import { resourceMetadata } from '../configuration/metadata.ts';
import { writtenOrigins } from '../configuration/origins.ts';
import { provisionersOf } from '../configuration/provisioners.ts';
import { configuredSource, isNative, localName, type RemoteOutput } from '../configuration/resources.ts';
import type { World } from '../configuration/world.ts';
import type { Scope } from '../expression/evaluate.ts';
import { type AttributeSource, GraphResource, type ResourceDetails, type ResourceFields } from '../graph/resource.ts';
import type { Change, Mode, Provisioner, Root } from '../graph.ts';
import type { Value } from '../value.ts';
import { carrying, map, pointer, referencesOf } from '../values.ts';
import type { ResourceChange } from './format.ts';
import { beforeSource, joinedValue, type Written } from './join.ts';
import { shownAttribute, shownNames, shownSource } from './shown.ts';

export interface PlanContext {
  readonly root: Root;
  readonly world: World;
  readonly idPrefix: string;
  readonly file: string;
  /** The full address of a provider a plan names; the same few are asked for again and again. */
  readonly provider: (name: string) => string;
  /** False when the configuration is only the plan's own record, which leaves `lifecycle` out. */
  readonly sourceAtHand: boolean;
  /** What a sibling root declares for an output whose value a `terraform_remote_state` has read. */
  readonly remoteOutput?: RemoteOutput;
}

/** One element of `resource_changes`, joined with the block that declares it where the configuration has one. */
export function plannedResource(
  change: ResourceChange,
  module: ModuleInstance | undefined,
  context: PlanContext,
): GraphResource {
  const source = new PlannedSource(change, module, context);
  const resource = new GraphResource(source, source, () => source.details());
  source.resource = resource;
  return resource;
}

/**
 * What is known of one instance. A plan holds a hundred thousand of them, and of most only a few attributes are asked for: nothing
 * is made before that.
 */
class PlannedSource implements AttributeSource, ResourceFields {
  readonly id: string;
  readonly address: string;
  readonly mode: Mode;
  readonly type: string;
  readonly name: string;
  readonly index: string | number | undefined;
  readonly root: Root;
  readonly provider: string;
  readonly change: Change;
  readonly expanded = true;
  resource: GraphResource | undefined;
  readonly #shown: ResourceChange['change'];
  readonly #deposed: boolean;
  readonly #module: ModuleInstance | undefined;
  readonly #context: PlanContext;
  #written: Written | undefined | 'none';

  constructor(change: ResourceChange, module: ModuleInstance | undefined, context: PlanContext) {
    const { type, mode, name, deposed } = change;
    this.address = deposed === undefined ? change.address : `${change.address} (deposed ${deposed})`;
    this.id = context.idPrefix + this.address;
    this.mode = mode;
    this.type = type;
    this.name = name;
    this.index = change.index;
    this.root = context.root;
    this.provider = context.provider(change.provider_name ?? type.split('_')[0] ?? type);
    this.change = changeOf(change.change.actions);
    this.#shown = change.change;
    this.#deposed = deposed !== undefined;
    this.#module = module;
    this.#context = context;
  }

  names(): readonly string[] {
    const shown = shownNames(this.#shown.after, this.#shown.after_unknown);
    const written = this.#declared?.names();
    return written === undefined ? shown : [...new Set([...shown, ...written])];
  }

  value(name: string): Value {
    const { after, after_unknown: isUnknown, after_sensitive: isSensitive } = this.#shown;
    const planned = shownAttribute(after, isUnknown, isSensitive, name);
    const value = joinedValue(this.type, name, planned, this.#declared);
    if (this.type === 'terraform_remote_state' && name === 'outputs') return this.#withSiblings(value);
    return this.#named(value, name);
  }

  /** The block that declares it, and none for what is on its way out. */
  get #group(): Group | undefined {
    if (this.#deposed || this.change === 'delete') return undefined;
    return this.#module?.group(localName(this.mode, this.type, this.name));
  }

  get #scope(): Scope | undefined {
    const bound = this.#group?.instance(this.index)?.bound ?? [];
    return this.#module?.scopeWith(new Map<string, Value>([...bound, ['self', selfOf(this.id, this.address)]]));
  }

  get #declared(): Written | undefined {
    if (this.#written === undefined) {
      const [group, scope] = [this.#group, this.#scope];
      this.#written =
        group === undefined || scope === undefined
          ? 'none'
          : writtenOf(group.block, configuredSource(group.block, scope, this.#context.world, this));
    }
    return this.#written === 'none' ? undefined : this.#written;
  }

  details(): ResourceDetails {
    const { before, before_sensitive: isSensitive } = this.#shown;
    const { sourceAtHand, file } = this.#context;
    const block = this.#group?.block;
    const metadata = block === undefined ? undefined : resourceMetadata(block.body);
    const byHand = block !== undefined && isNative(block) && sourceAtHand;
    return {
      place: metadata?.place ?? block?.place ?? { file },
      before:
        before === null || before === undefined
          ? undefined
          : beforeSource(this.type, shownSource(before, undefined, isSensitive)),
      lifecycle: block !== undefined && sourceAtHand ? lifecycleOf(block.body) : undefined,
      provisioners: this.#provisioners(),
      dependsOn: [],
      constructPath: metadata?.constructPath,
      origins: byHand ? writtenOrigins(block, resourceMeta) : (metadata?.origins ?? []),
    };
  }

  /** What is deleted runs the provisioners its block has now, and none when the block is gone. */
  #provisioners(): readonly Provisioner[] | undefined {
    const { sourceAtHand, root, world } = this.#context;
    const local = localName(this.mode, this.type, this.name);
    const gone = this.change === 'delete' && sourceAtHand;
    const block = (gone ? this.#module?.group(local) : this.#group)?.block;
    if (block === undefined) return gone ? [] : undefined;
    const scope = this.#scope;
    if (scope === undefined) return undefined;
    return provisionersOf({ id: this.id, root, whole: sourceAtHand }, block, (own, meta) =>
      bodySource(own, scope, world.evaluator, meta),
    );
  }

  /** The state says what an output is, its sibling's expression what it is of: a firewall, an address. */
  #withSiblings(value: Value): Value {
    if (value.state !== 'map') return value;
    const entries = [...value.entries].map(([output, entry]): [string, Value] => {
      const written = this.resource === undefined ? undefined : this.#context.remoteOutput?.(this.resource, output);
      if (written === undefined) return [output, entry];
      const traversal = written.state === 'unknown' ? written.traversal : undefined;
      const pointed = entry.state === 'unknown' && traversal !== undefined ? { ...entry, traversal } : entry;
      return [output, carrying(pointed, referencesOf(written))];
    });
    return map(new Map(entries), value.complete);
  }

  /** An unknown attribute without any expression is a plain reference to itself: the provider decides it, and it is named. */
  #named(value: Value, name: string): Value {
    if (value.state !== 'unknown' || value.expression !== '' || value.references.length > 0) return value;
    if (value.causes.length !== 1 || value.causes[0] !== 'computed') return value;
    const text = `${this.address}.${name}`;
    const cause = this.mode === 'data' || this.change === 'read' ? 'data' : 'computed';
    return pointer(cause, { target: this.id, attribute: [name], text, certainty: 'certain' });
  }
}

function selfOf(id: string, address: string): Value {
  return pointer('computed', { target: id, attribute: [], text: address, certainty: 'certain' });
}

function writtenOf(block: Block, source: AttributeSource): Written {
  return {
    ...source,
    constant: (name) => {
      const json = block.body.get(name);
      return typeof json === 'string' ? json : undefined;
    },
  };
}

function changeOf(actions: readonly string[]): Change {
  if (actions.length > 1) return actions.includes('create') ? 'replace' : 'update';
  switch (actions[0]) {
    case 'create':
    case 'read':
    case 'update':
    case 'delete':
      return actions[0];
    // Forgotten resources leave the configuration's care: to what it promises that is a removal.
    case 'forget':
      return 'delete';
    default:
      return 'no-op';
  }
}

const single: readonly undefined[] = [undefined];

/** Which instances of each address the plan shows, for `count` and `for_each` of resources and of module calls. */
export function plannedIndexes(changes: Iterable<ResourceChange>): PlannedIndexes {
  // No address of a resource stands twice, so its indexes need no comparing; modules are named by each resource in them.
  const resources = new Map<string, readonly (string | number | undefined)[]>();
  const modules = new Map<string, Map<string, string | number | undefined>>();
  const prefixes = new Map<string, string>([['', '']]);
  const prefixOf = (module: string): string => {
    const found = prefixes.get(module);
    if (found !== undefined) return found;
    let prefix = '';
    for (const { name, index } of moduleSteps(module)) {
      const address = `${prefix}module.${name}`;
      const same = modules.get(address) ?? new Map<string, string | number | undefined>();
      same.set(bracket(index), index);
      modules.set(address, same);
      prefix = `${address}${bracket(index)}.`;
    }
    prefixes.set(module, prefix);
    return prefix;
  };
  for (const { module_address: module = '', mode, type, name, index, deposed, change } of changes) {
    if (deposed !== undefined || changeOf(change.actions) === 'delete') continue;
    const address = prefixOf(module) + localName(mode, type, name);
    const same = resources.get(address) as (string | number | undefined)[] | undefined;
    if (index === undefined) resources.set(address, single);
    else if (same === undefined || same[0] === undefined) resources.set(address, [index]);
    else same.push(index);
  }
  const inOrder = new Map<string, readonly (string | number | undefined)[]>();
  return (address) => {
    const found = inOrder.get(address);
    if (found !== undefined) return found;
    const sorted = ordered(resources.get(address) ?? [...(modules.get(address)?.values() ?? [])]);
    inOrder.set(address, sorted);
    return sorted;
  };
}

/** As terraform counts: by number, or by key. A plan in JSON lists addresses as texts (`a[10]` before `a[2]`), a binary one in no order. */
function ordered(indexes: readonly (string | number | undefined)[]): readonly (string | number | undefined)[] {
  const follows = (left: string | number | undefined, right: string | number | undefined): boolean =>
    typeof left === typeof right && (left as string | number) < (right as string | number);
  if (indexes.every((index, at) => at === 0 || follows(indexes[at - 1], index))) return indexes;
  return [...indexes].sort((left, right) => (follows(left, right) ? -1 : follows(right, left) ? 1 : 0));
}

/** `module.net["a"].module.sub[0]` step by step. */
export function moduleSteps(
  address: string,
): readonly { readonly name: string; readonly index: string | number | undefined }[] {
  return [...address.matchAll(/module\.([^.[\]]+)(?:\[(\d+|"(?:[^"\\]|\\.)*")\])?(?:\.|$)/g)].map(
    ([, name = '', index]) => ({
      name,
      index: index === undefined ? undefined : parsedIndex(index),
    }),
  );
}

function parsedIndex(index: string): string | number {
  try {
    return JSON.parse(index) as string | number;
  } catch {
    return index;
  }
}
