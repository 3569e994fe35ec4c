import * as z from 'zod';
import { environmentClass, gate, schemaVersion, sha256 } from './common.ts';
import { obligation } from './obligations.ts';

/**
 * What a gate wrote when it let something pass. `cdktf.out/lukko-verdict.json` at synth: each stack's output compares the
 * digest of its own cdk.tf.json with the one written here. `state/<environment>/verdicts/<stack>.json` at plan.
 */
export const gateVerdict = z.strictObject({
  schemaVersion,
  gate,
  environment: z.string(),
  class: environmentClass,
  posture: z.string(),
  policy: sha256,
  /** SHA-256 of the bytes of each stack's cdk.tf.json. */
  stacks: z.record(z.string(), sha256),
  /** Plan gate only. */
  plan: z
    .strictObject({
      sha256,
      command: z.enum(['apply', 'destroy']),
      endpoints: z.array(z.string()),
      backend: z.string(),
      terraform: z.string(),
      waivers: z.array(z.string()),
      /** Ids of the intents that were used up by this run. */
      intents: z.array(z.string()).optional(),
      at: z.string(),
    })
    .optional(),
  obligations: z.array(obligation),
});
export type GateVerdict = z.infer<typeof gateVerdict>;
