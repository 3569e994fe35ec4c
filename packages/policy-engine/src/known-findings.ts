import type { BaselineEntry, Finding, Gone, Report } from '@lukko/formats';
import { ownFinding } from './own-findings.ts';
import { weight } from './posture.ts';

/** Accepted findings and the file they stand in. */
export interface BaselineInput {
  readonly file: string;
  readonly entries: readonly BaselineEntry[];
}

/** An earlier report, and the digest of the bytes it was read from. */
export interface EarlierInput {
  readonly file: string;
  readonly sha256: string;
  readonly report: Report;
}

/** Whether a finding is open: a failure or an unknown that no waiver excuses. */
export function isOpen({
  verdict,
  waiver,
}: Pick<Finding, 'verdict'> & { readonly waiver?: Finding['waiver'] | undefined }): boolean {
  return (verdict === 'fail' || verdict === 'unknown') && waiver === undefined;
}

/** What is written down of a finding that was there. */
export function recordOf({ rule, verdict, severity, address, at, message, fingerprint }: Finding): Gone {
  return { rule, verdict, severity, address, ...(at === undefined ? {} : { at }), message, fingerprint };
}

/**
 * Marks what the baseline accepts, and adds a finding for every entry whose day is past. An entry speaks for the finding of its
 * fingerprint, as long as that did not get worse: an unknown that was accepted is no accepted failure.
 */
export function applyBaseline(
  findings: readonly Finding[],
  { file, entries }: BaselineInput,
  asOf: string,
): { readonly findings: readonly Finding[]; readonly baseline: NonNullable<Report['baseline']> } {
  const open = new Map(findings.filter(isOpen).map((finding) => [finding.fingerprint, finding]));
  const valid = new Map(entries.filter(({ expires }) => expires >= asOf).map((entry) => [entry.fingerprint, entry]));
  const marked = findings.map((finding) => {
    const entry = valid.get(finding.fingerprint);
    if (entry === undefined || !isOpen(finding) || isWorse(finding, entry)) return finding;
    return { ...finding, accepted: { expires: entry.expires } };
  });
  const expired = entries.filter(({ expires, fingerprint }) => expires < asOf && open.has(fingerprint));
  return {
    findings: [...marked, ...expired.map((entry) => aboutExpired(entry, file, asOf))],
    baseline: {
      file,
      accepted: marked.filter(({ accepted }) => accepted !== undefined).length,
      gone: entries.filter(({ fingerprint }) => !open.has(fingerprint)).map(withoutExpiry),
    },
  };
}

/** Marks each open finding as new or unchanged against an earlier report, and names what it had and this one has not. */
export function compareWith(
  findings: readonly Finding[],
  { file, sha256, report }: EarlierInput,
): { readonly findings: readonly Finding[]; readonly comparison: NonNullable<Report['comparison']> } {
  const before = new Map(report.findings.filter(isOpen).map((finding) => [finding.fingerprint, finding]));
  const now = new Set(findings.filter(isOpen).map(({ fingerprint }) => fingerprint));
  const marked = findings.map((finding): Finding => {
    if (!isOpen(finding)) return finding;
    const earlier = before.get(finding.fingerprint);
    return { ...finding, since: earlier === undefined || isWorse(finding, earlier) ? 'new' : 'unchanged' };
  });
  const many = (since: Finding['since']) => marked.filter((finding) => finding.since === since).length;
  return {
    findings: marked,
    comparison: {
      file,
      sha256,
      new: many('new'),
      unchanged: many('unchanged'),
      fixed: [...before.values()].filter(({ fingerprint }) => !now.has(fingerprint)).map(recordOf),
    },
  };
}

function isWorse(now: Finding, before: Pick<Gone, 'verdict' | 'severity'>): boolean {
  if (now.broken === true) return true;
  return (now.verdict === 'fail' && before.verdict !== 'fail') || weight(now.severity) > weight(before.severity);
}

function aboutExpired(entry: BaselineEntry, file: string, asOf: string): Finding {
  return ownFinding('baseline-expired', {
    address: entry.address,
    at: `${entry.rule} ${entry.fingerprint.slice(0, 12)}`,
    message: `the baseline accepted ${entry.rule} at ${entry.address} until ${entry.expires}`,
    file,
    saw: `${entry.message}; accepted until ${entry.expires}, judged as of ${asOf}`,
  });
}

function withoutExpiry({ expires: _, ...rest }: BaselineEntry): Gone {
  return rest;
}
