import { posix } from 'node:path';
import type {
  Action,
  Import,
  InputKind,
  ModuleCall,
  Moved,
  ProviderConfig,
  Removed,
  Resource,
  Root,
} from '../graph.ts';
import { literal } from '../navigate.ts';
import type { Value } from '../value.ts';
import type { Block } from './blocks.ts';
import { textOf } from './blocks.ts';
import {
  actionOf,
  backendOf,
  impliedProvider,
  importsOf,
  moduleCall,
  movedOf,
  outputOf,
  writtenProviders,
} from './elements.ts';
import { encryptionOf } from './encryption.ts';
import { bracket, type Inputs, ModuleInstance, type PlannedIndexes } from './instance.ts';
import { lockedProviders } from './lock-file.ts';
import { stackMetadata } from './metadata.ts';
import { providerName, requiredProvidersOf } from './providers.ts';
import { removedOf } from './provisioners.ts';
import { addResources, type RemoteOutput } from './resources.ts';
import { type ConfigurationFile, type ModuleSource, readModule } from './source.ts';
import { variablesIn } from './variable-files.ts';
import type { World } from './world.ts';

/** The files of one root module and what is known about how it is called. */
export interface RootInput {
  /** The `*.tf`, `*.tofu`, `*.tf.json` and `*.tofu.json` files of its directory. */
  readonly files: readonly ConfigurationFile[];
  /** `synth` for a stack of cdktf.out (the default where cdktf's metadata says so), else `configuration`. */
  readonly kind?: InputKind;
  /**
   * Files of modules it calls. With `key` the path of calls (`net.sub`), as `modules.json` has it; without, found by the
   * directory that a local `source` leads to.
   */
  readonly modules?: readonly ModuleFiles[];
  /** Files of values (`*.tfvars`, `*.tfvars.json`), the later one wins. */
  readonly variableFiles?: readonly ConfigurationFile[];
  /** Values of input variables, as `*.tfvars.json` has them; they win over those of files. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** Name of the workspace; without it `terraform.workspace` is unknown. */
  readonly workspace?: string;
  /** `.terraform.lock.hcl` of its directory. */
  readonly lockFile?: ConfigurationFile | undefined;
  /** Other files it may read (`file`, `templatefile`); without it they are not known. */
  readonly reads?: FileReader | undefined;
}

/** What `file` and its like may read. Paths are those of `files`: relative, with forward slashes. */
export interface FileReader {
  /** undefined when the file must not be looked at: it lies outside, or is too large. @throws never */
  read(path: string): Uint8Array | 'absent' | undefined;
}

export interface ModuleFiles {
  readonly key?: string;
  /** What the call named when the files were fetched; a call that names another has not got them. */
  readonly source?: string;
  readonly files: readonly ConfigurationFile[];
}

/** One root with the tree of modules below it, before its resources are added. */
export interface LoadedRoot {
  readonly input: RootInput;
  readonly source: ModuleSource;
  readonly module: ModuleInstance;
  readonly stack: string | undefined;
  readonly environment: Root['environment'];
  readonly idPrefix: string;
}

export function loadRoot(
  input: RootInput,
  world: World,
  unnamedPrefix: string,
  planned?: PlannedIndexes | undefined,
): LoadedRoot {
  const source = readModule(input.files);
  const { stack, environment } = stackOf(source);
  const idPrefix = stack === undefined ? unnamedPrefix : `${stack}/`;
  const read = new Map<readonly ConfigurationFile[], ModuleSource>();
  const find: ModuleFinder = (key, directory, called) => {
    const files = findModule(input.modules ?? [], key, directory, called);
    if (files === undefined) return undefined;
    const found = read.get(files) ?? readModule(files);
    read.set(files, found);
    return found;
  };
  const values = new Map<string, Value>();
  for (const file of input.variableFiles ?? []) {
    for (const [name, value] of variablesIn(file, world.evaluator)) values.set(name, value);
  }
  for (const [name, value] of Object.entries(input.variables ?? {})) values.set(name, literal(value));
  const { workspace } = input;
  return {
    input,
    source,
    module: moduleTree({ source, find, values, workspace, idPrefix, world, planned, reads: input.reads }),
    stack,
    environment,
    idPrefix,
  };
}

/** The source of a called module by its path of calls, or by the caller's directory and what the call names. */
export type ModuleFinder = (key: string, directory: string, source: string | undefined) => ModuleSource | undefined;

export interface TreeFields {
  readonly source: ModuleSource;
  readonly find: ModuleFinder;
  readonly values: ReadonlyMap<string, Value>;
  readonly workspace: string | undefined;
  readonly idPrefix: string;
  readonly world: World;
  readonly planned: PlannedIndexes | undefined;
  readonly reads?: FileReader | undefined;
}

/** The root module instance; the instances below it are made when they are first asked for. */
export function moduleTree({
  source,
  find,
  values,
  workspace,
  idPrefix,
  world,
  planned,
  reads,
}: TreeFields): ModuleInstance {
  const make = (own: ModuleSource, prefix: string, inputs: Inputs, key: string, depth: number): ModuleInstance => {
    const children = (caller: ModuleInstance, call: Block): readonly ModuleInstance[] | undefined => {
      const name = call.labels[0] ?? '';
      const childKey = key === '' ? name : `${key}.${name}`;
      const child = depth < deepestModule ? find(childKey, own.directory, textOf(call.body.get('source'))) : undefined;
      const expansion = caller.group(`module.${name}`)?.expansion;
      if (child === undefined || expansion === undefined) return undefined;
      return expansion.instances.map((instance) => {
        const scope = caller.scopeWith(instance.bound);
        const value = (variable: string) => {
          const json = call.body.get(variable);
          return json === undefined ? undefined : world.evaluator.json(json, scope);
        };
        return make(child, `${prefix}module.${name}${bracket(instance.index)}.`, { value }, childKey, depth + 1);
      });
    };
    const rootDirectory = source.directory;
    return new ModuleInstance({
      source: own,
      prefix,
      idPrefix,
      rootDirectory,
      workspace,
      world,
      inputs,
      children,
      planned,
      reads,
    });
  };
  return make(source, '', { value: (name) => values.get(name) }, '', 0);
}

/** A module that calls itself would never end; Terraform refuses it. */
const deepestModule = 20;

function findModule(
  library: readonly ModuleFiles[],
  key: string,
  directory: string,
  source: string | undefined,
): readonly ConfigurationFile[] | undefined {
  const byKey = library.find(
    (module) => module.key === key && (module.source === undefined || isSameSource(module.source, source)),
  );
  if (byKey !== undefined) return byKey.files;
  if (source === undefined || !/^\.\.?(\/|$)/.test(source)) return undefined;
  const wanted = posix.normalize(posix.join(directory, source)).replace(/\/$/, '');
  return library.find(({ key: own, files }) => own === undefined && posix.dirname(files[0]?.file ?? '') === wanted)
    ?.files;
}

/** Terraform writes the registry's host in front of what the call leaves it out of. */
function isSameSource(fetched: string, called: string | undefined): boolean {
  return (
    called !== undefined &&
    (fetched === called ||
      fetched === `registry.terraform.io/${called}` ||
      fetched === `registry.opentofu.org/${called}`)
  );
}

function stackOf(source: ModuleSource): ReturnType<typeof stackMetadata> {
  for (const document of source.documents) {
    const found = stackMetadata(document.value);
    if (found.stack !== undefined || found.environment !== undefined) return found;
  }
  return { stack: undefined, environment: undefined };
}

/** Adds the resources of one module instance to the world and says their ids. */
export type Populate = (module: ModuleInstance, root: Root, required: Root['requiredProviders']) => readonly string[];

/** Resources as a configuration declares them. */
export function populateDeclared(world: World, remoteOutput: RemoteOutput): Populate {
  return (module, root, required) => addResources(module, { root, world, required, remoteOutput });
}

/** Builds the root and adds its resources, and those of the modules it calls, to the world. */
export function buildRoot(loaded: LoadedRoot, world: World, populate: Populate, more: Partial<Root> = {}): Root {
  const { input, source, module, stack, environment, idPrefix } = loaded;
  const required = requiredProvidersOf(source.terraform);
  const providers: ProviderConfig[] = [];
  const modules: ModuleCall[] = [];
  const resources: string[] = [];
  const actions: Action[] = [];
  const removed: Removed[] = [];
  const moved: Moved[] = [];
  const imports: Import[] = [];
  const allRequired = [...required];
  const root: Root = {
    stack,
    kind: input.kind ?? (stack === undefined ? 'configuration' : 'synth'),
    place: source.place,
    ...(environment === undefined ? {} : { environment }),
    get backend() {
      return backend;
    },
    get encryption() {
      return encryption;
    },
    requiredProviders: allRequired,
    providers,
    modules,
    get outputs() {
      return outputs;
    },
    variables: source.variables.map((block) => {
      const name = block.labels[0] ?? '';
      return { name, ...module.variableFacts(name), place: block.place };
    }),
    resources,
    actions,
    removed,
    moved,
    imports,
    lock: input.lockFile === undefined ? undefined : lockedProviders(input.lockFile),
    ...more,
  };
  const backend = backendOf(root, module, idPrefix, world.evaluator);
  const encryption = encryptionOf(root, module, idPrefix, world.evaluator);
  const outputs = source.outputs.map((block) => outputOf(root, module, block, world.evaluator));
  for (const [instance, own] of withDescendants(module, required)) {
    if (instance !== module) allRequired.push(...own.filter((one) => !allRequired.includes(one)));
    providers.push(...writtenProviders(root, instance, own, world.evaluator));
    for (const call of instance.source.modules) {
      modules.push(moduleCall(root, instance, call, instance.loaded(call) !== undefined, world.evaluator));
    }
    resources.push(...populate(instance, root, own));
    actions.push(...instance.source.actions.map((block) => actionOf(root, instance, block, own, world.evaluator)));
    removed.push(...removedOf(root, instance, world.evaluator));
    moved.push(...movedOf(instance));
    imports.push(...importsOf(root, instance, world.evaluator));
  }
  addImplied(root, idPrefix, providers, world);
  return root;
}

/** Every module instance with the providers it requires; one that requires none goes by its caller's. */
function* withDescendants(
  module: ModuleInstance,
  required: Root['requiredProviders'],
): Generator<readonly [ModuleInstance, Root['requiredProviders']]> {
  yield [module, required];
  for (const call of module.source.modules) {
    for (const child of module.loaded(call) ?? []) {
      const own = requiredProvidersOf(child.source.terraform);
      const names = new Set(own.map(({ name }) => name));
      yield* withDescendants(child, [...own, ...required.filter(({ name }) => !names.has(name))]);
    }
  }
}

function addImplied(root: Root, idPrefix: string, providers: ProviderConfig[], world: World): void {
  const configured = new Set(providers.map((provider) => provider.source));
  const imply = (name: string, source: string, version: string | undefined, place: Root['place']) => {
    if (configured.has(source)) return;
    configured.add(source);
    providers.push(impliedProvider(root, idPrefix, name, source, version, place));
  };
  for (const { name, source, version, place } of root.requiredProviders) imply(name, source, version, place);
  // At the first place that uses it, in whatever order the input lists its resources.
  const first = new Map<string, Resource>();
  for (const id of root.resources) {
    const resource = world.get(id);
    if (resource === undefined || resource.provider.startsWith('terraform.io/') || configured.has(resource.provider))
      continue;
    const known = first.get(resource.provider);
    if (known === undefined || isBefore(resource.place, known.place)) first.set(resource.provider, resource);
  }
  for (const [source, { type, place }] of first) imply(providerName(type, undefined).name, source, undefined, place);
}

function isBefore(one: Root['place'], other: Root['place']): boolean {
  return one.file === other.file ? (one.line ?? 0) < (other.line ?? 0) : one.file < other.file;
}
