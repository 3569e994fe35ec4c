import { controlName, type Rule, type RuleSetName } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import { InputError } from '../errors.ts';
import { fromHere } from '../input-file.ts';
import { ownRulesIn } from '../own-rules/folder.ts';
import type { Ports } from '../ports/ports.ts';

export interface RulesOptions {
  readonly format: 'terminal' | 'markdown' | 'json';
  readonly ruleSet?: RuleSetName;
  /** Folder of own rules, listed as well. */
  readonly rules?: string;
  readonly test?: true;
}

type Needed = Pick<Ports, 'out' | 'cwd' | 'files' | 'importModules'>;

/**
 * Prints every rule with its severity, the fact it states and the controls it serves; with `--test`, judges the examples of an
 * organisation's own.
 * @returns 0; with `--test` 1 when an example is not judged as it says.
 */
export async function rules(options: RulesOptions, ports: Needed): Promise<number> {
  const own = await ownRules(options, ports);
  if (options.test === true) {
    if (options.rules === undefined) throw new InputError('--test: judges own rules; name their folder with --rules');
    const { judgeExamples } = await import('../own-rules/test.ts');
    const { lines, passed } = judgeExamples(own);
    ports.out(`${lines.join('\n')}\n`);
    return passed ? 0 : 1;
  }
  const asked = options.ruleSet === undefined ? catalogue.rules : catalogue.rulesOf(options.ruleSet);
  const list = [...asked, ...own].sort((a, b) => (a.id < b.id ? -1 : 1));
  const { format } = options;
  ports.out(format === 'json' ? asJson(list) : format === 'markdown' ? rulesTable('docs/rules', list) : asTable(list));
  return 0;
}

/** The rules in the folder that `--rules` names; none without it. */
export async function ownRules(
  { rules: folder }: { readonly rules?: string },
  ports: Needed,
): Promise<readonly Rule[]> {
  if (folder === undefined) return [];
  return (await ownRulesIn(fromHere(folder, ports.cwd), folder, ports.files, ports)).rules;
}

/** The table README.md and docs show; `folder` is where the pages lie, seen from the page the table stands on. */
export function rulesTable(folder: string, list: readonly Rule[] = catalogue.rules): string {
  const rows = list.map(
    ({ id, severity, title, controls }) =>
      `| [\`${id}\`](${folder}/${id}.md) | ${severity} | ${title} | ${controls.map(controlName).join(', ')} |`,
  );
  return `${['| rule | severity | what holds | controls |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}

function asTable(list: readonly Rule[]): string {
  const rows = list.map(({ id, severity, title, controls }) => [
    id,
    severity,
    title,
    controls.map(controlName).join(', '),
  ]);
  const table = [['RULE', 'SEVERITY', 'WHAT HOLDS', 'CONTROLS'], ...rows];
  const width = (column: number) => Math.max(...table.map((row) => row[column]?.length ?? 0));
  const widths = [width(0), width(1), width(2)];
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function asJson(rules: readonly Rule[]): string {
  const list = rules.map(({ id, title, severity, waivable, controls, rationale, remediation, sources, appliesTo }) => ({
    id,
    title,
    severity,
    waivable,
    controls,
    appliesTo,
    rationale,
    remediation,
    sources,
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}
