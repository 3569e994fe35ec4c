import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundleNamespace, verifyPage } from '@lukko/evidence';
import { catalogue } from '../packages/cli/src/catalogue.ts';
import { rulesTable } from '../packages/cli/src/commands/rules.ts';
import { cliPage } from '../packages/cli/src/pages/cli-page.ts';
import { controlsPage } from '../packages/cli/src/pages/controls-page.ts';
import { rulePage } from '../packages/cli/src/pages/rule-page.ts';
import { type Acceptance, sandboxPage } from '../packages/cli/src/pages/sandbox-page.ts';
import { nodeFiles } from '../packages/cli/src/ports/node.ts';

/**
 * Writes the pages that are made from the rules and the command: docs/rules/<id>.md, docs/controls.md, docs/cli.md,
 * docs/verify.md, docs/sandbox.md and the table in README.md. `--check` writes nothing and fails when one is not what it would write.
 */
const root = join(__dirname, '..');
const header = '<!-- Made by `npm run docs`; edit the rule or the command instead. -->\n\n';
const sandboxHeader =
  '<!-- Made by `npm run docs` from packages/cli/src/pages/sandbox-page.ts and the sandbox itself. -->\n\n';
const verifyHeader =
  '<!-- Made by `npm run docs` from packages/evidence/src/integrity/verify-page.ts: VERIFY.md as a bundle carries it. -->\n\n';
const begin = '<!-- rules:begin -->';
const end = '<!-- rules:end -->';

export function pages(): ReadonlyMap<string, string> {
  const made = new Map<string, string>();
  for (const rule of catalogue.rules) made.set(`docs/rules/${rule.id}.md`, header + rulePage(rule));
  made.set('docs/controls.md', header + controlsPage(catalogue.rules));
  made.set('docs/cli.md', header + cliPage());
  made.set('docs/verify.md', verifyHeader + verifyPage({ namespace: bundleNamespace, chained: true, expires: true }));
  made.set('docs/sandbox.md', sandboxHeader + sandboxPage(acceptance()));
  const readme = join(root, 'README.md');
  if (existsSync(readme)) made.set('README.md', withTable(readFileSync(readme, 'utf8')));
  return made;
}

/** What the last run of the provider's own tests left behind. */
function acceptance(): Acceptance | undefined {
  const file = join(root, 'packages/sandbox/spec/zz_acceptance.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Acceptance) : undefined;
}

/** The README with the rules table between its markers; a README without them is left alone. */
function withTable(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) return text;
  return `${text.slice(0, from + begin.length)}\n${rulesTable('docs/rules')}${text.slice(to)}`;
}

/** Pages of rules that no longer exist. */
export function orphans(made: ReadonlyMap<string, string>): readonly string[] {
  const folder = join(root, 'docs/rules');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.map((name) => `docs/rules/${name}`).filter((file) => file.endsWith('.md') && !made.has(file));
}

/** Files that are not what would be written. */
export function stale(made: ReadonlyMap<string, string>): readonly string[] {
  const differs = [...made].filter(([file, text]) => {
    const path = join(root, file);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text;
  });
  return [...differs.map(([file]) => file), ...orphans(made)];
}

function main(checkOnly: boolean): void {
  const made = pages();
  const old = stale(made);
  if (checkOnly) {
    for (const file of old)
      process.stderr.write(`${file} is not what the rules and the command say; run \`npm run docs\`\n`);
    process.exitCode = old.length === 0 ? 0 : 1;
    return;
  }
  for (const file of orphans(made)) rmSync(join(root, file));
  for (const [file, text] of made) if (old.includes(file)) nodeFiles.write(join(root, file), text);
}

if (require.main === module) main(process.argv.includes('--check'));
