import type { Finding, Intent, Report } from '@lukko/formats';
import { postures, refuses } from './posture.ts';

/** What the id of an excuse begins with, where a waiver's id would stand. */
export const INTENT_MARK = 'intent:';

/** Whether an intent may still be used. `now` is an instant in UTC. */
export function isCurrent(intent: Intent, now: Date): boolean {
  return (
    intent.used === undefined && Date.parse(intent.made) <= now.getTime() && now.getTime() < Date.parse(intent.expires)
  );
}

/**
 * A report in which what intents are about no longer refuses: a failure or an unknown of exactly a named rule at exactly a named
 * address, of whatever severity. Everything else stands as it was. Whether an intent is current is for the caller to say.
 */
export function excuse(report: Report, intents: readonly Intent[]): Report {
  if (intents.length === 0) return report;
  const findings = report.findings.map((finding) => excused(finding, intents));
  const posture = Object.values(postures).find(({ name }) => name === report.posture) ?? postures['eu-sovereign'];
  const open = (verdict: Finding['verdict']) =>
    findings.filter((finding) => finding.verdict === verdict && finding.waiver === undefined);
  return {
    ...report,
    findings,
    summary: {
      ...report.summary,
      fail: open('fail').length,
      unknown: open('unknown').filter(({ obligation }) => obligation !== true).length,
      obligations: open('unknown').filter(({ obligation }) => obligation === true).length,
      waived: findings.filter(({ waiver }) => waiver !== undefined).length,
      exitCode: findings.some((finding) => refuses(finding, posture)) ? 1 : 0,
    },
  };
}

function excused(finding: Finding, intents: readonly Intent[]): Finding {
  const { rule, address, verdict, waiver } = finding;
  if (waiver !== undefined || (verdict !== 'fail' && verdict !== 'unknown')) return finding;
  const intent = intents.find(({ rules, addresses }) => rules.includes(rule) && addresses.includes(address));
  if (intent === undefined) return finding;
  const { id, reason, by, expires } = intent;
  return { ...finding, waiver: { id: `${INTENT_MARK}${id}`, reason, owner: by, expires } };
}
