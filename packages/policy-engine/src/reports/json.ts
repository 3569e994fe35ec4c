import type { Report } from '@lukko/formats';

/**
 * The report as JSON, two spaces, final newline: the published schema is `report` of @lukko/formats. Passes that were kept for
 * another format are left out: they are counted.
 */
export function renderJson(report: Report): string {
  return jsonText(withoutPasses(report));
}

/** The report without findings of verdict pass and not applicable. */
export function withoutPasses(report: Report): Report {
  const findings = report.findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  return findings.length === report.findings.length ? report : { ...report, findings };
}

/**
 * JSON whose text no terminal acts on: what JSON itself leaves as it is (DEL, C1 controls, direction and other invisible marks)
 * is escaped; a reader sees the same value. Code units, so that marks beyond the first plane become a pair of escapes.
 */
export function jsonText(value: unknown): string {
  const asEscapes = (mark: string) =>
    Array.from({ length: mark.length }, (_, index) => asEscape(mark.charCodeAt(index))).join('');
  return `${JSON.stringify(value, null, 2).replace(/[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, asEscapes)}\n`;
}

function asEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
