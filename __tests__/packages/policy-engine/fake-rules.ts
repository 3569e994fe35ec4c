import type { Evaluation, PolicyContext, Rule, Truth } from '@lukko/policy-engine';
import { evaluate, holds, postures, rule } from '@lukko/policy-engine';
import type { Resource } from '@lukko/terraform-model';

const texts = {
  severity: 'high',
  waivable: true,
  controls: ['ISO27001:2022/A.8.24', 'GDPR/32(1)(a)'],
  rationale: 'Fruit grown elsewhere does not keep.',
  remediation: 'plant it in Finland',
  sources: ['https://orchard.example/'],
  examples: [
    { name: 'home', verdict: 'pass', terraform: {} },
    { name: 'abroad', verdict: 'fail', terraform: {} },
  ],
} as const;

export const grownInFinland = rule<'hcloud_volume'>({
  ...texts,
  id: 'grown-in-finland',
  title: 'Fruit grows in Finland',
  appliesTo: ['hcloud_volume'],
  check: (fruit) => holds(fruit.attr('location'), (location) => location === 'hel1'),
  message: (fruit, truth) =>
    truth.is === false ? `${fruit.name} grows in ${fruit.attr('location').text}` : `${fruit.name} may grow anywhere`,
});

/** A rule about `hcloud_volume` with what a test is about in its `check`. */
export function ruleWith(changes: Partial<Rule<'hcloud_volume'>>): Rule<'hcloud_volume'> {
  return { ...grownInFinland, ...changes };
}

export function checking(check: (fruit: Resource<'hcloud_volume'>) => Truth): Rule<'hcloud_volume'> {
  return ruleWith({ check });
}

export const context: PolicyContext = {
  allowedJurisdictions: ['EU'],
  environmentClass: 'production',
};

export function run(changes: Partial<Evaluation> & Pick<Evaluation, 'facts'>) {
  return evaluate(evaluationOf(changes));
}

export function evaluationOf(changes: Partial<Evaluation> & Pick<Evaluation, 'facts'>): Evaluation {
  return {
    rules: [grownInFinland],
    context,
    posture: postures['eu-sovereign'],
    version: '0.1.0',
    inputs: [{ file: 'cdk.tf.json', kind: 'synth', stack: 'orchard', sha256: 'a'.repeat(64) }],
    policy: { sha256: 'b'.repeat(64), files: ['lukko.yaml'] },
    ...changes,
  };
}
