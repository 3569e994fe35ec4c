import { controlName, type Rule } from '@lukko/policy-engine';

/** Which rules serve which control: numbers and rule titles only, since the text of the standard is not ours. */
export function controlsPage(rules: readonly Rule[]): string {
  const byControl = new Map<string, Rule[]>();
  for (const rule of rules) {
    for (const control of rule.controls) byControl.set(control, [...(byControl.get(control) ?? []), rule]);
  }
  const rows = [...byControl]
    .sort(([a], [b]) => compareControls(a, b))
    .map(
      ([control, serving]) =>
        `| ${controlName(control)} | ${serving.map(({ id }) => `[\`${id}\`](rules/${id}.md)`).join(', ')} |`,
    );
  return `${[
    '# Controls and rules',
    '',
    'What a rule proves about a configuration supports a control; it does not fulfil it alone. What else a control needs stands in the evidence.',
    '',
    '| control | rules |',
    '|---|---|',
    ...rows,
  ].join('\n')}\n`;
}

/** `A.8.9` before `A.8.24`: numbers count as numbers. */
function compareControls(a: string, b: string): number {
  const left = a.split(/(\d+)/);
  const right = b.split(/(\d+)/);
  for (const [index, part] of left.entries()) {
    const other = right[index] ?? '';
    if (part === other) continue;
    const both = /^\d+$/.test(part) && /^\d+$/.test(other);
    return both ? Number(part) - Number(other) : part < other ? -1 : 1;
  }
  return left.length - right.length;
}
