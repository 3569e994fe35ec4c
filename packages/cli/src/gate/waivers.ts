import type { Report } from '@lukko/formats';
import { INTENT_MARK } from '@lukko/policy-engine';
import { Refusal } from './refusal.ts';

/**
 * A waived failure is overridden at the plan gate only by naming its waiver: `LUKKO_WAIVER=<id>`, several with commas. The
 * engine has already checked that it stands in the policy source, matches, is not expired and may be waived; `critical` never may.
 * @returns the ids that were used, for the verdict.
 */
export function refuseUnnamedWaivers(report: Report, environment: NodeJS.ProcessEnv): readonly string[] {
  const named = (environment.LUKKO_WAIVER ?? '')
    .split(',')
    .map((id) => id.trim())
    .filter((id) => id !== '');
  // What an intent excuses was said, shown and asked by the verb that wrote it.
  const waived = report.findings.filter(({ waiver }) => waiver !== undefined && !waiver.id.startsWith(INTENT_MARK));
  const hard = waived.find((finding) => finding.severity === 'critical');
  if (hard !== undefined)
    throw new Refusal(`${hard.rule} at ${hard.address} is critical: no waiver lets it pass`, hard.fix);
  const needed = [...new Set(waived.map((finding) => finding.waiver?.id ?? ''))].sort();
  const missing = needed.filter((id) => !named.includes(id));
  if (missing.length > 0) {
    const list = waived
      .filter((finding) => missing.includes(finding.waiver?.id ?? ''))
      .map((finding) => `${finding.rule} at ${finding.address} (${finding.waiver?.id})`);
    throw new Refusal(
      `the plan passes only by waivers that were not named: ${list.join(', ')}`,
      `set LUKKO_WAIVER=${needed.join(',')} if you mean it`,
    );
  }
  return needed;
}
