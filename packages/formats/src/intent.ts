import * as z from 'zod';
import { instant, schemaVersion, sha256 } from './common.ts';

/**
 * `state/<environment>/intents/<id>.json`: what a verb that removes things on purpose (`lukko retire`, `lukko keys replace`) says
 * before it does. It excuses exactly these rules at exactly these addresses, of one stack, for one run of one command. Gates read
 * it, show it, use it once and record it; who can write this file can excuse these rules (docs/threat-model.md).
 */
export const intent = z.strictObject({
  schemaVersion,
  id: z.uuid(),
  verb: z.enum(['retire', 'keys-replace']),
  environment: z.string(),
  stack: z.string(),
  /** The run it is for: the apply that lifts protection, or the removal. */
  command: z.enum(['apply', 'destroy']),
  /** Qualified ids: `logs/hcloud_volume.data_volume`. */
  addresses: z.array(z.string()).min(1),
  rules: z.array(z.string()).min(1),
  /** Pseudonym of whoever meant it: the same for the same person in the same environment. */
  by: z.string().regex(/^operator-[0-9a-f]{8}$/),
  reason: z.string().min(1),
  made: instant,
  /** Thirty minutes after `made`. */
  expires: instant,
  /** Once a gate has used it: when, and for which plan. It then lies in `used/`. */
  used: z.strictObject({ at: instant, plan: sha256 }).optional(),
});
export type Intent = z.infer<typeof intent>;
