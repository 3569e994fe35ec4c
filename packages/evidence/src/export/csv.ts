import type { EvidenceControl, EvidenceCounts, EvidenceExport } from '@lukko/formats';

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
  'observed',
  'rules',
  'shown by people and documents',
  'as of',
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
    '',
    control.rules.map((rule) => rule.id).join(' '),
    control.outside,
    evidence.asOf,
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

/** https://owasp.org/www-community/attacks/CSV_Injection */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
