import { ExpressionError } from '../expression/ast.ts';
import type { Scope } from '../expression/evaluate.ts';
import { parseExpression } from '../expression/parse.ts';
import { type AttributeSource, GraphResource } from '../graph/resource.ts';
import type { Mode, RequiredProvider, Root } from '../graph.ts';
import type { JsonObject } from '../json/types.ts';
import type { Path, Value } from '../value.ts';
import { pathText, pointer, unset } from '../values.ts';
import { computedAttributes } from '../zz_resource_types.ts';
import { bodySource, resourceMeta } from './attributes.ts';
import { type Block, listOf, textOf } from './blocks.ts';
import type { Instance } from './expansion.ts';
import { bracket, type ModuleInstance } from './instance.ts';
import { lifecycleOf } from './lifecycle.ts';
import { localData } from './local-data.ts';
import { resourceMetadata } from './metadata.ts';
import { writtenOrigins } from './origins.ts';
import { providerName, sourceOf } from './providers.ts';
import { provisionersOf } from './provisioners.ts';
import type { World } from './world.ts';

/** What a data source of type `terraform_remote_state` shows, when the state's own root is part of the input. */
export type RemoteOutput = (resource: GraphResource, output: string) => Value | undefined;

export interface ResourceContext {
  readonly root: Root;
  readonly world: World;
  readonly required: readonly RequiredProvider[];
  readonly remoteOutput: RemoteOutput;
}

/** Adds every resource and data source of one module instance to the world; returns their ids in the order of the files. */
export function addResources(module: ModuleInstance, context: ResourceContext): readonly string[] {
  const { resources, data } = module.source;
  return [
    ...resources.flatMap((block) => addGroup(module, block, 'managed', context)),
    ...data.flatMap((block) => addGroup(module, block, 'data', context)),
    ...addEphemeral(module, context),
  ];
}

/** Ephemeral resources are opened at every plan and apply, and stand in none of its changes. */
export function addEphemeral(module: ModuleInstance, context: ResourceContext): readonly string[] {
  return module.source.ephemeral.flatMap((block) => addGroup(module, block, 'ephemeral', context));
}

/** Address of a block within its module: `hcloud_server.host`, `data.hcloud_image.debian`. */
export function localName(mode: Mode, type: string, name: string): string {
  return mode === 'managed' ? `${type}.${name}` : `${mode}.${type}.${name}`;
}

function addGroup(module: ModuleInstance, block: Block, mode: Mode, context: ResourceContext): readonly string[] {
  const [type = '', name = ''] = block.labels;
  const local = localName(mode, type, name);
  const expansion = module.group(local)?.expansion;
  if (expansion === undefined) return [];
  return expansion.instances.map((instance) => {
    const address = `${module.prefix}${local}${bracket(instance.index)}`;
    const resource = configured(module, block, instance, context, {
      id: `${module.idPrefix}${address}`,
      mode,
      type,
      name,
      address,
      expanded: expansion.form !== 'unknown',
    });
    context.world.add(resource);
    return resource.id;
  });
}

type Identity = Pick<GraphResource, 'id' | 'mode' | 'type' | 'name' | 'address' | 'expanded'>;

function configured(
  module: ModuleInstance,
  block: Block,
  instance: Instance,
  context: ResourceContext,
  identity: Identity,
): GraphResource {
  const { root, world, required } = context;
  const { id, mode, type } = identity;
  const scope = module.scopeWith(new Map([...instance.bound, ['self', selfOf(identity)]]));
  const source = configuredSource(block, scope, world, identity);
  const at = (path: Path): Value | undefined => {
    const output = path[0] === 'outputs' ? path[1] : undefined;
    if (type !== 'terraform_remote_state' || typeof output !== 'string' || path.length !== 2) return undefined;
    return context.remoteOutput(resource, output);
  };
  const provider = sourceOf(providerName(type, textOf(block.body.get('provider'))).name, required);
  const fields = {
    ...identity,
    root,
    index: instance.index,
    provider,
    change: mode === 'managed' ? 'declared' : 'read',
  } as const;
  const resource: GraphResource = new GraphResource(fields, { ...source, at }, () => {
    const { place, constructPath, origins } = resourceMetadata(block.body);
    return {
      place: place ?? block.place,
      constructPath,
      origins: isNative(block) ? writtenOrigins(block, resourceMeta) : origins,
      lifecycle: lifecycleOf(block.body),
      provisioners: provisionersOf({ id, root, whole: module.source.localsShown }, block, (body, meta) =>
        bodySource(body, scope, world.evaluator, meta),
      ),
      dependsOn: dependenciesOf(module, block.body),
    };
  });
  return resource;
}

/** Written by hand: generated JSON says where it comes from in its own way. */
export function isNative({ document }: Block): boolean {
  return !document.file.endsWith('.json');
}

const payloads: ReadonlySet<string> = new Set(['user_data', 'user_data_base64', 'custom_data']);

/** Attributes as written; of those only the provider sets a reference stands in place of *unset*. */
export function configuredSource(block: Block, scope: Scope, world: World, identity: Identity): AttributeSource {
  const written = bodySource(block.body, scope, world.evaluator, resourceMeta);
  return {
    names: written.names,
    value: (name) => {
      const value = written.value(name);
      if (value.state === 'unset') {
        const local = identity.mode === 'data' ? localData(identity.type, name, written, world.evaluator) : undefined;
        return local ?? decidedLater(identity, name, value);
      }
      // A payload may be packed and encoded; cloud-init takes that off again.
      return payloads.has(name) && value.state === 'unknown' ? (value.encodes ?? value) : value;
    },
  };
}

/** What no configuration can say: attributes the provider alone sets, and all that a data source reads. */
export function decidedLater(identity: Identity, name: string, otherwise: Value = unset): Value {
  const { id, mode, type, address, expanded } = identity;
  if (mode === 'managed' && !isDecidedLater(type, name)) return otherwise;
  const reference = {
    target: id,
    attribute: [name],
    text: `${address}.${pathText([name])}`,
    certainty: expanded ? ('certain' as const) : ('possible' as const),
  };
  return pointer(mode === 'data' ? 'data' : 'computed', reference);
}

/** Whether only the provider sets an attribute. */
export function isDecidedLater(type: string, name: string): boolean {
  return (
    name === 'id' || (Object.hasOwn(computedAttributes, type) && computedAttributes[type]?.includes(name) === true)
  );
}

function selfOf({ id, address, mode }: Identity): Value {
  const reference = { target: id, attribute: [], text: address, certainty: 'certain' as const };
  return pointer(mode === 'data' ? 'data' : 'computed', reference);
}

/** Ids of the instances an address in `depends_on` names; the address itself where it names none. */
function dependenciesOf(module: ModuleInstance, body: JsonObject): readonly string[] {
  return listOf(body.get('depends_on')).flatMap((json) => {
    if (typeof json !== 'string') return [];
    const written = json.replace(/^\$\{\s*|\s*\}$/g, '');
    const expansion = module.group(groupName(written) ?? '')?.expansion;
    const here = `${module.idPrefix}${module.prefix}`;
    if (expansion === undefined || written.startsWith('module.') || written.includes('[')) return [`${here}${written}`];
    return expansion.instances.map(({ index }) => `${here}${written}${bracket(index)}`);
  });
}

/** `data.hcloud_image.debian` of an address that may go on; undefined for what is no address. */
function groupName(address: string): string | undefined {
  try {
    const expression = parseExpression(address);
    if (expression.kind !== 'traversal' || expression.from.kind !== 'name') return undefined;
    const words = [expression.from.name];
    for (const step of expression.steps) {
      if (step.kind !== 'attribute') break;
      words.push(step.name);
    }
    return words.slice(0, words[0] === 'data' ? 3 : 2).join('.');
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}
