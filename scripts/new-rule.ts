import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeFiles } from '../packages/cli/src/ports/node.ts';

/*
 * `npm run new-rule -- <id>` makes a rule that works and says nothing yet: policies/<id>.ts, its line in the registry, its test and
 * its page. What is left to do is printed. CONTRIBUTING.md, Adding a rule.
 */
const root = process.cwd();
const registry = 'policies/index.ts';

function main(id: string | undefined): void {
  if (id === undefined || !/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/.test(id)) {
    throw new Error(
      `expected an id that states what holds, in small letters and hyphens, such as servers-carry-owner; found ${JSON.stringify(id ?? '')}`,
    );
  }
  const rule = `policies/${id}.ts`;
  const test = `__tests__/policies/${id}.test.ts`;
  for (const file of [rule, test]) {
    if (existsSync(join(root, file))) throw new Error(`${file} is there already; choose another id, or edit it`);
  }
  const listed = withRule(readFileSync(join(root, registry), 'utf8'), id);
  nodeFiles.write(join(root, rule), ruleText(id));
  nodeFiles.write(join(root, test), testText(id));
  nodeFiles.write(join(root, registry), listed);
  // A process of its own: the registry as it is now, not as it was when this one began.
  const docs = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/docs.ts'], { cwd: root, stdio: 'inherit' });
  if (docs.status !== 0) throw new Error(`its page could not be made; mend what is said above, then: npm run docs`);
  process.stdout.write(
    [
      `${rule}      say what holds and why, what to do, and how it is seen`,
      `${registry}  it stands there`,
      `${test}  cases that its examples leave open`,
      `docs/rules/${id}.md  made from it: npm run docs makes it again`,
      `Then: npx jest __tests__/policies, read what changed in the snapshots, and take it over with -u`,
      '',
    ].join('\n'),
  );
}

/** The registry with one import and one entry more, both in the order of ids. */
function withRule(text: string, id: string): string {
  const name = nameOf(id);
  const lines = text.split('\n');
  const own = (line: string) => /^import \{ \w+ \} from '\.\/([a-z0-9-]+)\.ts';$/.exec(line)?.[1];
  const imports = lines.flatMap((line, index) => {
    const other = own(line);
    return other === undefined || other === 'rule-sets' ? [] : [{ other, index }];
  });
  const from = lines.findIndex((line) => line.startsWith('export const rules:'));
  const to = lines.indexOf('];', from);
  if (imports.length === 0 || from === -1 || to === -1)
    throw new Error(`${registry}: expected imports of rules and the list \`rules\`, found none`);
  const after = imports.find(({ other }) => other > id);
  const entries = imports.map(({ other }) => other);
  const position = after === undefined ? to : from + 1 + entries.indexOf(after.other);
  // The later one first, so that the earlier index still holds.
  lines.splice(position, 0, `  ${name},`);
  lines.splice(after?.index ?? (imports.at(-1)?.index as number) + 1, 0, `import { ${name} } from './${id}.ts';`);
  return lines.join('\n');
}

/** `servers-carry-owner` as `serversCarryOwner`. */
function nameOf(id: string): string {
  return id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function ruleText(id: string): string {
  const words = id.replaceAll('-', ' ');
  const title = `${words[0]?.toUpperCase()}${words.slice(1)}`;
  return `import { holds, rule } from '@lukko/policy-engine';
import { hcloud, server } from './shared/examples.ts';
import { unlessIgnored } from './shared/lifecycle.ts';
import { fit } from './shared/message.ts';
import { addressOf } from './shared/words.ts';

export const ${nameOf(id)} = rule({
  id: '${id}',
  title: '${title}',
  severity: 'low',
  waivable: true,
  controls: ['ISO27001:2022/A.8.9'],
  rationale: 'Why it must hold, and what happens where it does not.',
  remediation: 'What to write, in the imperative',
  sources: ['https://github.com/hetznercloud/terraform-provider-hcloud/blob/v1.68.0/docs/resources/server.md'],
  appliesTo: ['hcloud_server'],
  check: (resource) =>
    unlessIgnored(
      resource,
      'labels',
      holds(resource.attr('labels', '${id}'), (value) => value === 'yes'),
    ),
  message: (resource) => fit(\`\${addressOf(resource)} does not say ${words}\`),
  examples: [
    {
      name: 'the label says so',
      verdict: 'pass',
      terraform: hcloud({ hcloud_server: { host: server({ labels: { '${id}': 'yes' } }) } }),
    },
    { name: 'no label', verdict: 'fail', terraform: hcloud({ hcloud_server: { host: server() } }) },
    {
      name: 'a variable without value',
      verdict: 'unknown',
      terraform: hcloud(
        { hcloud_server: { host: server({ labels: { '${id}': '\${var.label}' } }) } },
        { variable: { label: {} } },
      ),
    },
  ],
});
`;
}

function testText(id: string): string {
  const name = nameOf(id);
  return `import { judgeExample } from '../../packages/cli/src/pages/example.ts';
import { ${name} } from '../../policies/${id}.ts';
import { hcloud, server } from '../../policies/shared/examples.ts';
import { verdictOf } from './verdict-of.ts';

const judge = (labels: Readonly<Record<string, string>>) =>
  verdictOf(
    judgeExample(${name}, {
      name: 'case',
      verdict: 'pass',
      terraform: hcloud({ hcloud_server: { host: server({ labels }) } }),
    }),
  );

// What its examples show is tested with every other rule (catalogue.test.ts); here stands what they leave open.
it.each([
  ['another value', { '${id}': 'no' }, 'fail'],
  ['beside other labels', { '${id}': 'yes', owner: 'ops' }, 'pass'],
])('%s', (_, labels, verdict) => {
  expect(judge(labels)).toBe(verdict);
});
`;
}

try {
  main(process.argv[2]);
} catch (error) {
  process.stderr.write(`new-rule: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
