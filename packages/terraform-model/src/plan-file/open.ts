import { InputError } from '../input-error.ts';
import { Splitter } from '../json/split.ts';
import type { ResourceChange } from '../plan/format.ts';
import type { Shown } from '../plan/open-shown.ts';
import type { PlanInput } from '../plan/read.ts';
import { rawResources } from '../state-file/raw.ts';
import { readPlanned } from './planned.ts';
import { WireError } from './protobuf.ts';
import { readPlanFile } from './read.ts';
import { readZip } from './zip.ts';

/**
 * What a binary plan file shows: its changes and variables, the data sources its state holds, and the configuration inside it unless another
 * is named. What providers' schemas mark as sensitive is not marked in it: only the JSON of `terraform show` is.
 * @throws InputError for what is no plan file, or one that is damaged or of a format that is not known
 */
export function shownByPlanFile({ bytes, file, source, siblings = [] }: PlanInput): Shown {
  const inside = readPlanFile(bytes, file);
  const entries = readZip(bytes, file);
  const entry = (name: string): Uint8Array | undefined => entries.find((each) => each.name === name)?.read();
  const plan = wire(file, () => readPlanned(entry('tfplan') ?? new Uint8Array()));
  if (plan.errored) {
    const fault = 'terraform ended this plan with an error: it is not whole, and cannot be applied';
    throw new InputError(file, undefined, fault, 'mend what terraform reported, then plan again');
  }
  const listed = new Set(plan.changes.map(({ address }) => address));
  const state = entry('tfstate');
  const read = state === undefined || state.length === 0 ? [] : dataSources(state, `${file}:tfstate`, listed);
  return {
    kind: 'plan',
    file,
    changes: [...plan.changes, ...read],
    values: plan.variables,
    recorded: undefined,
    source: source ?? inside.source,
    siblings,
    version: plan.terraformVersion,
    closure: plan.partial
      ? { closed: false, closedBecause: 'the plan is not complete (it was made with -target, or defers changes)' }
      : { closed: true, closedBecause: `the plan ${file} shows every resource of its state` },
  };
}

/** Data sources read while planning stand in the state alone. */
function dataSources(bytes: Uint8Array, file: string, listed: ReadonlySet<string>): ResourceChange[] {
  const splitter = new Splitter(bytes, file);
  return [...rawResources(splitter, splitter.sections().get('resources'))].filter(
    ({ mode, address }) => mode === 'data' && !listed.has(address),
  );
}

function wire<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    const next =
      'print it as JSON and name both: terraform show -json <plan file> > plan.json; lukko check plan.json --source <plan file>';
    throw new InputError(file, undefined, `the plan in it cannot be read: ${error.message}`, next);
  }
}
