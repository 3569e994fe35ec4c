import * as z from 'zod';
import { instant, schemaVersion, sha256 } from './common.ts';

/** A path below the bundle with forward slashes, without `.`, `..` or control characters. */
export const bundlePath = z
  .string()
  .regex(/^(?!.*(^|\/)\.{1,2}(\/|$))[A-Za-z0-9._-]+(\/[A-Za-z0-9._-]+)*$/, 'expected a path inside the bundle');

/** One export before this one. Its digest is that of the line without `digest`, in canonical JSON. */
export const historyEntry = z.strictObject({
  sequence: z.number().int().min(0),
  asOf: instant,
  /** SHA-256 of that export's SHA256SUMS. */
  sums: sha256,
  previous: sha256,
  digest: sha256,
});
export type HistoryEntry = z.infer<typeof historyEntry>;

export const evidenceProfile = z.enum(['public', 'nda', 'auditor']);
export type EvidenceProfile = z.infer<typeof evidenceProfile>;

/**
 * `manifest.json` of an evidence bundle. SHA256SUMS beside it covers this file and every file it lists, and is what is signed:
 * whoever has sha256sum and OpenSSH needs nothing else.
 */
export const manifest = z.strictObject({
  schemaVersion,
  kind: z.literal('lukko-evidence'),
  asOf: instant,
  since: instant.optional(),
  tool: z.string(),
  selection: z.string(),
  profile: evidenceProfile,
  environments: z.array(z.string()),
  /** `real`: every observation in here counts. `sandbox`: at least one does not. `none`: nothing was observed. */
  observations: z.enum(['real', 'sandbox', 'none']),
  /** Namespace of the signature. A bundle that is not of a real system is signed as a demonstration, whatever key was named. */
  namespace: z.enum(['lukko-evidence', 'lukko-evidence-demo']),
  /** Position in the chain of exports, and the export before. */
  sequence: z.number().int().min(0),
  previous: z.strictObject({ sums: sha256, asOf: instant, history: sha256 }).nullable(),
  /** Last digest of the observation store at export. */
  storeHead: sha256.optional(),
  /** SHA-256 of evidence.json as the profile `auditor` holds it: what another profile withholds is fixed by it. */
  whole: sha256,
  /** When the first observation that a row rests on expires. */
  firstExpiry: instant.optional(),
  files: z.array(z.strictObject({ path: bundlePath, bytes: z.number().int().min(0), sha256 })),
});
export type Manifest = z.infer<typeof manifest>;
