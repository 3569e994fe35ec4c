import type { Finding } from '@lukko/formats';
import type { Severity } from './rule.ts';

/** Which rules are asked; what each holds is said in policies/rule-sets.ts. */
export type RuleSetName = 'recommended' | 'eu-sovereign' | 'iso27001-a8' | 'all';
export const ruleSetNames: readonly RuleSetName[] = ['recommended', 'eu-sovereign', 'iso27001-a8', 'all'];

/** How strictly verdicts are read: a rule set, and what an unknown does. Rules never know it; they only see the `PolicyContext`. */
export interface Posture {
  readonly name: 'eu-sovereign' | 'recommended';
  /** The rules it judges by, unless another set is asked for. */
  readonly ruleSet: RuleSetName;
  /** Failures at or above it set exit 1. */
  readonly threshold: Severity;
  /** Whether an unknown counts like a failure, unless it is an obligation. */
  readonly unknownFails: boolean;
  /** Whether a waiver needs the signature of its approver; a baseline, which has none, then accepts nothing. */
  readonly signedWaivers: boolean;
}

/**
 * `eu-sovereign` is for stacks whose organisation has decided: what is not shown is refused. `recommended` is for anybody's
 * Terraform: only what is proven wrong, and weighs, is refused, and the rest is said to be not proven.
 */
export const postures: { readonly [N in Posture['name']]: Posture } = {
  'eu-sovereign': {
    name: 'eu-sovereign',
    ruleSet: 'eu-sovereign',
    threshold: 'low',
    unknownFails: true,
    signedWaivers: true,
  },
  recommended: {
    name: 'recommended',
    ruleSet: 'recommended',
    threshold: 'high',
    unknownFails: false,
    signedWaivers: false,
  },
};

const order: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** 0 for low to 3 for critical. */
export function weight(severity: Severity): number {
  return order.indexOf(severity);
}

/** What of a finding decides whether it refuses. */
type Refusable = Pick<Finding, 'verdict' | 'severity'> & {
  readonly [K in 'broken' | 'waiver' | 'obligation' | 'accepted' | 'since']?: Finding[K] | undefined;
};

/**
 * Whether a finding alone sets exit 1 under a posture.
 * @param failOn `new`: what the baseline accepts, or an earlier report had as well, does not
 */
export function refuses(finding: Refusable, posture: Posture, failOn: 'all' | 'new' = 'all'): boolean {
  // A rule that stopped has judged nothing; no posture can make a pass of that, and nobody can have accepted it.
  if (finding.broken === true) return true;
  if (finding.waiver !== undefined || finding.obligation === true) return false;
  if (failOn === 'new' && (finding.accepted !== undefined || finding.since === 'unchanged')) return false;
  if (finding.verdict !== 'fail' && !(finding.verdict === 'unknown' && posture.unknownFails)) return false;
  return weight(finding.severity) >= weight(posture.threshold);
}

/** The posture a report was judged by. */
export function postureOf(report: { readonly posture: string }): Posture {
  return report.posture === 'eu-sovereign' ? postures['eu-sovereign'] : postures.recommended;
}
