import { dirname, join } from 'node:path';
import { type Attestation, attestation, type Claims, claims, type Parsed, parseFile } from '@lukko/formats';
import { displayName, readText } from '../input-file.ts';
import type { Ports } from '../ports/ports.ts';

/** Claims, and the files they name, read from beside them. */
export interface ClaimsFiles {
  readonly claims: Parsed<Claims>;
  /** By the path written in the claims; undefined where there is no such file. */
  readonly attestations: ReadonlyMap<string, Attestation | undefined>;
  /** Documents that are there, by the path written in the claims, with their bytes. */
  readonly documents: ReadonlyMap<string, Uint8Array>;
}

/**
 * @param path absolute. @throws InputError or FormatError for a file that is not of its format or leads out of its directory
 */
export function readClaims(path: string, text: string, ports: Pick<Ports, 'cwd' | 'files'>): ClaimsFiles {
  const parsed = parseFile(claims, text, displayName(path, ports.cwd));
  const base = dirname(path);
  const attestations = new Map<string, Attestation | undefined>();
  const documents = new Map<string, Uint8Array>();
  for (const claim of parsed.value.claims)
    for (const named of claim.attestations ?? []) {
      const at = inside(base, named, ports);
      if (at === undefined || attestations.has(named)) continue;
      const name = displayName(at, ports.cwd);
      attestations.set(named, parseFile(attestation, readText(at, name, ports.files), name).value);
    }
  for (const { file } of parsed.value.documents ?? []) {
    const at = file === undefined ? undefined : inside(base, file, ports);
    if (file !== undefined && at !== undefined) documents.set(file, ports.files.read(at));
  }
  return { claims: parsed, attestations, documents };
}

/** A file below the directory of the claims: what leads out of it is somebody else's, and counts as missing. */
function inside(base: string, named: string, { files }: Pick<Ports, 'files'>): string | undefined {
  if (/^([\\/]|[A-Za-z]:)/.test(named) || named.split(/[\\/]/).includes('..')) return undefined;
  const at = join(base, named);
  return files.kind(at) === 'file' ? at : undefined;
}
