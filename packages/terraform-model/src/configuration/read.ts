import { posix } from 'node:path';
import { oneOf } from '../expression/evaluate.ts';
import { plainOf } from '../expression/plain.ts';
import type { Closure } from '../graph/build.ts';
import type { GraphResource } from '../graph/resource.ts';
import type { Copies, Root } from '../graph.ts';
import { InputError } from '../input-error.ts';
import { readJson } from '../json/read.ts';
import { isObject } from '../json/types.ts';
import { navigate } from '../navigate.ts';
import type { Value } from '../value.ts';
import { pointer, stepText, unset } from '../values.ts';
import { type StateLocation, sameState, sameWorkspace, stateLocation } from './remote-state.ts';
import { buildRoot, type LoadedRoot, loadRoot, populateDeclared, type RootInput } from './root.ts';
import type { ConfigurationFile } from './source.ts';
import type { World } from './world.ts';

export interface SynthInput {
  readonly roots: readonly RootInput[];
  /** `cdktf.out/manifest.json`: when every stack it names is among the roots, the world is closed. */
  readonly manifest?: ConfigurationFile;
  /** The caller vouches that these are all the roots there are (`main.ts`, which made them; the examples of a rule). */
  readonly complete?: boolean;
}

/** One input, its modules loaded and its resources not yet made: outputs lead from one input to another. */
export interface Opened {
  readonly loaded: readonly LoadedRoot[];
  /** What of a plan stands for more than itself. */
  readonly copies?: readonly Copies[];
  /** Makes roots and resources, which the world keeps. */
  build(remote: ReturnType<typeof remoteOutputs>): { readonly roots: readonly Root[]; readonly closure: Closure };
}

/**
 * Stacks of a cdktf.out, or plain root modules.
 * @param among true when other inputs stand beside this one: then roots without a name are told apart by their directories
 * @throws InputError for anything that is no configuration; never for a value that is merely unknown.
 */
export function openSynth(input: SynthInput, world: World, among: boolean): Opened {
  const first = input.roots.map((root) => loadRoot(root, world, ''));
  const unnamed = first.filter((root) => root.stack === undefined);
  const loaded = unnamed.length < 2 && !among ? first : first.map((root) => reload(root, world));
  return {
    loaded,
    build: (remote) => {
      const roots = loaded.map((root) => declaredRoot(root, world, remote));
      return { roots, closure: closureOf(input, loaded, roots) };
    },
  };
}

/** A root as its configuration declares it. */
export function declaredRoot(root: LoadedRoot, world: World, remote: ReturnType<typeof remoteOutputs>): Root {
  const populate = populateDeclared(world, (resource, output) =>
    declaredOutput(remote(root, resource, output), resource, output),
  );
  return buildRoot(root, world, populate);
}

/** With several roots that have no name, the directory tells their resources apart. */
function reload(root: LoadedRoot, world: World): LoadedRoot {
  return root.stack === undefined ? loadRoot(root.input, world, `${root.source.directory}/`) : root;
}

/** @throws InputError for two roots whose resources could not be told apart */
export function refuseSameNames(loaded: readonly LoadedRoot[]): void {
  const seen = new Map<string, LoadedRoot>();
  for (const root of loaded) {
    const before = seen.get(root.idPrefix);
    if (before !== undefined) {
      const fault = `two roots have the same name, ${JSON.stringify(root.stack ?? root.source.directory)} (the other: ${before.source.place.file})`;
      throw new InputError(root.source.place.file, undefined, fault, 'check them one after the other');
    }
    seen.set(root.idPrefix, root);
  }
}

type Placed = Pick<LoadedRoot, 'source' | 'module' | 'input'>;

/** What a `terraform_remote_state` leads to. */
export interface RemoteState {
  /** Outputs declared by each root whose state lies where it is read; one, unless several roots write to one place. */
  readonly outputs: readonly Value[];
}

/** Finds the roots behind a `terraform_remote_state` by the place of the state, and what they declare for one output. */
export function remoteOutputs(loaded: readonly Placed[]) {
  const places = new Map<Placed, StateLocation>();
  const locationOf = (root: Placed): StateLocation => {
    const found = places.get(root) ?? writtenLocation(root);
    places.set(root, found);
    return found;
  };
  return (reader: Placed, resource: GraphResource, output: string): RemoteState => {
    const type = plainOf(resource.value('backend'));
    const config = resource.value('config');
    const own = resource.value('workspace');
    // What is not written comes out as what will be read.
    const unwritten = own.state === 'unset' || (own.state === 'unknown' && own.traversal?.target === resource.id);
    // cdktf writes the workspace among the arguments of the backend.
    const written = unwritten ? navigate(config, 'workspace') : own;
    if (!sameWorkspace(written, reader.input.workspace)) return { outputs: [] };
    const read = stateLocation(String(type), (name) => navigate(config, name), reader.source.directory);
    const siblings = loaded.filter((root) => root !== reader && sameState(locationOf(root), read));
    return {
      outputs: siblings.flatMap(({ module }) =>
        module.outputNames.includes(output) ? [module.output(output)] : siblings.length > 1 ? [unset] : [],
      ),
    };
  };
}

/**
 * The output a configuration reads from another root's state: that root's expression where there is exactly one, all of them
 * where several roots keep their state in the same place, else a value that lies outside.
 */
function declaredOutput({ outputs: [first, ...others] }: RemoteState, resource: GraphResource, output: string): Value {
  const text = `${resource.address}.outputs${stepText(output)}`;
  if (first !== undefined && others.length === 0) return first;
  if (first !== undefined) return oneOf([first, ...others], ['possible'], text, []);
  return pointer('outside', { target: resource.id, attribute: ['outputs', output], text, certainty: 'certain' });
}

function writtenLocation({ source, module }: Placed): StateLocation {
  const backend = module.backendArguments();
  return stateLocation(backend?.type ?? 'local', backend?.argument ?? (() => unset), source.directory);
}

function closureOf(input: SynthInput, loaded: readonly LoadedRoot[], roots: readonly Root[]): Closure {
  const open = roots.flatMap((root) => root.modules).find((module) => !module.loaded);
  if (open !== undefined) {
    return { closed: false, closedBecause: `module ${open.id} is not part of the input` };
  }
  const count = roots.length === 1 ? 'the only root' : `all ${roots.length} roots`;
  if (input.complete === true) return { closed: true, closedBecause: `${count} of the application were read` };
  if (input.manifest === undefined) {
    return { closed: false, closedBecause: 'nothing says that these are all the stacks there are' };
  }
  const stacks = stacksOf(input.manifest);
  const missing = [...stacks].find(([name, path]) => !loaded.some((root) => isStack(root, name, path)));
  if (missing !== undefined) {
    return { closed: false, closedBecause: `stack ${missing[0]} of ${input.manifest.file} is not part of the input` };
  }
  const all = stacks.size === 1 ? 'the only stack' : `all ${stacks.size} stacks`;
  return { closed: true, closedBecause: `${all} of ${input.manifest.file} were read` };
}

function isStack(root: LoadedRoot, name: string, path: string | undefined): boolean {
  return root.stack === name || (path !== undefined && root.source.place.file.endsWith(posix.normalize(path)));
}

function stacksOf(manifest: ConfigurationFile): ReadonlyMap<string, string | undefined> {
  const { value } = readJson(manifest.text, manifest.file);
  const stacks = isObject(value) ? value.get('stacks') : undefined;
  if (!isObject(stacks)) {
    throw new InputError(manifest.file, undefined, 'the manifest names no stacks', 'run the synthesis again');
  }
  return new Map(
    [...stacks].map(([name, stack]) => {
      const path = isObject(stack) ? stack.get('synthesizedStackPath') : undefined;
      return [name, typeof path === 'string' ? path : undefined];
    }),
  );
}
