import type { Finding } from '@lukko/formats';
import { causeText, count, groupBy, some } from './text.ts';

/**
 * Unknowns as one line per cause, most frequent first: `var.location has no value: 14 checks not proven`. What a variable or
 * data source is called is read from the deciding reason.
 */
export function unknownsByCause(findings: readonly Finding[]): readonly string[] {
  return [...groupBy(findings, causeOf)]
    .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))
    .map(([cause, group]) => `${cause}: ${count(group.length, 'check')} not proven (${rulesOf(group, 3)})`);
}

function causeOf(finding: Finding): string {
  const reason = finding.because.find(({ causes }) => causes !== undefined && causes.length > 0);
  const cause = reason?.causes?.[0];
  if (reason === undefined || cause === undefined) return 'this input does not show it';
  const pattern = cause === 'variable' ? /\bvar\.[\w-]+/ : cause === 'data' ? /\bdata\.[\w-]+\.[\w-]+/ : undefined;
  return causeText[cause](pattern?.exec(reason.saw)?.[0]);
}

/** `rule-a (2), rule-b and 3 more`, by rule id. */
export function rulesOf(findings: readonly Finding[], shown: number): string {
  const rules = [...groupBy(findings, (finding) => finding.rule)].sort(([a], [b]) => (a < b ? -1 : 1));
  return some(
    rules.map(([rule, group]) => (group.length === 1 ? rule : `${rule} (${group.length})`)),
    shown,
  );
}
