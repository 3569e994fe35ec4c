import type { Report } from '@lukko/formats';

/**
 * The report as JSON, two spaces, final newline: the published schema is `report` of @lukko/formats. Passes that were kept for
 * another format are left out: they are counted.
 */
export function renderJson(report: Report): string {
  return [...jsonParts(report)].join('');
}

/** Findings that stand in one piece. */
const together = 1000;

/** The same in pieces, one after the other: the report of a hundred thousand resources is longer than the longest text there is. */
export function* jsonParts(report: Report): Generator<string> {
  const { findings } = withoutPasses(report);
  const frame = jsonText({ ...report, findings: [] });
  if (findings.length === 0) return yield frame;
  // A quote inside a text is escaped: only the member itself stands so.
  const member = '\n  "findings": [';
  const start = frame.indexOf(`${member}]`) + member.length;
  yield frame.slice(0, start);
  for (let at = 0; at < findings.length; at += together) {
    // Inside an object, so that they are indented as in the report.
    const items = jsonText({ findings: findings.slice(at, at + together) });
    yield `${at === 0 ? '' : ','}${items.slice('{'.length + member.length, -'\n  ]\n}\n'.length)}`;
  }
  yield `\n  ${frame.slice(start)}`;
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
  const text = JSON.stringify(value, null, 2);
  // Most reports are plain ASCII, and what one class tells need not be asked of five.
  if (!/[\u007f-\uffff]/.test(text)) return `${text}\n`;
  return `${text.replace(/[\u007f-\u009f\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu, asEscapes)}\n`;
}

function asEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
