import type { Report } from '@lukko/formats';
import type { Verdict } from '@lukko/policy-engine';

/** One word for a report of one rule: the worst of its findings. */
export function verdictOf({ findings }: Report): Verdict {
  const order: readonly Verdict[] = ['fail', 'unknown', 'pass'];
  return order.find((verdict) => findings.some((finding) => finding.verdict === verdict)) ?? 'not-applicable';
}
