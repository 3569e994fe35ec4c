import type { EvidenceVerdict } from '@lukko/formats';
import type { Table, TablesInput } from './table.ts';

/** Every verdict that is not a pass, one row each; what passes stands in evidence.json with its reasons. */
export function verdictsTable({ evidence }: TablesInput): Table {
  const controls = new Map(
    evidence.rules.map((rule) => [
      rule.id,
      rule.controls.flatMap((one) => /^ISO27001:2022\/(A\.8\..*)$/.exec(one)?.[1] ?? []).join(' '),
    ]),
  );
  return {
    name: 'verdicts',
    title: 'Verdicts that do not pass',
    about:
      'What rules found broken, not proven, due from the provider, or excused by a waiver. A verdict stands once here, whatever the number of controls it is a part of.',
    columns: ['verdict', 'severity', 'rule', 'where', 'what', 'file', 'tier', 'controls', 'waiver'],
    rows: evidence.verdicts.flatMap((one) =>
      one.message === undefined
        ? []
        : [
            [
              wordOf(one),
              one.severity ?? '',
              one.rule,
              one.at ?? one.address,
              one.message,
              one.line === undefined ? one.file : `${one.file}:${one.line}`,
              one.tier,
              controls.get(one.rule) ?? '',
              one.waiver?.id ?? '',
            ],
          ],
    ),
    from: 'nda',
  };
}

/** In one word what a verdict comes to, waivers and obligations told apart. */
export function wordOf({ verdict, waiver, obligation }: EvidenceVerdict): string {
  if (waiver !== undefined) return 'waived';
  if (verdict === 'unknown') return obligation === true ? 'due' : 'not proven';
  return verdict === 'fail' ? 'broken' : verdict;
}
