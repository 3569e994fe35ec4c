import type { EvidenceExport, EvidenceFinding, EvidenceProfile, EvidenceVerdict } from '@lukko/formats';
import type { Table } from '../tables/index.ts';

const withheld = 'withheld';

/**
 * What a profile shows of an export. `auditor`: all. `nda`: no single observation, no id at the provider and no address of a
 * network, and still every finding, those about what was observed by code and control alone. `public`: states, counts and
 * totals; no resource, file, verdict or finding by name. The manifest binds each to the whole by its digest.
 */
export function withhold(evidence: EvidenceExport): EvidenceExport {
  switch (evidence.profile) {
    case 'auditor':
      return evidence;
    case 'nda':
      return {
        ...evidence,
        observed: [],
        obligations: [],
        findings: evidence.findings.map(withoutDetail),
        reconciliation: evidence.reconciliation.map(({ id: _, ...one }) => ({ ...one, attributes: [] })),
        verdicts: evidence.verdicts.map(withoutNetworks),
        exceptions: evidence.exceptions.map((one) => ({ ...one, reason: withoutAddresses(one.reason) })),
        controls: evidence.controls.map(withoutObservations),
      };
    case 'public':
      return {
        ...evidence,
        observed: [],
        obligations: [],
        reconciliation: [],
        verdicts: [],
        exceptions: [],
        findings: [],
        inputs: evidence.inputs.map(({ stack: _, ...input }) => ({ ...input, file: withheld })),
        worlds: evidence.worlds.map((world) => ({ ...world, because: withheld })),
        policy: { ...evidence.policy, files: [] },
        controls: evidence.controls.map(withoutObservations).map(({ claim, ...control }) => ({
          ...control,
          attested: [],
          ...(claim === undefined ? {} : { claim: { ...claim, owner: withheld, justification: withheld } }),
        })),
      };
  }
}

/** A table as a profile shows it: some of its columns are meant for fewer readers than the rest. */
export function withholdCells(table: Table, profile: EvidenceProfile): Table {
  if (profile === 'auditor') return table;
  const kept = table.columns.flatMap((column, index) =>
    profile === 'public' && table.notPublic?.includes(column) === true ? [] : [index],
  );
  const rows = table.rows.map((row) => kept.map((index) => withoutAddresses(row[index] ?? '')));
  // Rows that differed in what is withheld are one now.
  const distinct = new Map(rows.map((row) => [row.join('\0'), row]));
  return {
    ...table,
    columns: kept.map((index) => table.columns[index] ?? ''),
    rows: kept.length === table.columns.length ? rows : [...distinct.values()],
  };
}

/** Findings about what was observed, or compared with it: their words are those of an observation. */
const aboutObservations: readonly EvidenceFinding['code'][] = [
  'check-failed',
  'collector-failed',
  'contradiction',
  'clock-skew',
  'observation-expired',
  'store',
  'run-interrupted',
  'no-longer-observed',
  'later-than-as-of',
  'drift',
];

function withoutDetail(finding: EvidenceFinding): EvidenceFinding {
  if (!aboutObservations.includes(finding.code)) return { ...finding, message: withoutAddresses(finding.message) };
  return { ...finding, subject: withheld, message: 'withheld from this profile' };
}

function withoutNetworks(verdict: EvidenceVerdict): EvidenceVerdict {
  const { message, because } = verdict;
  return {
    ...verdict,
    ...(message === undefined ? {} : { message: withoutAddresses(message) }),
    because: because.map((one) => ({ ...one, saw: withoutAddresses(one.saw) })),
  };
}

function withoutObservations(control: EvidenceExport['controls'][number]): EvidenceExport['controls'][number] {
  const { observed } = control;
  return observed === undefined ? control : { ...control, observed: { ...observed, ids: [] } };
}

const v4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?(?![\w.]*\d)/g;
const v6 =
  /(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){0,6}:?)(?:\/\d{1,3})?(?![\w:])/gi;
/** Everybody, the host itself, and Hetzner's metadata service: these say nothing about whose network it is. */
const common = /^(0\.0\.0\.0(\/0)?|127\.\d+\.\d+\.\d+|169\.254\.169\.254)$/;

/** A text without addresses of networks and hosts; those that are the same everywhere stay. */
export function withoutAddresses(text: string): string {
  return text
    .replace(v4, (found) => (common.test(found) ? found : '[address]'))
    .replace(v6, (found) => (found.includes('::') || found.split(':').length === 8 ? '[address]' : found));
}
