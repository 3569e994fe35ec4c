import type { Report } from '@lukko/formats';
import {
  type ConfigurationFile,
  type Graph,
  type Input,
  type InputKind,
  type PlanInput,
  type RootInput,
  readInputs,
} from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import type { Found } from './find.ts';
import { decode, displayName, fromHere, type InputFile, inputOf, readBytes } from './input-file.ts';
import type { Ports } from './ports/ports.ts';
import { configurationIn } from './read-plan.ts';
import { filesOf, type RootFiles, rootAt, type SourceFile, withVariableFiles } from './root-files.ts';

export interface ReadInput {
  readonly graph: Graph;
  readonly inputs: Report['inputs'];
}

export interface ReadOptions {
  /** The configuration beside a plan or a state: a binary plan file, or a directory. */
  readonly source?: string | undefined;
  /** The stacks beside the planned one, see siblings.ts. */
  readonly siblings?: PlanInput['siblings'];
  /** Files of values for variables of the configurations. */
  readonly variableFiles?: readonly string[] | undefined;
  /** Of the JSON of a plan, see `PlanInput.copies`. */
  readonly copies?: PlanInput['copies'];
}

/**
 * One graph of everything that was found.
 * @throws InputError of this package or of terraform-model, with file, line and next step
 */
export function readGraph(
  found: Found | readonly Found[],
  options: ReadOptions = {},
  ports: Ports | undefined = undefined,
): ReadInput {
  const all: readonly Found[] = [found].flat();
  const first = all.find(({ kind }) => kind === 'live');
  if (first?.kind === 'live') {
    if (all.length > 1 || options.source !== undefined)
      throw new InputError(
        '--live: judges what the API shows, and nothing beside it; judge files in a run of their own',
      );
    return { graph: first.graph, inputs: [inputOf(first.input, 'live')] };
  }
  const shown = all.filter(({ kind }) => kind === 'plan' || kind === 'state');
  if (options.source !== undefined && shown.length !== 1) {
    throw new InputError(
      `--source: goes with the JSON of one plan or one state; ${shown.length === 0 ? 'this input is a configuration already' : 'several are given'}`,
    );
  }
  const source = options.source === undefined || ports === undefined ? undefined : sourceAt(options.source, ports);
  const values = (options.variableFiles ?? []).map((name) => variableFile(name, ports));
  const inputs: Input[] = [];
  const read: { kind?: InputKind; file: InputFile; stack?: string }[] = [];
  for (const one of all) {
    switch (one.kind) {
      case 'plan': {
        const { bytes, file } = one.plan;
        const { siblings = [] } = options;
        // What stands beside it may read its outputs.
        const copies = all.length === 1 && siblings.length === 0 ? options.copies : 'each';
        inputs.push({ kind: 'plan', input: { bytes, file, source: source?.input, siblings, copies } });
        read.push({ kind: 'plan', file: one.plan }, ...(source?.files ?? []).map(asConfiguration));
        break;
      }
      case 'state': {
        const { bytes, file } = one.state;
        inputs.push({ kind: 'state', input: { bytes, file, source: source?.input } });
        read.push({ kind: 'state', file: one.state }, ...(source?.files ?? []).map(asConfiguration));
        break;
      }
      case 'root': {
        const root = withVariableFiles(one, values);
        inputs.push({ kind: 'roots', input: { roots: [rootInput(root)] } });
        read.push(...filesOf(root).map((file) => ({ file })));
        break;
      }
      case 'cdktf.out': {
        const { manifest, stacks } = one;
        const roots = stacks.map(({ root }): RootInput => ({ ...rootInput(root), kind: 'synth' }));
        const world = manifest === undefined ? { complete: true } : { manifest: asText(manifest) };
        inputs.push({ kind: 'roots', input: { roots, ...world } });
        for (const { stack, root } of stacks)
          read.push(...filesOf(root).map((file) => ({ kind: 'synth' as const, file, stack })));
      }
    }
  }
  const graph = readInputs(inputs);
  const declared =
    graph.roots.find(({ kind }) => kind === 'synth' || kind === 'configuration')?.kind ?? 'configuration';
  return {
    graph,
    inputs: read.map(({ kind = declared, file, stack }) => ({
      ...inputOf(file, kind),
      ...(stack === undefined ? {} : { stack }),
    })),
  };
}

function asConfiguration(file: InputFile): { kind: InputKind; file: InputFile } {
  return { kind: 'configuration', file };
}

/** What `--source` names. @throws InputError for what is neither */
function sourceAt(
  name: string,
  ports: Ports,
): { readonly input: RootInput | undefined; readonly files: readonly InputFile[] } {
  const path = fromHere(name, ports.cwd);
  const file = displayName(path, ports.cwd);
  if (ports.files.kind(path) === 'directory') {
    const root = rootAt(path, file, ports.files);
    if (root.files.length === 0) throw new InputError(`${file}: --source: no configuration lies here`);
    return { input: rootInput(root), files: filesOf(root) };
  }
  const planFile = { file, bytes: readBytes(path, file, ports.files) };
  return { input: configurationIn(planFile), files: [planFile] };
}

function variableFile(name: string, ports: Ports | undefined): SourceFile {
  if (ports === undefined) throw new InputError('--var-file: there is no disk to read it from');
  const path = fromHere(name, ports.cwd);
  const file = displayName(path, ports.cwd);
  if (!/\.tfvars(\.json)?$/.test(file)) {
    throw new InputError(`${file}: --var-file: expected a name that ends in .tfvars or .tfvars.json`);
  }
  const bytes = readBytes(path, file, ports.files);
  return { file, bytes, text: decode(bytes, file) };
}

function rootInput({ files, modules, variableFiles, lockFile, reads }: RootFiles): RootInput {
  return { files, modules, variableFiles, lockFile, reads };
}

function asText({ file, bytes }: InputFile): ConfigurationFile {
  return { file, text: decode(bytes, file) };
}
