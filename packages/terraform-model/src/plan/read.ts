import { nothing } from '../configuration/attributes.ts';
import { impliedProvider } from '../configuration/elements.ts';
import type { ModuleInstance } from '../configuration/instance.ts';
import { declaredOutput, type RemoteState, remoteOutputs } from '../configuration/read.ts';
import { addEphemeral, type RemoteOutput } from '../configuration/resources.ts';
import {
  buildRoot,
  type LoadedRoot,
  loadRoot,
  moduleTree,
  populateDeclared,
  type RootInput,
} from '../configuration/root.ts';
import { World } from '../configuration/world.ts';
import { buildGraph, type Closure } from '../graph/build.ts';
import { attrOf } from '../graph/resource.ts';
import type { Backend, Graph, Root } from '../graph.ts';
import { InputError } from '../input-error.ts';
import { type Span, Splitter } from '../json/split.ts';
import { literal } from '../navigate.ts';
import type { Value } from '../value.ts';
import { unknown } from '../values.ts';
import { type RecordedModules, recordedModules } from './configuration.ts';
import { entriesOf, own, type ResourceChange } from './format.ts';
import { dataReads } from './prior-state.ts';
import { plannedIndexes, plannedResource } from './resources.ts';
import { configurationOf, faultOf } from './shape.ts';

export interface PlanInput {
  /** What `terraform show -json <plan file>` printed. */
  readonly bytes: Uint8Array;
  /** Its path, for messages and places. */
  readonly file: string;
  /** The configuration the plan was made from: `tfconfig/` of the binary plan file, or what the user names. */
  readonly source?: Omit<RootInput, 'kind' | 'variables'> | undefined;
  /** Configurations of the roots whose states it reads, by paths relative to those of `source`: they become part of the graph. */
  readonly siblings?: readonly RootInput[] | undefined;
}

const showPlan = 'give the output of: terraform show -json <plan file>';

/**
 * Reads a plan in JSON, joined with its configuration where that is at hand. Sections that are not needed are skipped, and
 * `resource_changes` is parsed one element at a time.
 * @throws InputError for what is no plan, or one of a format that is not known.
 */
export function readPlan({ bytes, file, source, siblings = [] }: PlanInput): Graph {
  const splitter = new Splitter(bytes, file);
  const sections = sectionsOf(splitter);
  refuseOtherFormats(splitter, sections);
  const small = (key: string): unknown => {
    const span = sections.get(key);
    return span === undefined ? undefined : splitter.parse(span);
  };
  if (small('errored') === true) {
    const fault = 'terraform ended this plan with an error: it is not whole, and cannot be applied';
    throw new InputError(file, undefined, fault, 'mend what terraform reported, then plan again');
  }
  const changes = [...changesOf(splitter, sections)];
  const listed = new Set(changes.map(({ address }) => address));
  // What is read again at apply is listed as a change; its last values say nothing then.
  for (const read of dataReads(splitter, sections)) if (!listed.has(read.address)) changes.push(read);
  const planned = plannedIndexes(changes);
  const world = new World();
  const values = variablesOf(small('variables'));
  const given = new Map([...values].map(([name, value]) => [name, literal(value)]));
  const loaded =
    source === undefined
      ? recordedRoot(
          recordedModules(configurationOf(small('configuration') ?? {}, file), file),
          world,
          planned,
          given,
          file,
        )
      : loadRoot({ ...source, variables: Object.fromEntries(values) }, world, '', planned);
  const others = siblings.map((sibling) => loadRoot(sibling, world, ''));
  const remote = remoteOutputs([loaded, ...others]);
  const remaining = new Map<string, ResourceChange[]>();
  for (const change of changes) {
    const prefix =
      change.module_address === undefined || change.module_address === '' ? '' : `${change.module_address}.`;
    const same = remaining.get(prefix);
    if (same === undefined) remaining.set(prefix, [change]);
    else same.push(change);
  }
  const sourceAtHand = source !== undefined;
  const add = (change: ResourceChange, module: ModuleInstance | undefined, root: Root): string => {
    const resource = plannedResource(change, module, {
      root,
      world,
      idPrefix: loaded.idPrefix,
      file,
      sourceAtHand,
      remoteOutput: (reader, output) => only(remote(loaded, reader, output)),
    });
    if (world.get(resource.id) !== undefined) {
      throw new InputError(file, undefined, `${resource.id} stands twice in resource_changes`, showPlan);
    }
    world.add(resource);
    return resource.id;
  };
  const version = small('terraform_version');
  const root = buildRoot(
    loaded,
    world,
    (module, own, required) => {
      const here = remaining.get(module.prefix) ?? [];
      remaining.delete(module.prefix);
      const ids = here.map((change) => add(change, module, own));
      if (here.some(({ mode }) => mode === 'ephemeral')) return ids;
      const remoteOutput: RemoteOutput = (resource, output) => only(remote(loaded, resource, output));
      return [...ids, ...addEphemeral(module, { root: own, world, required, remoteOutput })];
    },
    { kind: 'plan', place: { file }, ...(typeof version === 'string' ? { terraformVersion: version } : {}) },
  );
  // Instances of modules that the configuration no longer has, and everything in a plan without configuration.
  const left = [...remaining.values()].flat().map((change) => add(change, undefined, root));
  (root.resources as string[]).push(...left);
  const seen: Root = sourceAtHand ? root : withUnknownBackend(root, loaded.idPrefix);
  implyProviders(seen, world, loaded.idPrefix, left);
  const around = others.map((other) =>
    buildRoot(
      other,
      world,
      populateDeclared(world, (resource, output) => declaredOutput(remote(other, resource, output), resource, output)),
    ),
  );
  return buildGraph([seen, ...around], world.resources, closureOf(seen, small));
}

/** Beside what the state holds only one root's word counts. */
function only({ outputs }: RemoteState): Value | undefined {
  return outputs.length === 1 ? outputs[0] : undefined;
}

function sectionsOf(splitter: Splitter): ReadonlyMap<string, Span> {
  const { bytes, file } = splitter;
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new InputError(file, undefined, 'this is a binary plan file', showPlan);
  }
  return splitter.sections();
}

function refuseOtherFormats(splitter: Splitter, sections: ReadonlyMap<string, Span>): void {
  const { file } = splitter;
  const span = sections.get('format_version');
  const version = span === undefined ? undefined : splitter.parse(span);
  if (typeof version !== 'string') {
    throw new InputError(file, 1, 'no Terraform plan in JSON: it has no format_version', showPlan);
  }
  const major = /^(\d+)\.\d+$/.exec(version)?.[1];
  if (major === undefined || Number(major) > 1) {
    const fault = `plan format ${JSON.stringify(version)} is not known (known: 0.1 to 1.x)`;
    throw new InputError(file, 1, fault, 'check with a newer release of lukko');
  }
  if (!['planned_values', 'resource_changes', 'configuration', 'output_changes'].some((key) => sections.has(key))) {
    throw new InputError(file, 1, 'no Terraform plan: it has neither resource_changes nor planned_values', showPlan);
  }
}

function* changesOf(splitter: Splitter, sections: ReadonlyMap<string, Span>): Generator<ResourceChange> {
  const span = sections.get('resource_changes');
  if (span === undefined || splitter.text({ start: span.start, end: Math.min(span.end, span.start + 4) }) === 'null')
    return;
  for (const item of splitter.items(span)) {
    const change = splitter.parse(item);
    const fault = faultOf(change);
    if (fault !== undefined) splitter.fail(item.start, `an element of resource_changes ${fault}`);
    yield change as ResourceChange;
  }
}

/** Values of variables stand in a plan in clear text, those marked sensitive too: the marks are in the configuration. */
function variablesOf(section: unknown): ReadonlyMap<string, unknown> {
  return new Map(entriesOf(section).map(([name, variable]) => [name, own(variable, 'value') ?? null]));
}

function recordedRoot(
  modules: RecordedModules,
  world: World,
  planned: ReturnType<typeof plannedIndexes>,
  values: ReadonlyMap<string, Value>,
  file: string,
): LoadedRoot {
  const source = modules.get('');
  if (source === undefined) throw new InputError(file, undefined, 'the plan has no root module', showPlan);
  const find = (key: string) => modules.get(key);
  const module = moduleTree({ source, find, values, workspace: undefined, idPrefix: '', world, planned });
  return { input: { files: [] }, source, module, stack: undefined, environment: undefined, idPrefix: '' };
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

function closureOf(root: Root, small: (key: string) => unknown): Closure {
  if (small('complete') === false) {
    return { closed: false, closedBecause: 'the plan is not complete (it was made with -target, or defers changes)' };
  }
  return { closed: true, closedBecause: `the plan ${root.place.file} shows every resource of its state` };
}
