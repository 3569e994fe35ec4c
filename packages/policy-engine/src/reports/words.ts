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

export type Part = keyof Parts;

/** What a finding must tell for what it does to be known. */
type Kind = Parameters<typeof isOpen>[0] & Parameters<typeof refuses>[0];

/** What a finding does; undefined of one that is not open. */
export function partOf(finding: Kind, report: Pick<Report, 'posture' | 'failOn'>): Part | undefined {
  if (!isOpen(finding)) return undefined;
  const { accepted, since, verdict, obligation } = finding;
  if (refuses(finding, postureOf(report), report.failOn)) return 'refused';
  if (accepted !== undefined || (report.failOn === 'new' && since === 'unchanged')) return 'known';
  if (verdict === 'fail') return 'light';
  return obligation === true ? 'obligations' : 'unknown';
}

/** Parts the open findings, each list in the order of the report. */
export function partsOf(report: Report): Parts {
  const parts: Record<Part, Finding[]> = { refused: [], known: [], light: [], unknown: [], obligations: [] };
  for (const finding of report.findings) {
    const part = partOf(finding, report);
    if (part !== undefined) parts[part].push(finding);
  }
  return parts;
}
