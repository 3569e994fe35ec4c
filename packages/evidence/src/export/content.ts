import type { Facts } from '@lukko/facts';
import type { Claims, EvidenceExport, RegisterEntry } from '@lukko/formats';
import { sha256 } from '../canonical.ts';
import type { PayloadProof } from '../payload-proof.ts';
import { line, type Store } from '../store/chain.ts';
import { tablesOf } from '../tables/index.ts';
import { renderEvidenceCsv } from './csv.ts';
import { renderEvidenceHtml } from './html/page.ts';
import { renderEvidenceJson } from './json.ts';
import { oscalFiles } from './oscal/index.ts';
import { tableCsv, tableJson } from './table-files.ts';
import { withhold } from './withhold.ts';

/** Everything an export is rendered from. */
export interface ContentInput {
  readonly evidence: EvidenceExport;
  readonly facts: readonly Facts[];
  readonly services: readonly RegisterEntry[];
  readonly store: Store;
  readonly payloads?: readonly PayloadProof[];
  readonly claims?: Claims;
  /** Documents by the path written in the claims. */
  readonly documents?: ReadonlyMap<string, Uint8Array>;
}

/** Every file of the bundle by path, but what integrity adds. */
export function renderContent(input: ContentInput): ReadonlyMap<string, string> {
  const { store, facts, services, claims, payloads = [] } = input;
  const evidence = withhold(input.evidence);
  const documents = new Map([...(input.documents ?? [])].map(([path, bytes]) => [path, sha256(bytes)]));
  const tables = tablesOf({
    evidence,
    facts,
    services,
    documents,
    payloads,
    ...(claims === undefined ? {} : { claims }),
  });
  const files = new Map([
    ['evidence.csv', renderEvidenceCsv(evidence)],
    ['evidence.json', renderEvidenceJson(evidence)],
    ['report.html', renderEvidenceHtml(evidence, { tables, facts: evidence.profile === 'public' ? [] : facts })],
  ]);
  for (const table of tables) {
    files.set(`tables/${table.name}.csv`, tableCsv(table, evidence));
    files.set(`tables/${table.name}.json`, tableJson(table, evidence));
  }
  if (evidence.profile === 'auditor' && store.records.length > 0)
    files.set('observations.jsonl', store.records.map(line).join(''));
  const digests = new Map(
    ['evidence.json', 'observations.jsonl'].flatMap((path) => {
      const text = files.get(path);
      return text === undefined ? [] : [[path, sha256(text)] as const];
    }),
  );
  for (const [path, text] of oscalFiles(evidence, claims, digests)) files.set(path, text);
  return files;
}
