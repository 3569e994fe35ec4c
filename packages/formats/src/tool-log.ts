import * as z from 'zod';
import { instant, schemaVersion, sha256 } from './common.ts';

/** One line of the log of the tool itself: who did what, by an identifier and never by name. */
export const toolLogEntry = z.strictObject({
  schemaVersion,
  sequence: z.number().int().min(0),
  /** Digest of the line before; 64 zeros for the first. */
  previous: sha256,
  /** SHA-256 of the canonical JSON of all other fields. */
  digest: sha256,
  at: instant,
  act: z.enum(['evidence-exported', 'observed', 'waiver-used']),
  /** Digest of what it was about: SHA256SUMS of an export, the last record of a store, the text of a waiver. */
  about: sha256,
  detail: z.string().max(200).optional(),
  user: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/),
  tool: z.string(),
});
export type ToolLogEntry = z.infer<typeof toolLogEntry>;
