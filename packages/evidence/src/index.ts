export { canonical, sha256 } from './canonical.ts';
export { attestationText } from './claims/attestation.ts';
export { type LintFinding, lintClaims } from './claims/lint.ts';
export { percent, problemsOfTotals, type ThemeTotals, totalsOfClaims } from './claims/totals.ts';
export { type Collection, collectEvidence, EvidenceError, type TierReport } from './collect.ts';
export { annexA, annexA8, type Control } from './controls/index.ts';
export { renderEvidenceCsv } from './export/csv.ts';
export { renderEvidenceHtml } from './export/html/page.ts';
export { renderEvidenceJson } from './export/json.ts';
