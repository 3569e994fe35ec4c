import { deriveFacts } from '@lukko/facts';
import type { Report } from '@lukko/formats';
import { type Example, evaluate, type Gate, postures, type Rule } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import type { Found } from '../find.ts';
import { readGraph } from '../graph.ts';
import { rootOf, type SourceFile } from '../root-files.ts';

/** Judges one example of a rule under `eu-sovereign`, read by the readers that read everybody's Terraform. Passes are kept. */
export function judgeExample(rule: Rule, example: Example, gate: Gate = 'synth'): Report {
  const { graph, inputs } = readGraph(asSynth(example));
  return evaluate({
    rules: [rule],
    facts: deriveFacts(graph, { operators: catalogue.operators, register: [] }),
    context: {
      allowedJurisdictions: ['EEA'],
      environmentClass: example.environmentClass ?? 'production',
      ...(example.images === undefined ? {} : { images: example.images }),
    },
    posture: postures['eu-sovereign'],
    collect: true,
    gate,
    version: catalogue.version,
    inputs,
    policy: { sha256: '0'.repeat(64), files: [] },
  });
}

/** A whole cdktf.out with the example's stacks, or one stack named `example`, each saying its name as cdktf would. */
function asSynth(example: Example): Found {
  const stacks = example.stacks ?? { example: example.terraform };
  return {
    kind: 'cdktf.out',
    stacks: Object.entries(stacks).map(([stack, document]) => {
      const named = { '//': { metadata: { stackName: stack } }, ...document };
      const file = {
        file: `cdktf.out/stacks/${stack}/cdk.tf.json`,
        bytes: Buffer.from(`${JSON.stringify(named, null, 2)}\n`),
      };
      return { ...file, stack, root: { ...rootOf(file), lockFile: lockFileOf(example, stack) } };
    }),
  };
}

function lockFileOf({ lockFile }: Example, stack: string): SourceFile | undefined {
  if (lockFile === undefined) return undefined;
  return { file: `cdktf.out/stacks/${stack}/.terraform.lock.hcl`, bytes: Buffer.from(lockFile), text: lockFile };
}
