import { controlName } from '@lukko/policy-engine';
import { catalogue } from '../catalogue.ts';
import type { Ports } from '../ports/ports.ts';

export interface RulesOptions {
  readonly format: 'terminal' | 'markdown' | 'json';
}

/** Prints every rule with its severity, the fact it states and the controls it serves. @returns 0 */
export function rules({ format }: RulesOptions, ports: Pick<Ports, 'out'>): number {
  ports.out(format === 'json' ? asJson() : format === 'markdown' ? rulesTable('docs/rules') : asTable());
  return 0;
}

/** The table README.md and docs show; `folder` is where the pages lie, seen from the page the table stands on. */
export function rulesTable(folder: string): string {
  const rows = catalogue.rules.map(
    ({ id, severity, title, controls }) =>
      `| [\`${id}\`](${folder}/${id}.md) | ${severity} | ${title} | ${controls.map(controlName).join(', ')} |`,
  );
  return `${['| rule | severity | what holds | controls |', '|---|---|---|---|', ...rows].join('\n')}\n`;
}

function asTable(): string {
  const rows = catalogue.rules.map(({ id, severity, title, controls }) => [
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

function asJson(): string {
  const list = catalogue.rules.map(
    ({ id, title, severity, waivable, controls, rationale, remediation, sources, appliesTo }) => ({
      id,
      title,
      severity,
      waivable,
      controls,
      appliesTo,
      rationale,
      remediation,
      sources,
    }),
  );
  return `${JSON.stringify(list, null, 2)}\n`;
}
