import type { EvidenceControl, EvidenceCounts, EvidenceExport } from '@lukko/formats';
import { cell } from './table-files.ts';

const countColumns: readonly (readonly [keyof EvidenceCounts, string])[] = [
  ['pass', 'pass'],
  ['fail', 'fail'],
  ['unknown', 'not proven'],
  ['obligations', 'due'],
  ['waived', 'waived'],
];

const header = [
  'standard',
  'control',
  'in our words',
  'machine evidence possible',
  'state',
  'why',
  ...tierColumns('declared'),
  ...tierColumns('planned'),
  'observed: hold',
  'observed: fail',
  'observed: did not tell',
  'observed: first',
  'observed: last',
  'observed: times',
  'observed: longest gap in hours',
  'observed: expires',
  'not counted',
  'observed: expired',
  'claimed',
  'rules',
  'shown by people and documents',
  'as of',
  'observations in this export',
];

/** One line per control (RFC 4180: CRLF, quotes doubled). A cell that a spreadsheet would run as a formula begins with an apostrophe. */
export function renderEvidenceCsv(evidence: EvidenceExport): string {
  const lines = evidence.controls.map((control) => [
    evidence.standard,
    control.id,
    control.summary,
    control.class,
    control.state,
    control.why,
    ...tierCells(control.declared),
    ...tierCells(control.planned),
    ...observedCells(control),
    control.notCounted === 0 ? '' : String(control.notCounted),
    control.expired === 0 ? '' : String(control.expired),
    control.applicable === false ? 'not applicable' : (control.claim?.status ?? ''),
    control.rules.map((rule) => rule.id).join(' '),
    control.outside,
    evidence.asOf,
    evidence.observations.kind,
  ]);
  return [header, ...lines].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

function tierColumns(tier: string): readonly string[] {
  return [...countColumns.map(([, name]) => `${tier}: ${name}`), `${tier}: age in days`];
}

function tierCells(tier: EvidenceControl['declared']): readonly string[] {
  if (tier === undefined) return [...countColumns.map(() => ''), ''];
  return [...countColumns.map(([key]) => String(tier.counts[key])), String(tier.ageDays)];
}

function observedCells({ observed }: EvidenceControl): readonly string[] {
  if (observed === undefined) return Array(8).fill('');
  const { holds, fails, unknown, first, last, count, longestGapHours, expires } = observed;
  return [String(holds), String(fails), String(unknown), first, last, String(count), String(longestGapHours), expires];
}
