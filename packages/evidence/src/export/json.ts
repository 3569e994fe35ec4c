import type { EvidenceExport } from '@lukko/formats';

/** The export as JSON, two spaces, final newline: the published schema is `evidenceExport` of @lukko/formats. */
export function renderEvidenceJson(evidence: EvidenceExport): string {
  return `${JSON.stringify(evidence, null, 2)}\n`;
}
