import type { Finding, Report } from '@lukko/formats';
import { isOpen } from '../known-findings.ts';
import { postureOf, refuses } from '../posture.ts';
import { count } from './text.ts';

/** The verdict in one sentence without colour: what every format for people says first or last. */
export function verdictText(report: Report, refused: readonly Finding[]): string {
  const { summary } = report;
  const posture = postureOf(report);
  const notProven = summary.unknown + summary.obligations;
  const known = report.failOn === 'new' ? ', counting only what is new' : '';
  if (refused.length > 0) {
    const tail = posture.unknownFails ? '' : `, ${notProven} not proven`;
    return `refused: ${count(refused.length, 'finding')}${tail}${known}`;
  }
  if (summary.resources === 0 && summary.pass === 0) return 'nothing was judged: this is no pass';
  if (summary.accepted > 0 || (report.failOn === 'new' && (report.comparison?.unchanged ?? 0) > 0)) {
    return `nothing new refuses, ${count(summary.fail, 'failure')} known, ${notProven} not proven`;
  }
  if (!posture.unknownFails) return `no failure of ${report.threshold} severity proven, ${notProven} not proven`;
  return summary.obligations > 0 ? `clean, ${count(summary.obligations, 'obligation')} open` : 'clean';
}

/** Where the policy was read from, when that was a commit, and what the work tree would change in it. */
export function policyLines({ policy }: Report): readonly string[] {
  const { from, changes = [] } = policy;
  if (from === undefined) return [];
  const source = `read from ${from.ref} (commit ${from.commit.slice(0, 12)})`;
  if (changes.length === 0) return [`${source}: this change does not touch it`];
  return [
    `${source}; what this change does to it did not count:`,
    ...changes.map(({ file, change, what }) => `${change}: ${file}${what.length === 0 ? '' : `: ${what.join('; ')}`}`),
  ];
}

/** The open findings of a report by what they do. */
export interface Parts {
  readonly refused: readonly Finding[];
  /** Accepted by the baseline, or there before, where only new ones count. */
  readonly known: readonly Finding[];
  /** Proven, and too light to refuse. */
  readonly light: readonly Finding[];
  readonly unknown: readonly Finding[];
  readonly obligations: readonly Finding[];
}

/** Parts the open findings, each list in the order of the report. */
export function partsOf(report: Report): Parts {
  const posture = postureOf(report);
  const parts = { refused: [], known: [], light: [], unknown: [], obligations: [] } as Record<keyof Parts, Finding[]>;
  for (const finding of report.findings) {
    if (!isOpen(finding)) continue;
    const { accepted, since, verdict, obligation } = finding;
    if (refuses(finding, posture, report.failOn)) parts.refused.push(finding);
    else if (accepted !== undefined || (report.failOn === 'new' && since === 'unchanged')) parts.known.push(finding);
    else if (verdict === 'fail') parts.light.push(finding);
    else parts[obligation === true ? 'obligations' : 'unknown'].push(finding);
  }
  return parts;
}
