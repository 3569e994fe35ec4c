import { bodySource, resourceMeta } from '../configuration/attributes.ts';
import type { Block } from '../configuration/blocks.ts';
import { bracket, type ModuleInstance, type PlannedIndexes } from '../configuration/instance.ts';
import { lifecycleOf } from '../configuration/lifecycle.ts';
import { resourceMetadata } from '../configuration/metadata.ts';
import { writtenOrigins } from '../configuration/origins.ts';
import { provisionersOf } from '../configuration/provisioners.ts';
import { configuredSource, isNative, localName, type RemoteOutput } from '../configuration/resources.ts';
import type { World } from '../configuration/world.ts';
import { type AttributeSource, GraphResource } from '../graph/resource.ts';
import type { Change, Mode, Provisioner, Root } from '../graph.ts';
import type { Value } from '../value.ts';
import { carrying, map, pointer, referencesOf } from '../values.ts';
import type { ResourceChange } from './format.ts';
import { beforeSource, joinedSource, type Written } from './join.ts';
import { providerSource } from './providers.ts';
import { shownSource } from './shown.ts';

export interface PlanContext {
  readonly root: Root;
  readonly world: World;
  readonly idPrefix: string;
  readonly file: string;
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
  const { type, mode, name, deposed } = change;
  const address = deposed === undefined ? change.address : `${change.address} (deposed ${deposed})`;
  const identity = { id: `${context.idPrefix}${address}`, mode, type, name, address, expanded: true };
  const action = changeOf(change.change.actions);
  const local = localName(mode, type, name);
  const group = deposed !== undefined || action === 'delete' ? undefined : module?.group(local);
  const instance = group?.instance(change.index);
  const bound = new Map<string, Value>([...(instance?.bound ?? []), ['self', selfOf(identity.id, address)]]);
  const scope = module?.scopeWith(bound);
  const {
    after,
    after_unknown: unknown,
    after_sensitive: sensitive,
    before,
    before_sensitive: beforeSensitive,
  } = change.change;
  const shown = shownSource(after, unknown, sensitive);
  const written =
    group === undefined || scope === undefined
      ? undefined
      : writtenOf(group.block, configuredSource(group.block, scope, context.world, identity));
  const { root, world } = context;
  const fields = {
    ...identity,
    root,
    index: change.index,
    provider: providerSource(change.provider_name ?? type.split('_')[0] ?? type),
    change: action,
  };
  const source: AttributeSource = withComputed(joinedSource(type, shown, written), identity, action, mode);
  const read =
    type === 'terraform_remote_state'
      ? withSiblings(source, (output) => context.remoteOutput?.(resource, output))
      : source;
  // What is deleted runs the provisioners its block has now, and none when the block is gone.
  const provisioners = (): readonly Provisioner[] | undefined => {
    const declared = action === 'delete' && context.sourceAtHand ? (module?.group(local) ?? 'gone') : group;
    if (declared === 'gone') return [];
    if (declared === undefined || scope === undefined) return undefined;
    const owner = { id: identity.id, root, whole: context.sourceAtHand };
    return provisionersOf(owner, declared.block, (own, meta) => bodySource(own, scope, world.evaluator, meta));
  };
  const resource: GraphResource = new GraphResource(fields, read, () => {
    const body = group?.block.body;
    const metadata = body === undefined ? undefined : resourceMetadata(body);
    return {
      place: metadata?.place ?? group?.block.place ?? { file: context.file },
      before:
        before === null || before === undefined
          ? undefined
          : beforeSource(type, shownSource(before, undefined, beforeSensitive)),
      lifecycle: body !== undefined && context.sourceAtHand ? lifecycleOf(body) : undefined,
      provisioners: provisioners(),
      dependsOn: [],
      constructPath: metadata?.constructPath,
      origins:
        group !== undefined && isNative(group.block) && context.sourceAtHand
          ? writtenOrigins(group.block, resourceMeta)
          : (metadata?.origins ?? []),
    };
  });
  return resource;
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

/** The state says what an output is, its sibling's expression what it is of: a firewall, an address. */
function withSiblings(source: AttributeSource, declared: (output: string) => Value | undefined): AttributeSource {
  return {
    ...source,
    value: (name) => {
      const value = source.value(name);
      if (name !== 'outputs' || value.state !== 'map') return value;
      const entries = [...value.entries].map(([output, entry]): [string, Value] => {
        const written = declared(output);
        if (written === undefined) return [output, entry];
        const traversal = written.state === 'unknown' ? written.traversal : undefined;
        const pointed = entry.state === 'unknown' && traversal !== undefined ? { ...entry, traversal } : entry;
        return [output, carrying(pointed, referencesOf(written))];
      });
      return map(new Map(entries), value.complete);
    },
  };
}

/** An unknown attribute without any expression is a plain reference to itself: the provider decides it, and it is named. */
function withComputed(
  source: AttributeSource,
  { id, address }: { readonly id: string; readonly address: string },
  action: Change,
  mode: Mode,
): AttributeSource {
  return {
    names: source.names,
    value: (name) => {
      const value = source.value(name);
      if (value.state !== 'unknown' || value.expression !== '' || value.references.length > 0) return value;
      if (value.causes.length !== 1 || value.causes[0] !== 'computed') return value;
      const text = `${address}.${name}`;
      const cause = mode === 'data' || action === 'read' ? 'data' : 'computed';
      return pointer(cause, { target: id, attribute: [name], text, certainty: 'certain' });
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

/** Which instances of each address the plan shows, for `count` and `for_each` of resources and of module calls. */
export function plannedIndexes(changes: Iterable<ResourceChange>): PlannedIndexes {
  const found = new Map<string, Map<string, string | number | undefined>>();
  const note = (address: string, index: string | number | undefined) => {
    const same = found.get(address) ?? new Map<string, string | number | undefined>();
    same.set(bracket(index), index);
    found.set(address, same);
  };
  for (const { module_address: module, mode, type, name, index, deposed, change } of changes) {
    if (deposed !== undefined || changeOf(change.actions) === 'delete') continue;
    let prefix = '';
    for (const step of moduleSteps(module ?? '')) {
      note(`${prefix}module.${step.name}`, step.index);
      prefix = `${prefix}module.${step.name}${bracket(step.index)}.`;
    }
    note(`${prefix}${localName(mode, type, name)}`, index);
  }
  return (address) => [...(found.get(address)?.values() ?? [])];
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
