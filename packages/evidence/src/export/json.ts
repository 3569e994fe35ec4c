import type { EvidenceExport } from '@lukko/formats';
import { joined, jsonLines, withEnd } from './pieces.ts';

/** The export as JSON, one entry of a list on each line: the published schema is `evidenceExport` of @lukko/formats. */
export function evidenceJson(evidence: EvidenceExport): Iterable<string> {
  return joined(withEnd(jsonLines(evidence, 2)));
}

/** The same as one text. */
export function renderEvidenceJson(evidence: EvidenceExport): string {
  return [...evidenceJson(evidence)].join('');
}
