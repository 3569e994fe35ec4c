import { readFileSync } from 'node:fs';
import path from 'node:path';
import { deriveFacts } from '@lukko/facts';
import { evaluate, prove, readPolicy } from '@lukko/policy-engine';
import { readSynth } from '@lukko/terraform-model';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { adequate, operators, rules, rulesOf } from '../../policies/index.ts';
import { synthesise } from './shipped.ts';
import { verdictOf } from './verdict-of.ts';

/*
 * The shipped stacks made worse in every way `lukko prove` knows: what no rule notices fails the build. Which rules notice is a
 * snapshot, so that a rule that goes blind is seen even where another one still looks.
 */
const root = path.join(__dirname, '../..');
const read = (file: string) => ({ file, text: readFileSync(path.join(root, file), 'utf8') });
const stacks = synthesise();
const graph = readSynth({
  roots: Object.entries(stacks).map(([stack, text]) => ({
    kind: 'synth',
    files: [{ file: `cdktf.out/stacks/${stack}/cdk.tf.json`, text }],
  })),
  complete: true,
});
const policy = readPolicy({
  lukko: read('lukko.yaml'),
  read,
  catalogue: { rules, rulesOf, operators, adequate, version: 'test' },
});
const from = { operators: policy.operators, register: policy.services };
const evaluation = {
  rules: policy.rules,
  facts: deriveFacts(graph, from),
  context: { ...policy.context, environmentClass: 'production' as const },
  posture: policy.posture,
  version: 'test',
  inputs: [],
  policy: policy.policy,
};
const { proofs, notApplicable } = prove(evaluation, from);

test('every mutation has a place in the shipped stacks, and every one is noticed there', () => {
  expect(notApplicable).toEqual([]);
  expect(proofs.filter(({ noticedBy }) => noticedBy.length === 0)).toEqual([]);
});

test('by these rules', () => {
  const by = new Map<string, Set<string>>();
  for (const { mutation, noticedBy } of proofs) by.set(mutation, new Set([...(by.get(mutation) ?? []), ...noticedBy]));
  expect(Object.fromEntries([...by].map(([mutation, names]) => [mutation, [...names].sort()]))).toMatchSnapshot();
});

/** What the shipped stacks have nothing of, so that nothing of it can be made worse there: these rules refuse examples of it. */
const ofOthers = [
  'load-balancer-pins-location',
  'load-balancer-services-over-tls',
  'lock-file-present',
  'modules-pinned',
  'networks-kept-apart',
  'object-storage-closed',
  'plan-runs-no-foreign-code',
  'private-keys-stay-out-of-state',
  'providers-pinned',
  'providers-reach-allowed-jurisdictions',
  'state-backend-in-allowed-jurisdiction',
  'states-kept-apart',
  'storage-boxes-closed',
];

test('every rule notices a mutation, or an example of what these stacks do not have made worse', () => {
  const noticing = new Set(proofs.flatMap(({ noticedBy }) => noticedBy));
  expect(rules.map(({ id }) => id).filter((id) => !noticing.has(id))).toEqual(ofOthers);
  for (const rule of rules.filter(({ id }) => ofOthers.includes(id))) {
    const verdicts = new Set(rule.examples.map((example) => verdictOf(judgeExample(rule, example))));
    expect([rule.id, verdicts.has('pass'), verdicts.has('fail')]).toEqual([rule.id, true, true]);
  }
});

test('the model itself is left as it is', () => {
  expect(evaluate(evaluation)).toEqual(evaluate({ ...evaluation, facts: deriveFacts(graph, from) }));
  expect(graph.resources.every((resource) => graph.byId(resource.id) === resource)).toBe(true);
});

test('without a rule that looks, the mutation is unnoticed', () => {
  const alone = proofs.filter(({ noticedBy }) => noticedBy.join() === 'servers-have-ssh-keys');
  expect(new Set(alone.map(({ mutation }) => mutation))).toEqual(new Set(['ssh-keys-dropped']));
  // Asked again with one stack only: all seven take half a minute.
  const file = 'cdktf.out/stacks/keys/cdk.tf.json';
  const keys = readSynth({ roots: [{ kind: 'synth', files: [{ file, text: stacks.keys ?? '' }] }], complete: true });
  const missedBy = (by: typeof policy.rules) =>
    prove({ ...evaluation, facts: deriveFacts(keys, from), rules: by }, from)
      .proofs.filter(({ noticedBy }) => noticedBy.length === 0)
      .map(({ mutation }) => mutation);
  expect(missedBy(policy.rules)).toEqual([]);
  const blind = policy.rules.filter(({ id }) => id !== 'servers-have-ssh-keys');
  expect(new Set(missedBy(blind))).toEqual(new Set(['ssh-keys-dropped']));
});
