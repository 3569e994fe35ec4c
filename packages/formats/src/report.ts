import * as z from 'zod';
import { place, reason, schemaVersion, severity, sha256, verdict } from './common.ts';

export const finding = z.strictObject({
  rule: z.string(),
  verdict,
  severity,
  /** Qualified id: `logs/hcloud_volume.data`. */
  address: z.string(),
  /** The element or attribute it is about, where narrower. */
  at: z.string().optional(),
  message: z.string(),
  file: z.string(),
  line: z.number().int().positive().optional(),
  /** Where in the organisation's configuration the deciding values came from. */
  origins: z.array(place).optional(),
  because: z.array(reason),
  /** How many reasons there were before they were cut to the first twenty. */
  reasons: z.number().int(),
  controls: z.array(z.string()),
  fix: z.string(),
  /** SHA-256 of rule, address and `at`: stable across line changes. */
  fingerprint: sha256,
  waiver: z.strictObject({ id: z.string(), reason: z.string(), owner: z.string(), expires: z.string() }).optional(),
  /** Only the provider can complete it; it stands in the obligations. */
  obligation: z.boolean().optional(),
});
export type Finding = z.infer<typeof finding>;

export const exception = z.strictObject({ rule: z.string(), address: z.string(), reason: z.string() });

export const report = z.strictObject({
  schemaVersion,
  tool: z.strictObject({ name: z.literal('lukko'), version: z.string() }),
  posture: z.string(),
  threshold: severity,
  inputs: z.array(
    z.strictObject({
      file: z.string(),
      kind: z.enum(['synth', 'configuration', 'plan', 'state', 'live']),
      stack: z.string().optional(),
      sha256,
    }),
  ),
  /** One digest over lukko.yaml and all it names, the rules and the operators data. */
  policy: z.strictObject({ sha256, files: z.array(z.string()) }),
  world: z.strictObject({ closed: z.boolean(), because: z.string() }),
  findings: z.array(finding),
  exceptions: z.array(exception),
  summary: z.strictObject({
    resources: z.number().int(),
    rules: z.number().int(),
    pass: z.number().int(),
    fail: z.number().int(),
    unknown: z.number().int(),
    obligations: z.number().int(),
    waived: z.number().int(),
    notApplicable: z.number().int(),
    /** Resources and hosts no rule looked at, by qualified id. */
    notLookedAt: z.array(z.string()),
    exitCode: z.union([z.literal(0), z.literal(1)]),
  }),
});
export type Report = z.infer<typeof report>;
