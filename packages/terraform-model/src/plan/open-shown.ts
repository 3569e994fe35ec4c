import { nothing } from '../configuration/attributes.ts';
import { impliedProvider } from '../configuration/elements.ts';
import type { ModuleInstance } from '../configuration/instance.ts';
import { declaredRoot, type Opened, type RemoteState } from '../configuration/read.ts';
import { addEphemeral, type RemoteOutput } from '../configuration/resources.ts';
import { buildRoot, type LoadedRoot, loadRoot, moduleTree, type RootInput } from '../configuration/root.ts';
import type { ModuleSource } from '../configuration/source.ts';
import type { World } from '../configuration/world.ts';
import type { Closure } from '../graph/build.ts';
import { attrOf } from '../graph/resource.ts';
import type { Backend, Copies, Root } from '../graph.ts';
import { InputError } from '../input-error.ts';
import { literal } from '../navigate.ts';
import type { Value } from '../value.ts';
import { unknown } from '../values.ts';
import { type RecordedModules, recordedModules } from './configuration.ts';
import type { ResourceChange } from './format.ts';
import { providerSource } from './providers.ts';
import { type PlanContext, plannedIndexes, plannedResource } from './resources.ts';

/** What a plan or a state shows, and what is at hand of the configuration it was made from. */
export interface Shown {
  readonly kind: 'plan' | 'state';
  readonly file: string;
  readonly changes: readonly ResourceChange[];
  /** Values of variables by name. */
  readonly values: ReadonlyMap<string, unknown>;
  /** The document's own record of its configuration. */
  readonly recorded: RecordedModules | undefined;
  readonly source: Omit<RootInput, 'kind' | 'variables'> | undefined;
  readonly siblings: readonly RootInput[];
  readonly version: unknown;
  readonly closure: Closure;
  /** Instances of modules that others of them stand for. */
  readonly copies?: readonly Copies[];
}

/** Joins instances with the blocks that declare them. @throws InputError for one that stands twice */
export function openShown(shown: Shown, world: World, prefix: string): Opened {
  const { kind, file, changes, source, siblings, version, closure } = shown;
  const planned = plannedIndexes(changes);
  const given = new Map([...shown.values].map(([name, value]) => [name, literal(value)]));
  const loaded =
    source === undefined
      ? recordedRoot(shown.recorded ?? recordedModules({}, file), world, planned, given, prefix)
      : loadRoot({ ...source, variables: Object.fromEntries(shown.values) }, world, prefix, planned);
  const others = siblings.map((sibling) => loadRoot(sibling, world, ''));
  const remaining = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const { module_address: module = '' } = change;
    const before = module === '' ? '' : `${module}.`;
    const same = remaining.get(before);
    if (same === undefined) remaining.set(before, [change]);
    else same.push(change);
  }
  const sourceAtHand = source !== undefined;
  const { idPrefix } = loaded;
  return {
    loaded: [loaded, ...others],
    copies: (shown.copies ?? []).map(({ kept, count }) => ({ kept: kept.map((each) => idPrefix + each), count })),
    build: (remote) => {
      const remoteOutput: RemoteOutput = (reader, output) => only(remote(loaded, reader, output));
      const sources = new Map<string, string>();
      const provider = (name: string): string => {
        const found = sources.get(name) ?? providerSource(name);
        sources.set(name, found);
        return found;
      };
      const contexts = new Map<Root, PlanContext>();
      const contextOf = (root: Root): PlanContext => {
        const found = contexts.get(root) ?? {
          root,
          world,
          idPrefix,
          file,
          provider,
          sourceAtHand,
          place: { file },
          blocks: new Map(),
          remoteOutput,
        };
        contexts.set(root, found);
        return found;
      };
      const add = (change: ResourceChange, module: ModuleInstance | undefined, root: Root): string => {
        const resource = plannedResource(change, module, contextOf(root));
        if (world.get(resource.id) !== undefined)
          throw new InputError(file, undefined, `${resource.id} stands twice in it`, 'write the file again');
        world.add(resource);
        return resource.id;
      };
      const root = buildRoot(
        loaded,
        world,
        (module, own, required) => {
          const here = remaining.get(module.prefix) ?? [];
          remaining.delete(module.prefix);
          const ids = here.map((change) => add(change, module, own));
          if (here.some(({ mode }) => mode === 'ephemeral')) return ids;
          return [...ids, ...addEphemeral(module, { root: own, world, required, remoteOutput })];
        },
        { kind, place: { file }, ...(typeof version === 'string' ? { terraformVersion: version } : {}) },
      );
      // Instances of modules that the configuration no longer has, and everything in a document without configuration.
      const left = [...remaining.values()].flat().map((change) => add(change, undefined, root));
      (root.resources as string[]).push(...left);
      const seen: Root = sourceAtHand ? root : withUnknownBackend(root, idPrefix);
      implyProviders(seen, world, idPrefix, left);
      return { roots: [seen, ...others.map((other) => declaredRoot(other, world, remote))], closure };
    },
  };
}

/** Beside what the state holds only one root's word counts. */
function only({ outputs }: RemoteState): Value | undefined {
  return outputs.length === 1 ? outputs[0] : undefined;
}

function recordedRoot(
  modules: RecordedModules,
  world: World,
  planned: ReturnType<typeof plannedIndexes>,
  values: ReadonlyMap<string, Value>,
  idPrefix: string,
): LoadedRoot {
  const source = modules.get('') as ModuleSource;
  const find = (key: string) => modules.get(key);
  const module = moduleTree({ source, find, values, workspace: undefined, idPrefix, world, planned });
  return { input: { files: [] }, source, module, stack: undefined, environment: undefined, idPrefix };
}

/** A plan does not record its backend. */
function withUnknownBackend(root: Root, idPrefix: string): Root {
  const id = `${idPrefix}backend.unknown`;
  const backend: Backend = {
    kind: 'backend',
    id,
    root,
    place: root.place,
    type: 'unknown',
    written: false,
    origins: [],
    attr: (...path) => attrOf(id, path, nothing.names, () => unknown(['source'], '')),
  };
  Object.defineProperty(root, 'backend', { value: backend, enumerable: true });
  return root;
}

/** Providers of resources that no configuration shows. */
function implyProviders(root: Root, world: World, idPrefix: string, ids: readonly string[]): void {
  const providers = root.providers as Root['providers'][number][];
  const known = new Set(providers.map((provider) => provider.source));
  for (const id of ids) {
    const resource = world.get(id);
    if (resource === undefined || known.has(resource.provider) || resource.provider.startsWith('terraform.io/'))
      continue;
    known.add(resource.provider);
    const name = resource.provider.split('/').at(-1) ?? resource.provider;
    providers.push(impliedProvider(root, idPrefix, name, resource.provider, undefined, root.place));
  }
}
