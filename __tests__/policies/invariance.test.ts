import type { Example, Rule } from '@lukko/policy-engine';
import type { TerraformJson } from '@lukko/terraform-model';
import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { rules } from '../../policies/index.ts';

/*
 * What decides nothing must change nothing: the order in which resources stand, what they are called, a resource that has nothing to do
 * with any of it. That knowing less turns no failure into a pass is tested in monotonicity.test.ts.
 */
const everyExample = rules.flatMap((rule) =>
  rule.examples.map((example) => [`${rule.id}: ${example.name}`, rule as Rule, example as Example] as const),
);

type Change = (document: TerraformJson) => TerraformJson;

/** An example with a change made in each of its stacks. */
function changed(example: Example, change: Change): Example {
  if (example.stacks === undefined) return { ...example, terraform: change(example.terraform) };
  const stacks = Object.entries(example.stacks).map(([name, document]): [string, TerraformJson] => [
    name,
    change(document),
  ]);
  return { ...example, terraform: change(example.terraform), stacks: Object.fromEntries(stacks) };
}

/** Verdicts with what they are about, in no order; names given back to what they were. */
function judged(rule: Rule, example: Example): readonly string[] {
  return judgeExample(rule, example)
    .findings.map(({ address, at, verdict, severity }) =>
      `${verdict} ${severity} ${address} ${at ?? ''}`.replaceAll('renamed_', ''),
    )
    .sort();
}

/** Every object with its keys the other way round; lists keep their order, since it may mean something. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, inner]): [string, unknown] => [key, reversed(inner)])
      .reverse(),
  );
}

type Blocks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;
const blocksOf = (document: TerraformJson): readonly (readonly [string, string])[] =>
  [document.resource, document.data].flatMap((blocks) =>
    Object.entries((blocks ?? {}) as Blocks).flatMap(([type, named]) =>
      Object.keys(named).map((name) => [type, name] as const),
    ),
  );

/** Resources and data sources under other names, and every reference with them. */
function renamed(document: TerraformJson): TerraformJson {
  let text = JSON.stringify({ ...document, resource: withNames(document.resource), data: withNames(document.data) });
  for (const [type, name] of new Set(blocksOf(document)))
    text = text.replaceAll(
      new RegExp(`(?<![\\w.])((?:data\\.)?${type})\\.${name}(?![\\w-])`, 'g'),
      `$1.renamed_${name}`,
    );
  return JSON.parse(text) as TerraformJson;
}

function withNames(blocks: unknown): unknown {
  if (blocks === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(blocks as Blocks).map(([type, named]) => [
      type,
      Object.fromEntries(Object.entries(named).map(([name, body]) => [`renamed_${name}`, body])),
    ]),
  );
}

const withAnother: Change = (document) => ({
  ...document,
  resource: {
    ...document.resource,
    terraform_data: { ...(document.resource?.terraform_data as object), unrelated: { input: 'x' } },
  },
});

describe.each<readonly [string, Change]>([
  ['in another order', (document) => reversed(document) as TerraformJson],
  ['under other names', renamed],
  ['beside something unrelated', withAnother],
])('%s', (_, change) => {
  it.each(everyExample)('%s', (__, rule, example) => {
    const about = (one: string) => !one.includes('terraform_data.unrelated');
    expect(judged(rule, changed(example, change)).filter(about)).toEqual(judged(rule, example));
  });
});
