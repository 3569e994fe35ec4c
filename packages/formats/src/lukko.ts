import * as z from 'zod';
import { country, schemaVersion } from './common.ts';

/** `lukko.yaml` at the root of a repository: what *Lukko configuration* means. Paths are relative to it. */
export const lukko = z.strictObject({
  schemaVersion,
  posture: z.enum(['eu-sovereign', 'recommended']),
  /** Countries whose operators may be reached; `EU` (also a two-letter code) and `EEA` stand for their members. */
  allowedJurisdictions: z.array(z.union([country, z.literal('EEA')])).optional(),
  register: z.string().optional(),
  waivers: z.string().optional(),
  claims: z.string().optional(),
  operators: z.string().optional(),
  approvers: z.string().optional(),
  rules: z.string().optional(),
});
export type Lukko = z.infer<typeof lukko>;
