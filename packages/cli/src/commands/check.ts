import { deriveFacts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import { evaluate, renderJson, renderTerminal } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import { environmentClassOf } from '../environment-class.ts';
import { fileProblem, InputError } from '../errors.ts';
import { find } from '../find.ts';
import { readGraph } from '../graph.ts';
import { displayName, fromHere } from '../input-file.ts';
import { type PolicyOptions, policyAt } from '../policy-files.ts';
import type { Ports } from '../ports/ports.ts';
import { refuseNothing } from '../refuse-nothing.ts';
import { siblingsIn } from '../siblings.ts';

export interface CheckOptions extends PolicyOptions {
  readonly source?: string;
  /** The cdktf.out the plan belongs to. */
  readonly siblings?: string;
  readonly format: 'terminal' | 'json';
  readonly out?: string;
}

/**
 * Judges what a path holds and prints the report, or writes it to `--out` whole or not at all.
 * @returns 0 clean, 1 findings. @throws InputError and its like for exit 2; then nothing was printed or written.
 */
export async function check(path: string | undefined, options: CheckOptions, ports: Ports): Promise<number> {
  const policy = policyAt(options, ports);
  const found = await find(path, ports);
  const siblings = options.siblings === undefined ? [] : await siblingsIn(options.siblings, options.source, ports);
  if (siblings.length > 0 && found.kind !== 'plan') throw new InputError('--siblings: goes with the JSON of a plan');
  const { graph, inputs } = readGraph(found, options.source, ports, siblings);
  refuseNothing(graph, inputs[0]?.file ?? '.');
  const facts = deriveFacts(graph, { operators: policy.operators, register: policy.services });
  const report = evaluate({
    rules: policy.rules,
    facts,
    context: { ...policy.context, environmentClass: environmentClassOf(graph) },
    posture: policy.posture,
    waivers: policy.waivers,
    waiversFile: policy.waiversFile,
    approvers: policy.approvers,
    asOf: ports.now().toISOString().slice(0, 10),
    version: catalogue.version,
    inputs,
    policy: policy.policy,
  });
  print(report, options, ports);
  if (found.kind === 'plan' && options.source === undefined && report.summary.unknown > 0) {
    ports.err(
      'note: a plan shows references, not texts; with --source <planfile> its configuration is judged too, and more is proven\n',
    );
  }
  return report.summary.exitCode;
}

function print(report: Report, { format, out }: CheckOptions, ports: Ports): void {
  const text = (color: boolean) => (format === 'json' ? renderJson(report) : renderTerminal(report, { color }));
  if (out === undefined) {
    ports.out(text(ports.color));
    return;
  }
  const path = fromHere(out, ports.cwd);
  try {
    ports.files.write(path, text(false));
  } catch (error) {
    throw new InputError(`${displayName(path, ports.cwd)}: the report cannot be written: ${fileProblem(error)}`);
  }
}
