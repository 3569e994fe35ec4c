import type { Finding } from '@lukko/formats';
import type { Severity } from './rule.ts';

/** How strictly verdicts are read. Rules never know it; they only see the `PolicyContext`. */
export interface Posture {
  readonly name: 'eu-sovereign' | 'recommended';
  /** Failures at or above it set exit 1. */
  readonly threshold: Severity;
  /** Whether an unknown counts like a failure, unless it is an obligation. */
  readonly unknownFails: boolean;
  /** Whether a waiver needs the signature of its approver. */
  readonly signedWaivers: boolean;
}

/**
 * `eu-sovereign` is for stacks whose organisation has decided: what is not shown is refused. `recommended` is for anybody's
 * Terraform: only what is proven wrong, and weighs, is refused, and the rest is said to be not proven.
 */
export const postures: { readonly [N in Posture['name']]: Posture } = {
  'eu-sovereign': { name: 'eu-sovereign', threshold: 'low', unknownFails: true, signedWaivers: true },
  recommended: { name: 'recommended', threshold: 'high', unknownFails: false, signedWaivers: false },
};

const order: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** 0 for low to 3 for critical. */
export function weight(severity: Severity): number {
  return order.indexOf(severity);
}

/** Whether a finding alone sets exit 1 under a posture. */
export function refuses(finding: Finding, posture: Posture): boolean {
  if (finding.waiver !== undefined || finding.obligation === true) return false;
  if (finding.verdict !== 'fail' && !(finding.verdict === 'unknown' && posture.unknownFails)) return false;
  return weight(finding.severity) >= weight(posture.threshold);
}
