import type { Report } from '@lukko/formats';
import { type Graph, isPlanFile, type PlanInput, readPlan, readPlanFile } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { type InputFile, inputOf } from './input-file.ts';

export interface PlanRead {
  readonly graph: Graph;
  readonly inputs: Report['inputs'];
}

/**
 * One graph of a plan in JSON, joined with the configuration inside the binary plan it was printed from, where that is given.
 * @param siblings configurations of the stacks whose states it reads (see PlanInput)
 * @throws InputError of this package or of terraform-model, with file and next step
 */
export function readPlanGraph(plan: InputFile, source?: InputFile, siblings?: PlanInput['siblings']): PlanRead {
  const { bytes, file } = plan;
  if (source === undefined) return { graph: readPlan({ bytes, file }), inputs: [inputOf(plan, 'plan')] };
  if (!isPlanFile(source.bytes)) {
    throw new InputError(
      `${source.file}: expected the file that terraform plan -out wrote, found another; give that to --source`,
    );
  }
  const { source: configuration } = readPlanFile(source.bytes, source.file);
  return {
    graph: readPlan({ bytes, file, source: configuration, siblings }),
    inputs: [inputOf(plan, 'plan'), inputOf(source, 'configuration')],
  };
}
