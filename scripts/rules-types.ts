import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeFiles } from '../packages/cli/src/ports/node.ts';
import { computedAttributes } from '../packages/terraform-model/src/zz_resource_types.ts';

/*
 * `npx tsx scripts/rules-types.ts` writes packages/cli/zz_rules.d.ts: one file of declarations for people who write own rules,
 * made by the compiler from the types lukko's own rules are written with. It is shipped beside the command.
 */
const root = join(__dirname, '..');
const target = join(root, 'packages/cli/zz_rules.d.ts');

/** In the order in which they build on each other; all names in them differ, so they can stand in one file. */
const sources = [
  'packages/terraform-model/src/value.ts',
  'packages/terraform-model/src/reason.ts',
  'packages/terraform-model/src/attr.ts',
  'packages/terraform-model/src/zz_resource_types.ts',
  'packages/terraform-model/src/graph.ts',
  'packages/facts/src/types.ts',
  'packages/facts/src/payload/nftables.ts',
  'packages/facts/src/settings/types.ts',
  'packages/policy-engine/src/truth.ts',
  'packages/policy-engine/src/rule.ts',
  'packages/policy-engine/src/own-rules/api.ts',
];

const header = `// Made by \`npx tsx scripts/rules-types.ts\` from the types of lukko's own rules and the provider's schema: do not edit.
// In a rule of your own: /** @type {import('@lukko/cli').OwnRuleModule} */ export default (kit) => kit.rule({ … });
`;

/** The whole text of the declarations. */
export function rulesDeclarations(): string {
  const parts = emit().map((text) =>
    text
      .replace(/^import [^;]*;\n/gm, '')
      .replace(/^export declare const (computedAttributes|optionalComputed|nestedBlocks|kit):[^;]*;\n/gm, '')
      .replace(/^(\/\*\*[^*]*\*\/\n)?export declare function rule<[^;]*;\n/gm, '')
      .replace(/^export declare /gm, 'declare '),
  );
  const all = parts.join('\n').replace(/export interface ComputedAttributes \{\n\}/, computed());
  // With this line only what says export leaves the file: the functions of the kit exist at run time in the kit alone.
  return `${header}\n${all.trim()}\n\nexport {};\n`;
}

function computed(): string {
  const typed = Object.entries(computedAttributes).filter(([, names]) => names.length > 0);
  const lines = typed.map(([type, names]) => `    ${type}: ${names.map((name) => `'${name}'`).join(' | ')};`);
  return `export interface ComputedAttributes {\n${lines.join('\n')}\n}`;
}

/** What the compiler says each source declares. */
function emit(): readonly string[] {
  const out = mkdtempSync(join(tmpdir(), 'lukko-types-'));
  const project = join(root, `tsconfig.${process.pid}.tmp.json`);
  const options = { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: out, rootDir: root };
  try {
    writeFileSync(
      project,
      JSON.stringify({ extends: './tsconfig.json', compilerOptions: options, include: [], files: sources }),
    );
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { stdio: 'pipe' });
    return sources.map((source) => readFileSync(join(out, source.replace(/\.ts$/, '.d.ts')), 'utf8'));
  } finally {
    rmSync(project, { force: true });
    rmSync(out, { recursive: true, force: true });
  }
}

if (require.main === module) nodeFiles.write(target, rulesDeclarations());
