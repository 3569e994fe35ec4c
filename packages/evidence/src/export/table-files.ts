import type { EvidenceExport } from '@lukko/formats';
import { printable } from '@lukko/policy-engine';
import type { Table } from '../tables/index.ts';
import { joined } from './pieces.ts';

/**
 * One cell of a CSV file (RFC 4180). One that a spreadsheet would run as a formula begins with an apostrophe:
 * https://owasp.org/www-community/attacks/CSV_Injection; controls, and marks that turn the direction of text, are escapes.
 */
export function cell(text: string): string {
  const plain = printable(text);
  // Also behind blanks, which some spreadsheets cut off, and in the wide forms that some read as the narrow ones.
  const safe = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The last column says on every line what the observations in the export are worth, so that no line loses it. */
export function tableCsv({ columns, rows }: Table, { observations }: EvidenceExport): Iterable<string> {
  const line = (cells: readonly string[], last: string) => `${cells.map(cell).join(',')},${cell(last)}\r\n`;
  function* lines(): Generator<string> {
    yield line(columns, 'observations in this export');
    for (const row of rows) yield line(row, observations.kind);
  }
  return joined(lines());
}

/** Rows are objects by column, one on each line. */
export function tableJson({ name, title, about, columns, rows }: Table, evidence: EvidenceExport): Iterable<string> {
  const { asOf, profile, observations } = evidence;
  const keys = columns.map((column, index) => `${index === 0 ? '{' : ','}${JSON.stringify(column)}:`);
  const record = (row: readonly string[]) => {
    let text = '';
    for (const [index, key] of keys.entries()) text += key + JSON.stringify(row[index] ?? '');
    return `${text}}`;
  };
  function* lines(): Generator<string> {
    const head = { schemaVersion: 1, table: name, title, about, asOf, profile, observations: observations.kind };
    yield `${JSON.stringify(head, null, 1).slice(0, -2)},\n "rows": [`;
    for (const [index, row] of rows.entries()) yield `${index === 0 ? '\n' : ',\n'}  ${record(row)}`;
    yield rows.length === 0 ? ']\n}\n' : '\n ]\n}\n';
  }
  return joined(lines());
}
