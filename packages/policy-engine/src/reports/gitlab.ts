import type { Finding, Report } from '@lukko/formats';
import { postureOf, refuses } from '../posture.ts';
import { jsonText } from './json.ts';
import { severities } from './severity.ts';
import { printable } from './text.ts';

/**
 * The report as GitLab code quality (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format). The format has
 * no way to say *excused*, so what is waived or accepted is left out; what refuses nothing because it is not proven is `info`.
 */
export function renderGitlab(report: Report): string {
  const posture = postureOf(report);
  const shown = report.findings.filter(
    ({ verdict, waiver, accepted }) =>
      (verdict === 'fail' || verdict === 'unknown') && waiver === undefined && accepted === undefined,
  );
  return jsonText(
    shown.map((finding) => ({
      description: printable(description(finding)),
      check_name: finding.rule,
      fingerprint: finding.fingerprint,
      severity: finding.verdict === 'fail' || refuses(finding, posture) ? severities[finding.severity].gitlab : 'info',
      location: { path: printable(finding.file), lines: { begin: finding.line ?? 1 } },
    })),
  );
}

function description({ verdict, message, address }: Finding): string {
  const shown = message.includes(address) ? message : `${message} (${address})`;
  return verdict === 'unknown' ? `not proven: ${shown}` : shown;
}
