import * as z from 'zod';
import { instant, schemaVersion } from './common.ts';

/**
 * One line of `state/<environment>/hosts.jsonl`: a step that a verb on a host has begun or ended. `sandbox`: the API was one on
 * this machine, no host was spoken to, and it never counts as evidence.
 */
export const hostRecord = z.strictObject({
  schemaVersion,
  at: instant,
  provenance: z.enum(['real', 'sandbox']),
  verb: z.enum(['rebuild', 'quiesce', 'keys-replace']),
  stack: z.string(),
  server: z.strictObject({ id: z.number().int().positive(), name: z.string() }),
  /** Digest of the payload the server was made or rebuilt with, as its label has it. */
  payload: z.string().optional(),
  /** `skipped`: at an endpoint on loopback there is no host to speak to. */
  step: z.enum(['report', 'quiesce', 'rebuild', 'power-off', 'serve', 'replace', 'pin', 'rebind']),
  outcome: z.enum(['begun', 'done', 'skipped', 'failed']),
});
export type HostRecord = z.infer<typeof hostRecord>;
