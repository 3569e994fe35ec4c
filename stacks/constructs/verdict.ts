import { TerraformOutput, type TerraformStack } from 'cdktf';

/**
 * The output that makes terraform itself ask the gate: `main.ts` writes the digest of each stack it has passed into
 * `cdktf.out/lukko-verdict.json`, and this compares it with the file terraform is reading. Run by hand, with `-target`, or after
 * an edit, plan and apply stop here before anything is changed.
 */
export function declareVerdict(stack: TerraformStack, name: string): void {
  const verdict = `\${path.module}/../../lukko-verdict.json`;
  const passed = `try(jsondecode(file("${verdict}")).stacks["${name}"], "")`;
  const digest = `filesha256("\${path.module}/cdk.tf.json")`;
  const output = new TerraformOutput(stack, 'lukko_verdict', {
    value: `\${${digest}}`,
    description: 'SHA-256 of this stack as the synth gate passed it.',
  });
  // cdktf 0.21 takes a precondition and writes it into HCL only, not into JSON.
  output.addOverride('precondition', [
    {
      condition: `\${${passed} == ${digest}}`,
      error_message: [
        `The synth gate has not passed this cdk.tf.json of the stack ${name}: cdktf.out/lukko-verdict.json is missing, or it names other bytes.`,
        'Nothing may be deployed that was not judged. Run `npx cdktf synth`, read its findings, and deploy with `npx cdktf deploy`.',
      ].join(' '),
    },
  ]);
}
