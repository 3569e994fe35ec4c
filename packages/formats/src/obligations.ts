import * as z from 'zod';
import { gate, instant, reason, schemaVersion } from './common.ts';

/** A verdict that only the provider's own answer can complete: an unknown whose only cause is `computed`. */
export const obligation = z.strictObject({
  rule: z.string(),
  address: z.string(),
  attribute: z.string(),
  message: z.string(),
  because: z.array(reason),
  firstSeen: z.strictObject({ gate, at: instant.optional() }),
  due: gate,
});
export type Obligation = z.infer<typeof obligation>;

/** `state/<environment>/obligations.json`: the ledger across runs. */
export const obligations = z.strictObject({ schemaVersion, environment: z.string(), obligations: z.array(obligation) });
export type Obligations = z.infer<typeof obligations>;
