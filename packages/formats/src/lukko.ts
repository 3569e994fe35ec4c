import * as z from 'zod';
import { country, schemaVersion } from './common.ts';

/** `lukko.yaml` at the root of a repository: what *Lukko configuration* means. Paths are relative to it. */
export const lukko = z.strictObject({
  schemaVersion,
  /** What an unknown does, from which severity on a failure refuses, and the rule set unless `ruleSet` names another. */
  posture: z.enum(['eu-sovereign', 'recommended']),
  ruleSet: z.enum(['recommended', 'eu-sovereign', 'iso27001-a8', 'all']).optional(),
  /** Countries whose operators may be reached; `EU` (also a two-letter code) and `EEA` stand for their members. */
  allowedJurisdictions: z.array(z.union([country, z.literal('EEA')])).optional(),
  register: z.string().optional(),
  waivers: z.string().optional(),
  /** Accepted findings, for `--fail-on new`; `lukko baseline write` writes it. */
  baseline: z.string().optional(),
  claims: z.string().optional(),
  operators: z.string().optional(),
  approvers: z.string().optional(),
  /** Folder of the organisation's own rules, ES modules. */
  rules: z.string().optional(),
});
export type Lukko = z.infer<typeof lukko>;
