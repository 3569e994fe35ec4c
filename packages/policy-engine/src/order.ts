import type { Finding } from '@lukko/formats';
import { weight } from './posture.ts';

const verdicts: readonly Finding['verdict'][] = ['fail', 'unknown', 'pass', 'not-applicable'];

/** The order of findings in every report, as far as their kind tells it: what is proven first, the heaviest first, then by rule. */
export function byKind(
  a: Pick<Finding, 'verdict' | 'severity' | 'rule'>,
  b: Pick<Finding, 'verdict' | 'severity' | 'rule'>,
): number {
  return (
    verdicts.indexOf(a.verdict) - verdicts.indexOf(b.verdict) ||
    weight(b.severity) - weight(a.severity) ||
    byText(a.rule, b.rule)
  );
}

/** What findings of one kind are about. */
export interface Spoken {
  readonly address: string;
  readonly at?: string | undefined;
  readonly message: string;
}

/** The order of findings of one kind. */
export function byElement(a: Spoken, b: Spoken): number {
  return byText(a.address, b.address) || byText(a.at ?? '', b.at ?? '') || byText(a.message, b.message);
}

/** By code units: the same order on every machine, whatever its locale. */
export function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
