import type { HistoryEntry, Manifest } from '@lukko/formats';
import { sha256 } from '../canonical.ts';
import { extend, historyFile, printHistory } from './history.ts';
import { bundleNamespace, demoNamespace } from './ssh-signature.ts';
import { printSums, sorted, sumsFile } from './sums.ts';
import { verifyPage } from './verify-page.ts';

/** The export before this one, as it was found whole. */
export interface Previous {
  /** SHA-256 of its SHA256SUMS. */
  readonly sums: string;
  readonly asOf: string;
  /** Digest of the last record of its store, where it had one: the store of the next must hold it. */
  readonly storeHead?: string;
  readonly history: readonly HistoryEntry[];
}

export type BundleMeta = Omit<Manifest, 'schemaVersion' | 'kind' | 'files' | 'sequence' | 'previous' | 'namespace'>;

/** One file of a bundle, as it was written. */
export interface BundledFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Bundle {
  /** What integrity adds, by path: everything else but the signature. */
  readonly files: ReadonlyMap<string, string>;
  /** What is signed: the text of SHA256SUMS. */
  readonly sums: string;
  readonly namespace: Manifest['namespace'];
}

export const manifestFile = 'manifest.json';
export const verifyFile = 'VERIFY.md';

/**
 * Puts VERIFY.md, history, manifest and sums around the files of an export. Same files and same meta, same bytes.
 * @param demo signed with a throw-away key; what shows no real system is, whatever this says
 */
export function bundle(
  content: readonly BundledFile[],
  meta: BundleMeta,
  previous: Previous | undefined,
  demo: boolean,
): Bundle {
  const namespace = demo || meta.observations === 'sandbox' ? demoNamespace : bundleNamespace;
  const files = new Map<string, string>();
  const history = previous === undefined ? [] : extend(previous.history, previous);
  if (history.length > 0) files.set(historyFile, printHistory(history));
  files.set(
    verifyFile,
    verifyPage({ namespace, chained: history.length > 0, expires: meta.firstExpiry !== undefined }),
  );
  const listed = sorted([...content, ...[...files].map(([path, text]) => bundledFile(path, text))]);
  const manifest: Manifest = {
    schemaVersion: 1,
    kind: 'lukko-evidence',
    ...meta,
    namespace,
    sequence: history.length,
    previous:
      previous === undefined
        ? null
        : { sums: previous.sums, asOf: previous.asOf, history: history.at(-1)?.digest ?? '' },
    files: listed.map(({ path, bytes, sha256: digest }) => ({ path, bytes, sha256: digest })),
  };
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  files.set(manifestFile, text);
  const sums = printSums([...listed, bundledFile(manifestFile, text)]);
  files.set(sumsFile, sums);
  return { files, sums, namespace };
}

/** A text as a file of a bundle. */
export function bundledFile(path: string, text: string): BundledFile {
  return { path, bytes: Buffer.byteLength(text), sha256: sha256(text) };
}
