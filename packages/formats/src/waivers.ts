import * as z from 'zod';
import { date, schemaVersion } from './common.ts';

export const waiver = z.strictObject({
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  rule: z.string().min(1),
  /** Qualified id of the element: `logs/hcloud_volume.data`. */
  address: z.string().min(1),
  reason: z.string().min(10),
  owner: z.string().min(1),
  approver: z.string().min(1),
  expires: date,
  /** Armoured SSH signature over the canonical JSON of the other fields, namespace lukko-waiver. */
  signature: z.string().optional(),
});
export type Waiver = z.infer<typeof waiver>;

export const waivers = z.strictObject({ schemaVersion, waivers: z.array(waiver) });
export type Waivers = z.infer<typeof waivers>;
