import type { EvidenceExport } from '@lukko/formats';
import type { Table } from '../tables/index.ts';

/** One cell of a CSV file (RFC 4180). One that a spreadsheet would run as a formula begins with an apostrophe: https://owasp.org/www-community/attacks/CSV_Injection */
export function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The last column says on every line what the observations in the export are worth, so that no line loses it. */
export function tableCsv({ columns, rows }: Table, { observations }: EvidenceExport): string {
  const lines = [[...columns, 'observations in this export'], ...rows.map((row) => [...row, observations.kind])];
  return lines.map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

export function tableJson({ name, title, about, columns, rows }: Table, evidence: EvidenceExport): string {
  const records = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? ''])));
  const { asOf, profile, observations } = evidence;
  return `${JSON.stringify({ schemaVersion: 1, table: name, title, about, asOf, profile, observations: observations.kind, rows: records }, null, 1)}\n`;
}
