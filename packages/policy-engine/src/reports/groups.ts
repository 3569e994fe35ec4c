import type { Finding } from '@lukko/formats';
import type { AnyReason } from '../reasons.ts';
import { causeText, count, groupBy, some } from './text.ts';

/** A number of findings of one rule that are not known for one cause. */
export interface NotKnown {
  readonly rule: string;
  readonly cause: string;
  readonly count: number;
}

/**
 * Unknowns as one line per cause, most frequent first: `var.location has no value: 14 checks not proven`. What a variable or
 * data source is called is read from the deciding reason.
 */
export function unknownsByCause(findings: readonly Finding[]): readonly string[] {
  return causeLines(findings.map(({ rule, because }) => ({ rule, cause: causeOf(because), count: 1 })));
}

/** The same of findings that are counted already. */
export function causeLines(unknowns: readonly NotKnown[]): readonly string[] {
  const causes = [...groupBy(unknowns, ({ cause }) => cause)].map(([cause, group]) => ({
    cause,
    group,
    of: total(group),
  }));
  return causes
    .sort((a, b) => b.of - a.of || (a.cause < b.cause ? -1 : 1))
    .map(({ cause, group, of }) => `${cause}: ${count(of, 'check')} not proven (${countedRules(group, 3)})`);
}

/** Why something is not known, in words: by the first reason that has a cause. */
export function causeOf(because: readonly AnyReason[]): string {
  const reason = because.find(({ causes }) => causes !== undefined && causes.length > 0);
  const cause = reason?.causes?.[0];
  if (reason === undefined || cause === undefined) return 'this input does not show it';
  const pattern = cause === 'variable' ? /\bvar\.[\w-]+/ : cause === 'data' ? /\bdata\.[\w-]+\.[\w-]+/ : undefined;
  return causeText[cause](pattern?.exec(reason.saw)?.[0]);
}

/** `rule-a (2), rule-b and 3 more`, by rule id. */
export function rulesOf(findings: readonly Finding[], shown: number): string {
  return countedRules(
    findings.map(({ rule }) => ({ rule, count: 1 })),
    shown,
  );
}

function countedRules(groups: readonly Pick<NotKnown, 'rule' | 'count'>[], shown: number): string {
  const rules = [...groupBy(groups, ({ rule }) => rule)].sort(([a], [b]) => (a < b ? -1 : 1));
  return some(
    rules.map(([rule, same]) => (total(same) === 1 ? rule : `${rule} (${total(same)})`)),
    shown,
  );
}

function total(groups: readonly { readonly count: number }[]): number {
  return groups.reduce((sum, group) => sum + group.count, 0);
}
