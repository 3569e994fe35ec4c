import type { EvidenceExport } from '@lukko/formats';

export interface EvidenceDifference {
  readonly kind: 'state' | 'claim' | 'verdict' | 'finding' | 'resource' | 'observation';
  readonly change: 'new' | 'gone' | 'changed';
  readonly subject: string;
  readonly what: string;
}

/** What is different between two exports, in a fixed order: states, claims, verdicts, findings, resources, what was observed. */
export function diffEvidence(before: EvidenceExport, after: EvidenceExport): readonly EvidenceDifference[] {
  const rows = new Map(before.controls.map((control) => [control.id, control]));
  const controls = after.controls.flatMap((now): EvidenceDifference[] => {
    const was = rows.get(now.id);
    if (was === undefined) return [{ kind: 'state', change: 'new', subject: now.id, what: now.state }];
    return [
      ...(was.state === now.state ? [] : [changed('state', now.id, `${was.state} to ${now.state}: ${now.why}`)]),
      ...(was.claim?.status === now.claim?.status
        ? []
        : [changed('claim', now.id, `${was.claim?.status ?? 'not stated'} to ${now.claim?.status ?? 'not stated'}`)]),
    ];
  });
  const verdicts = (evidence: EvidenceExport) =>
    new Map(
      evidence.verdicts.map((one) => [
        `${one.rule}\0${one.at ?? one.address} (${one.tier})`,
        one.waiver === undefined ? (one.verdict as string) : `${one.verdict}, waived`,
      ]),
    );
  const findings = (evidence: EvidenceExport) =>
    new Map(evidence.findings.map((one) => [`${one.code}\0${one.subject}`, one.message]));
  const resources = (evidence: EvidenceExport) =>
    new Map(evidence.reconciliation.map((one) => [`${one.type} ${one.name}`, one.verdict as string]));
  const observed = (evidence: EvidenceExport) =>
    new Map(
      evidence.observed.flatMap((one) =>
        one.checks.map(
          ({ id, holds }) => [`${one.subject} ${id}`, `${holds}${one.counts ? '' : ', not counted'}`] as const,
        ),
      ),
    );
  return [
    ...controls,
    ...compare('verdict', verdicts(before), verdicts(after)),
    ...compare('finding', findings(before), findings(after)),
    ...compare('resource', resources(before), resources(after)),
    ...compare('observation', observed(before), observed(after)),
  ];
}

function changed(kind: EvidenceDifference['kind'], subject: string, what: string): EvidenceDifference {
  return { kind, change: 'changed', subject, what };
}

function compare(
  kind: EvidenceDifference['kind'],
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly EvidenceDifference[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key): EvidenceDifference[] => {
    const was = before.get(key);
    const now = after.get(key);
    const subject = key.replace('\0', ' ');
    if (was === undefined) return [{ kind, change: 'new', subject, what: now ?? '' }];
    if (now === undefined) return [{ kind, change: 'gone', subject, what: was }];
    return was === now ? [] : [changed(kind, subject, kind === 'finding' ? now : `${was} to ${now}`)];
  });
}
