import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePorts } from '../packages/cli/src/ports/node.ts';
import { run } from '../packages/cli/src/program.ts';

/**
 * Puts what `lukko check examples/refused/us-cloud` really prints, one finding of each rule on places and operators, between the output markers of README.md. `--check` writes
 * nothing and fails when the README shows something else.
 */
const root = join(__dirname, '..');
const readme = join(root, 'README.md');
const argv = ['check', 'examples/refused/us-cloud'];
const begin = '<!-- output:begin -->';
const end = '<!-- output:end -->';

/** The README's text with the screen of this lukko in it. @throws when the markers are missing. */
export async function withScreen(text: string): Promise<string> {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`README.md: expected ${begin} and ${end}, one after the other`);
  return `${text.slice(0, from + begin.length)}\n\`\`\`console\n$ lukko ${argv.join(' ')}\n${await screen()}\`\`\`\n${text.slice(to)}`;
}

async function screen(): Promise<string> {
  let printed = '';
  const out = (text: string) => {
    printed += text;
  };
  const ports = { ...nodePorts(), cwd: root, color: false, out, err: out };
  const code = await run(argv, ports);
  return `${firstOfEachRule(printed)}\n$ echo $?\n${code}\n`;
}

/** What the README is about at this place: where something stands, and who operates it. */
const telling = new Set([
  'locations-in-eu',
  'providers-reach-allowed-jurisdictions',
  'hosts-in-allowed-jurisdictions',
  'state-backend-in-allowed-jurisdiction',
  'images-from-allowed-registries',
]);

/** One finding of each telling rule, in the order of the report, and what comes after the findings; what is left out is counted. */
function firstOfEachRule(printed: string): string {
  const blocks = printed.trimEnd().split('\n\n');
  const rule = (block: string) => /^(?:error|warning)\[([^\]]+)\]/.exec(block)?.[1];
  const findings = blocks.filter((block) => rule(block) !== undefined);
  const shown = findings.filter(
    (block, index) =>
      telling.has(rule(block) ?? '') && findings.findIndex((other) => rule(other) === rule(block)) === index,
  );
  const left = findings.length - shown.length;
  const rest = blocks.filter((block) => rule(block) === undefined);
  return [...shown, ...(left === 0 ? [] : [`… ${left} more findings, left out here`]), ...rest].join('\n\n');
}

async function main(checkOnly: boolean): Promise<void> {
  const text = readFileSync(readme, 'utf8');
  const wanted = await withScreen(text);
  if (wanted === text) return;
  if (checkOnly) {
    process.stderr.write('README.md shows another output than lukko prints; run `npx tsx scripts/readme-screen.ts`\n');
    process.exitCode = 1;
  } else nodePorts().files.write(readme, wanted);
}

if (require.main === module) void main(process.argv.includes('--check'));
