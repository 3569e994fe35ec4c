import { openSynth, refuseSameNames, remoteOutputs, type SynthInput } from './configuration/read.ts';
import type { RootInput } from './configuration/root.ts';
import type { ConfigurationFile } from './configuration/source.ts';
import { World } from './configuration/world.ts';
import { buildGraph, type Closure } from './graph/build.ts';
import type { Graph } from './graph.ts';
import { openPlan, type PlanInput } from './plan/read.ts';
import { openState, type StateInput } from './state-file/read.ts';

export type Input =
  | { readonly kind: 'roots'; readonly input: SynthInput }
  | { readonly kind: 'plan'; readonly input: PlanInput }
  | { readonly kind: 'state'; readonly input: StateInput };

/**
 * Any number of inputs as one graph; what one reads from the state of another is found there.
 * @throws InputError for what cannot be read, and for two inputs whose resources could not be told apart.
 */
export function readInputs(inputs: readonly Input[]): Graph {
  const world = new World();
  const among = inputs.length > 1;
  const opened = inputs.map((one) => {
    if (one.kind === 'roots') return openSynth(one.input, world, among);
    const prefix = among ? `${one.input.file}/` : '';
    return one.kind === 'plan' ? openPlan(one.input, world, prefix) : openState(one.input, world, prefix);
  });
  const loaded = opened.flatMap((one) => one.loaded);
  refuseSameNames(loaded);
  const remote = remoteOutputs(loaded);
  const built = opened.map((one) => one.build(remote));
  return buildGraph(
    built.flatMap(({ roots }) => roots),
    world.resources,
    jointly(built.map(({ closure }) => closure)),
    opened.flatMap(({ copies = [] }) => copies),
  );
}

/** All inputs together are closed when each is. */
function jointly(closures: readonly Closure[]): Closure {
  const open = closures.find(({ closed }) => !closed);
  if (open !== undefined) return open;
  return { closed: true, closedBecause: closures.map(({ closedBecause }) => closedBecause).join('; ') };
}

/** Stacks of a cdktf.out, or plain root modules. @throws InputError */
export function readSynth(input: SynthInput): Graph {
  return readInputs([{ kind: 'roots', input }]);
}

/** One root module: the files of its directory. Its world is open. @throws InputError */
export function readConfiguration(files: readonly ConfigurationFile[], more: Omit<RootInput, 'files'> = {}): Graph {
  return readSynth({ roots: [{ ...more, files }] });
}

/** A plan in JSON. @throws InputError */
export function readPlan(input: PlanInput): Graph {
  return readInputs([{ kind: 'plan', input }]);
}

/** A state. @throws InputError */
export function readState(input: StateInput): Graph {
  return readInputs([{ kind: 'state', input }]);
}
