import type { Report } from '@lukko/formats';
import { type Graph, isPlanFile, type PlanFile, type PlanInput, readPlan, readPlanFile } from '@lukko/terraform-model';
import { InputError } from './errors.ts';
import { type InputFile, inputOf } from './input-file.ts';

export interface PlanRead {
  readonly graph: Graph;
  readonly inputs: Report['inputs'];
}

/**
 * One graph of a plan in JSON, joined with the configuration inside the binary plan it was printed from.
 * @param siblings configurations of the stacks whose states it reads (see PlanInput)
 * @throws InputError of this package or of terraform-model, with file and next step
 */
export function readPlanGraph(plan: InputFile, source: InputFile, siblings?: PlanInput['siblings']): PlanRead {
  const { bytes, file } = plan;
  return {
    graph: readPlan({ bytes, file, source: configurationIn(source), siblings }),
    inputs: [inputOf(plan, 'plan'), inputOf(source, 'configuration')],
  };
}

/** The configuration inside a binary plan. @throws InputError for another file */
export function configurationIn(source: InputFile): PlanFile['source'] {
  if (!isPlanFile(source.bytes)) {
    throw new InputError(
      `${source.file}: expected the file that terraform plan -out wrote, or a directory, found another; give one of these to --source`,
    );
  }
  return readPlanFile(source.bytes, source.file).source;
}
