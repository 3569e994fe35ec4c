import type { Report } from '@lukko/formats';
import { type ConfigurationFile, type Graph, type PlanInput, type RootInput, readSynth } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import type { Found } from './find.ts';
import { decode, displayName, fromHere, type InputFile, inputOf, readBytes } from './input-file.ts';
import type { Ports } from './ports/ports.ts';
import { readPlanGraph } from './read-plan.ts';
import { filesOf, type RootFiles } from './root-files.ts';

export interface ReadInput {
  readonly graph: Graph;
  readonly inputs: Report['inputs'];
}

/**
 * One graph of what was found.
 * @param source path of the binary plan that plan JSON was printed from
 * @param siblings the stacks beside the planned one, see siblings.ts
 * @throws InputError of this package or of terraform-model, with file, line and next step
 */
export function readGraph(
  found: Found,
  source: string | undefined,
  ports: Ports | undefined,
  siblings: PlanInput['siblings'] = [],
): ReadInput {
  if (found.kind === 'live') return { graph: found.graph, inputs: [inputOf(found.input, 'live')] };
  if (found.kind === 'plan') return fromPlan(found.plan, source, ports, siblings);
  if (source !== undefined)
    throw new InputError('--source: goes with the JSON of a plan; this input is a configuration already');
  if (found.kind === 'root') {
    const graph = readSynth({ roots: [rootInput(found)] });
    return { graph, inputs: filesOf(found).map((file) => inputOf(file, graph.roots[0]?.kind ?? 'configuration')) };
  }
  const { manifest, stacks } = found;
  const graph = readSynth({
    roots: stacks.map(({ root }) => ({ ...rootInput(root), kind: 'synth' })),
    ...(manifest === undefined ? { complete: true } : { manifest: asText(manifest) }),
  });
  return {
    graph,
    inputs: stacks.flatMap(({ stack, root }) => filesOf(root).map((file) => ({ ...inputOf(file, 'synth'), stack }))),
  };
}

function fromPlan(
  plan: InputFile,
  source: string | undefined,
  ports: Ports | undefined,
  siblings: PlanInput['siblings'],
): ReadInput {
  if (source === undefined || ports === undefined) return readPlanGraph(plan);
  const path = fromHere(source, ports.cwd);
  const file = displayName(path, ports.cwd);
  return readPlanGraph(plan, { file, bytes: readBytes(path, file, ports.files) }, siblings);
}

function rootInput({ files, modules, variableFiles, lockFile, reads }: RootFiles): RootInput {
  return { files, modules, variableFiles, lockFile, reads };
}

function asText({ file, bytes }: InputFile): ConfigurationFile {
  return { file, text: decode(bytes, file) };
}
