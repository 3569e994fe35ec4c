import type { Facts } from '@lukko/facts';
import type { Claims, EvidenceExport, RegisterEntry } from '@lukko/formats';
import { sha256 } from '../canonical.ts';
import type { ClaimsInput } from '../claims/held.ts';
import type { BundledFile } from '../integrity/bundle.ts';
import type { PayloadProof } from '../payload-proof.ts';
import type { Store } from '../store/chain.ts';
import { tablesOf } from '../tables/index.ts';
import { renderEvidenceCsv } from './csv.ts';
import { renderEvidenceHtml } from './html/page.ts';
import { evidenceJson } from './json.ts';
import { oscalFiles } from './oscal/index.ts';
import { tableCsv, tableJson } from './table-files.ts';
import { withhold, withholdCells } from './withhold.ts';

/** Everything an export is rendered from. */
export interface ContentInput {
  readonly evidence: EvidenceExport;
  readonly facts: readonly Facts[];
  readonly services: readonly RegisterEntry[];
  readonly store: Store;
  readonly payloads?: readonly PayloadProof[];
  readonly claims?: Claims;
  readonly held?: ClaimsInput;
  /** Documents by the path written in the claims. */
  readonly documents?: ReadonlyMap<string, Uint8Array>;
}

/** Writes one file from its pieces, and says what it came to. */
export type WriteFile = (path: string, pieces: Iterable<string>) => BundledFile;

/**
 * Writes every file of the bundle but what integrity adds, one after the other: none is held as a whole but the page and the
 * documents of OSCAL.
 * @returns the files as written
 */
export function writeContent(input: ContentInput, write: WriteFile): readonly BundledFile[] {
  const { store, facts, services, claims, held, payloads = [] } = input;
  const evidence = withhold(input.evidence);
  const documents = new Map([...(input.documents ?? [])].map(([path, bytes]) => [path, sha256(bytes)]));
  const tables = tablesOf({
    evidence,
    facts,
    services,
    documents,
    payloads,
    ...(claims === undefined ? {} : { claims }),
    ...(held === undefined ? {} : { held }),
  }).map((table) => withholdCells(table, evidence.profile));
  const json = write('evidence.json', evidenceJson(evidence));
  const files = [
    json,
    write('evidence.csv', [renderEvidenceCsv(evidence)]),
    write('report.html', [renderEvidenceHtml(evidence, { tables, facts: evidence.profile === 'public' ? [] : facts })]),
  ];
  for (const table of tables)
    files.push(
      write(`tables/${table.name}.csv`, tableCsv(table, evidence)),
      write(`tables/${table.name}.json`, tableJson(table, evidence)),
    );
  const restsOn = [json];
  if (evidence.profile === 'auditor' && store.records.length > 0) {
    const records = write('observations.jsonl', [store.text]);
    files.push(records);
    restsOn.push(records);
  }
  const digests = new Map(restsOn.map(({ path, sha256: digest }) => [path, digest]));
  for (const [path, pieces] of oscalFiles(evidence, claims, digests)) files.push(write(path, pieces));
  return files;
}
