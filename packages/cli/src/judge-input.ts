import { deriveFacts, type Facts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import { type Evaluation, evaluate, type PolicySource } from '@lukko/policy-engine';
import { isPlanFile } from '@lukko/terraform-model';
import { catalogue } from './catalogue.ts';
import { environmentClassOf } from './environment-class.ts';
import { InputError } from './errors.ts';
import { type Found, find } from './find.ts';
import { type ReadOptions, readGraph } from './graph.ts';
import { type PolicyOptions, policyAt } from './policy-files.ts';
import type { Ports } from './ports/ports.ts';
import { refuseNothing } from './refuse-nothing.ts';
import { siblingsIn } from './siblings.ts';

/** What a verb that judges is told about its input and its policy. */
export interface JudgeOptions extends PolicyOptions {
  readonly source?: string;
  /** The cdktf.out the plan belongs to. */
  readonly siblings?: string;
  /** Files of values for variables. */
  readonly varFile?: readonly string[];
  /** What the provider's API shows, instead of a path. */
  readonly live?: true;
}

/** All that a judgement takes. */
export interface Judgeable {
  readonly policy: PolicySource;
  readonly facts: Facts;
  readonly found: Found;
  readonly evaluation: Evaluation;
  /** Where the graph leaves out copies of a module: the same with each of them. */
  readonly each?: () => Evaluation;
}

export interface Judged extends Judgeable {
  readonly report: Report;
}

type Changes = Partial<Pick<Evaluation, 'collect' | 'earlier' | 'failOn' | 'minCoverage' | 'baseline'>> &
  Pick<ReadOptions, 'copies'>;

/** Each path once; without any, what is found here. */
function pathsOf(paths: string | readonly string[] | undefined): readonly (string | undefined)[] {
  const named = [paths ?? []].flat();
  return named.length === 0 ? [undefined] : [...new Set(named)];
}

/** Judges what paths hold by the policy that counts here: see readToJudge. */
export async function judgeInput(...asked: Parameters<typeof readToJudge>): Promise<Judged> {
  const read = await readToJudge(...asked);
  return { ...read, report: evaluate(read.evaluation) };
}

/**
 * Reads what paths hold, and the policy that counts here: what there is to judge, and by what.
 * @param change what of the evaluation the verb decides, once the policy is known
 * @throws InputError and its like for exit 2; nothing was printed or written.
 */
export async function readToJudge(
  paths: string | readonly string[] | undefined,
  options: JudgeOptions,
  ports: Ports,
  change: (policy: PolicySource) => Changes = () => ({}),
): Promise<Judgeable> {
  const policy = await policyAt(options, ports);
  const { copies, ...changes } = change(policy);
  const all: Found[] = [];
  for (const path of pathsOf(paths))
    all.push(options.live === true ? await live(path, options, ports) : await find(path, ports));
  const [found, ...more] = all as [Found, ...Found[]];
  const siblings =
    options.siblings === undefined
      ? []
      : await siblingsIn(options.siblings, options.source ?? planFile(found, paths), ports);
  if (siblings.length > 0 && (found.kind !== 'plan' || more.length > 0))
    throw new InputError('--siblings: goes with the JSON of one plan');
  const { source, varFile: variableFiles } = options;
  const judgeable = (asked: ReadOptions['copies']) => {
    const { graph, inputs } = readGraph(all, { source, siblings, variableFiles, copies: asked }, ports);
    refuseNothing(graph, inputs[0]?.file ?? '.');
    const facts = deriveFacts(graph, { operators: policy.operators, register: policy.services });
    const evaluation: Evaluation = {
      rules: policy.rules,
      ruleSet: policy.ruleSet,
      facts,
      context: { ...policy.context, environmentClass: environmentClassOf(graph) },
      posture: policy.posture,
      waivers: policy.waivers,
      waiversFile: policy.waiversFile,
      approvers: policy.approvers,
      baseline: policy.baseline,
      asOf: ports.now().toISOString().slice(0, 10),
      version: catalogue.version,
      inputs,
      policy: policy.policy,
      ...changes,
    };
    return { facts, evaluation };
  };
  const read = { policy, found, ...judgeable(copies) };
  // What it is read from again is kept only where that may be asked for.
  return read.facts.graph.copies?.length ? { ...read, each: () => judgeable('each').evaluation } : read;
}

/** A binary plan tells itself which stack it was made from. */
function planFile(found: Found, paths: string | readonly string[] | undefined): string | undefined {
  return found.kind === 'plan' && isPlanFile(found.plan.bytes) ? pathsOf(paths)[0] : undefined;
}

async function live(path: string | undefined, { source }: JudgeOptions, ports: Ports): Promise<Found> {
  if (path !== undefined || source !== undefined)
    throw new InputError('--live: judges what the API shows, and goes with no path and no --source');
  const { findLive } = await import('./observe/live.ts');
  return findLive(ports);
}
