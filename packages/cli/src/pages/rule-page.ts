import { controlName, type Example, type Rule, renderFinding, type SubjectKind } from '@lukko/policy-engine';
import { judgeExample } from './example.ts';
import { hclText } from './hcl-text.ts';
import { lineDiff } from './line-diff.ts';

/** What a subject is called on a page; a resource type is called by its own name. */
const subjectNames: Readonly<Partial<Record<SubjectKind, string>>> = {
  backend: 'where the state is kept',
  provider: 'every provider',
  module: 'every module that is called',
  root: 'every root module',
  placement: 'everything that stands in a location or network zone',
  server: 'every server',
  volume: 'every volume',
  'data-path': 'every path on a server where a service keeps data',
  payload: 'what every server runs at boot',
  host: 'every host that is named where a host is expected',
  image: 'every container image',
  secret: 'every value that looks like a secret',
  'code-run': 'all code that terraform itself runs',
};

/** The page of a rule in Markdown, made from nothing but the rule: the findings are what `lukko check` prints for its examples. */
export function rulePage(rule: Rule): string {
  const of = (verdict: Example['verdict']) => rule.examples.filter((example) => example.verdict === verdict);
  const [pass, ...otherPasses] = of('pass');
  const [fail, ...otherFails] = of('fail');
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [
      'Summary',
      [
        `${rule.title}.`,
        `Severity: ${rule.severity}. ${rule.waivable ? 'A waiver may excuse it.' : 'No waiver can excuse it.'}`,
      ],
    ],
    ['Applies to', [appliesTo(rule)]],
    ['Controls', [rule.controls.map((control) => `- ${controlName(control)}`).join('\n')]],
    ['Why', [rule.rationale]],
    ['Passes', pass === undefined ? [] : [sentence(pass.name), fence('hcl', source(rule, pass)), ...also(otherPasses)]],
    [
      'Fails',
      fail === undefined
        ? []
        : [
            sentence(fail.name),
            changed(rule, pass, fail),
            'What is printed:',
            fence('', printed(rule, fail)),
            ...also(otherFails),
          ],
    ],
    ['Unknown when', unknownWhen(of('unknown'))],
    ['Not applicable when', of('not-applicable').length === 0 ? [] : [list(of('not-applicable'))]],
    ['Fix', [sentence(rule.remediation)]],
    ['Source', [rule.sources.map((url) => `- <${url}>`).join('\n')]],
  ];
  const body = sections
    .filter(([, parts]) => parts.length > 0)
    .map(([title, parts]) => [`## ${title}`, ...parts].join('\n\n'));
  return `${[`# ${rule.id}`, ...body].join('\n\n')}\n`;
}

function appliesTo(rule: Rule): string {
  const names = rule.appliesTo.map((kind) => `- ${subjectNames[kind] ?? `every \`${kind}\``}`).join('\n');
  return rule.judges === 'removal' ? `${names}\n\nAlso to what a plan deletes or replaces.` : names;
}

/** Settings that are the same in every example of a rule decide nothing there. */
function withoutCommon(rule: Rule, document: object): object {
  const documents = rule.examples.flatMap((example) => Object.values(example.stacks ?? { example: example.terraform }));
  const same = (key: string) =>
    new Set(documents.map((one) => JSON.stringify((one as Record<string, unknown>)[key]))).size === 1;
  return Object.fromEntries(
    Object.entries(document).filter(([key]) => !['terraform', 'provider'].includes(key) || !same(key)),
  );
}

function source(rule: Rule, example: Example): string {
  const documents = example.stacks === undefined ? [['', example.terraform] as const] : Object.entries(example.stacks);
  return documents
    .map(([stack, document]) =>
      stack === ''
        ? hclText(withoutCommon(rule, document))
        : `# stack ${stack}\n${hclText(withoutCommon(rule, document))}`,
    )
    .join('\n');
}

/** What differs from the passing example, where that is shorter than the whole. */
function changed(rule: Rule, pass: Example | undefined, fail: Example): string {
  const whole = source(rule, fail);
  if (pass === undefined) return fence('hcl', whole);
  const diff = lineDiff(source(rule, pass), whole);
  return diff.split('\n').length < whole.split('\n').length ? fence('diff', diff) : fence('hcl', whole);
}

function printed(rule: Rule, fail: Example): string {
  const findings = judgeExample(rule, fail).findings.filter((finding) => finding.verdict === 'fail');
  return findings
    .slice(0, 2)
    .map((finding) => renderFinding(finding))
    .join('\n\n');
}

function also(examples: readonly Example[]): readonly string[] {
  return examples.length === 0 ? [] : ['So does:', list(examples)];
}

function unknownWhen(examples: readonly Example[]): readonly string[] {
  if (examples.length > 0) return [list(examples)];
  return ['Everything it looks at can be seen in the configuration.'];
}

function list(examples: readonly Example[]): string {
  return examples.map((example) => `- ${example.name}`).join('\n');
}

function sentence(text: string): string {
  const start = `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`;
  return /[.!?:]$/.test(start) ? start : `${start}.`;
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}
