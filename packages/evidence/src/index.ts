export { type Collection, collectEvidence, EvidenceError, type TierReport } from './collect.ts';
export { annexA8, type Control } from './controls/annex-a8.ts';
export { renderEvidenceCsv } from './export/csv.ts';
export { renderEvidenceHtml } from './export/html/page.ts';
export { renderEvidenceJson } from './export/json.ts';
