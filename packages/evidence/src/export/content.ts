import type { Facts } from '@lukko/facts';
import type { Claims, EvidenceExport, RegisterEntry } from '@lukko/formats';
import { line, type Store } from '../store/chain.ts';
import { renderEvidenceCsv } from './csv.ts';
import { renderEvidenceHtml } from './html/page.ts';
import { renderEvidenceJson } from './json.ts';

/** Everything an export is rendered from. */
export interface ContentInput {
  readonly evidence: EvidenceExport;
  readonly facts: readonly Facts[];
  readonly services: readonly RegisterEntry[];
  readonly store: Store;
  readonly claims?: Claims;
  /** Documents by the path written in the claims. */
  readonly documents?: ReadonlyMap<string, Uint8Array>;
}

/** Every file of the bundle by path, but what integrity adds. */
export function renderContent(input: ContentInput): ReadonlyMap<string, string> {
  const { evidence, store } = input;
  const files = new Map([
    ['evidence.csv', renderEvidenceCsv(evidence)],
    ['evidence.json', renderEvidenceJson(evidence)],
    ['report.html', renderEvidenceHtml(evidence)],
  ]);
  if (evidence.profile === 'auditor' && store.records.length > 0)
    files.set('observations.jsonl', store.records.map(line).join(''));
  return files;
}
