import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import { evaluate } from '@lukko/policy-engine';
import { type RootInput, readPlanFile } from '@lukko/terraform-model';
import { catalogue } from '../catalogue.ts';
import { policyAt } from '../policy-files.ts';
import { importModules } from '../ports/modules.ts';
import { nodeFiles } from '../ports/node.ts';
import type { Ports } from '../ports/ports.ts';
import { readPlanGraph } from '../read-plan.ts';
import { Refusal } from './refusal.ts';
import type { StackFolder } from './synth-verdict.ts';

export interface PlanToJudge {
  readonly repository: string;
  readonly stack: StackFolder;
  /** What `terraform show -json` printed; never written to disk. */
  readonly plan: Uint8Array;
  /** The binary plan: its configuration is joined with the JSON. */
  readonly planFile: Uint8Array;
  /** `destroy`: what the other stacks declare is not judged, since it was, and this removes nothing of theirs. */
  readonly command?: 'apply' | 'destroy';
  readonly now: Date;
}

/**
 * Judges one plan by the policy of the repository, among the configurations of the other stacks: its firewall stands in one,
 * its addresses in another. Waivers of other stacks are left out, since here they excuse nothing.
 * Throws a Refusal for a plan that is not of the judged configuration, or cannot be read.
 */
export async function judgePlan({
  repository,
  stack,
  plan,
  planFile,
  command = 'apply',
  now,
}: PlanToJudge): Promise<Report> {
  const policy = await policyAt(
    { config: path.join(repository, 'lukko.yaml') },
    { cwd: repository, files: nodeFiles, git: noGit, importModules },
  );
  const name = `${stack.stack}.tfplan`;
  const { graph, inputs } = readPlanGraph(
    { file: `${stack.stack}.plan.json`, bytes: plan },
    { file: name, bytes: planFile },
    command === 'destroy' ? [] : siblingsOf(stack),
  );
  // Between the look at the file and the plan somebody may have changed it: what was planned is what counts.
  const [planned, ...more] = readPlanFile(planFile, name).source?.files ?? [];
  if (planned?.text !== stack.texts.get(stack.stack) || more.length > 0) {
    throw new Refusal(
      `the plan of stack ${stack.stack} was made from another configuration than the one that was judged`,
      'run `npx cdktf deploy` again',
    );
  }
  const facts = deriveFacts(graph, { operators: policy.operators, register: policy.services });
  return evaluate({
    rules: policy.rules,
    ruleSet: policy.ruleSet,
    facts,
    context: { ...policy.context, environmentClass: stack.verdict.class },
    posture: policy.posture,
    waivers: policy.waivers.filter(({ address }) => address.startsWith(`${stack.stack}/`)),
    waiversFile: policy.waiversFile,
    approvers: policy.approvers,
    asOf: now.toISOString().slice(0, 10),
    gate: 'plan',
    version: catalogue.version,
    inputs,
    policy: policy.policy,
  });
}

/** The policy of the gate is that of the work tree it applies from. */
const noGit: Ports['git'] = () => ({ code: undefined, out: Buffer.alloc(0), err: 'the plan gate asks no git' });

/** The other stacks of this output, whose bytes the synth verdict names, as seen from the folder terraform runs in. */
function siblingsOf({ stack, texts }: StackFolder): readonly RootInput[] {
  const others = [...texts].filter(([name]) => name !== stack);
  return others.map(([name, text]) => ({ kind: 'synth', files: [{ file: `../${name}/cdk.tf.json`, text }] }));
}
