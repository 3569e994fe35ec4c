import type { Example, Rule, Verdict } from '@lukko/policy-engine';
import fc from 'fast-check';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { rules } from '../../policies/index.ts';
import { hidden, leaves, possible, referencedBlocks, references, without } from './mutations.ts';
import { verdictOf } from './verdict-of.ts';

/*
 * Knowing less never makes a verdict better or worse: it stays, or becomes unknown. Above all, nothing that failed passes
 * because somebody hid a value behind a variable.
 */
const parameters = { seed: 20261121, numRuns: 12 } as const;
const everyExample = rules.flatMap((rule) =>
  rule.examples.map((example) => [`${rule.id}: ${example.name}`, rule as Rule, example as Example] as const),
);

describe('monotonicity', () => {
  it.each(everyExample)('%s: one value hidden', (_, rule, example) => {
    for (const leaf of leaves(example.terraform))
      expectLess(rule, example, hidden(example.terraform, [leaf]), `hides ${leaf.join('.')}`);
  });

  it.each(everyExample)('%s: any values hidden', (_, rule, example) => {
    const all = leaves(example.terraform);
    if (all.length === 0) return;
    fc.assert(
      fc.property(fc.subarray([...all], { minLength: 1 }), (some) => {
        expectLess(
          rule,
          example,
          hidden(example.terraform, some),
          `hides ${some.map((leaf) => leaf.join('.')).join(', ')}`,
        );
      }),
      parameters,
    );
  });

  it.each(everyExample)('%s: a reference that is only possible', (_, rule, example) => {
    for (const leaf of references(example.terraform))
      expectLess(rule, example, possible(example.terraform, leaf), `may be ${leaf.join('.')}`);
  });

  it.each(everyExample)('%s: a target that is gone', (_, rule, example) => {
    for (const block of referencedBlocks(example.terraform)) {
      expectLess(rule, example, without(example.terraform, block), `without ${block.join('.')}`, ['not-applicable']);
    }
  });
});

function expectLess(
  rule: Rule,
  example: Example,
  terraform: object,
  what: string,
  also: readonly Verdict[] = [],
): void {
  const before = example.verdict;
  const after = verdictOf(judgeExample(rule, { ...example, terraform }));
  // What did not apply may turn out to apply; it must not turn out to be wrong.
  const allowed: readonly Verdict[] =
    before === 'not-applicable' ? [before, 'unknown', 'pass'] : [before, 'unknown', ...also];
  if (!allowed.includes(after)) throw new Error(`${what}: ${before} became ${after}`);
}
