import * as z from 'zod';
import { environmentClass, instant, reason, schemaVersion, severity, sha256, verdict } from './common.ts';

/**
 * How far evidence reaches. `declared`: rules judged synthesised or written configuration. `planned`: rules judged what the
 * provider answered to a plan. Observations of running systems are a format of their own.
 */
export const evidenceTier = z.enum(['declared', 'planned']);
export type EvidenceTier = z.infer<typeof evidenceTier>;

/**
 * `failed`: a rule is broken. `open`: something is not proven, or excused by a waiver. `planned`, `declared`: every verdict
 * passes, in that tier. `not-assessed`: machines could show something, and nothing was shown. `not-evidenceable`: no machine can.
 */
export const evidenceState = z.enum(['failed', 'open', 'planned', 'declared', 'not-assessed', 'not-evidenceable']);
export type EvidenceState = z.infer<typeof evidenceState>;

const number = z.number().int().min(0);
const counts = z.strictObject({
  pass: number,
  fail: number,
  unknown: number,
  /** Unknown only because the provider has not answered yet. */
  obligations: number,
  waived: number,
  notApplicable: number,
});
export type EvidenceCounts = z.infer<typeof counts>;

const tierEvidence = z.strictObject({
  counts,
  /** Different elements that were judged. */
  subjects: number,
  /** When the oldest input of this tier was recorded, by its own statement; absent where it states none. */
  recorded: instant.optional(),
  /** Whole days from `recorded`, else from the judgement itself, to `asOf`. */
  ageDays: number,
});

const control = z.strictObject({
  id: z.string().regex(/^A\.8\.\d{1,2}$/),
  /** Our words, never the standard's. */
  summary: z.string(),
  /** What technology alone can show: most of it, a part, nothing. */
  class: z.enum(['strong', 'supporting', 'none']),
  state: evidenceState,
  /** One sentence: why this state. */
  why: z.string(),
  declared: tierEvidence.optional(),
  planned: tierEvidence.optional(),
  /** Rules that carry the control, whether or not they found anything to judge. */
  rules: z.array(z.strictObject({ id: z.string(), title: z.string(), severity })),
  /** What an auditor still asks people. */
  outside: z.string(),
});
export type EvidenceControl = z.infer<typeof control>;

const judged = z.strictObject({
  tier: evidenceTier,
  rule: z.string(),
  verdict,
  severity,
  address: z.string(),
  at: z.string().optional(),
  message: z.string(),
  file: z.string(),
  line: z.number().int().positive().optional(),
  because: z.array(reason),
  reasons: number,
  controls: z.array(z.string()),
  fingerprint: sha256,
  waiver: z.strictObject({ id: z.string(), reason: z.string(), owner: z.string(), expires: z.string() }).optional(),
  obligation: z.boolean().optional(),
});
export type EvidenceVerdict = z.infer<typeof judged>;

/** `evidence.json` of `lukko evidence export`. */
export const evidenceExport = z.strictObject({
  schemaVersion,
  standard: z.literal('ISO/IEC 27001:2022 Annex A.8'),
  /** The control asked for: the whole of A.8, or one. */
  selection: z.string(),
  asOf: instant,
  tool: z.strictObject({ name: z.literal('lukko'), version: z.string() }),
  environments: z.array(z.strictObject({ name: z.string(), class: environmentClass.optional() })),
  posture: z.string(),
  policy: z.strictObject({ sha256, files: z.array(z.string()) }),
  inputs: z.array(
    z.strictObject({
      tier: evidenceTier,
      file: z.string(),
      kind: z.string(),
      stack: z.string().optional(),
      sha256,
      recorded: instant.optional(),
    }),
  ),
  worlds: z.array(z.strictObject({ tier: evidenceTier, closed: z.boolean(), because: z.string() })),
  totals: z.strictObject({
    controls: number,
    states: z.record(evidenceState, number),
    /** Share of the controls in each state, in percent with one decimal, computed from `states`. */
    percent: z.record(evidenceState, z.number()),
    observed: z.literal(0),
  }),
  controls: z.array(control),
  /** Every verdict of a rule that carries one of the controls, with its reasons. */
  verdicts: z.array(judged),
  exceptions: z.array(
    z.strictObject({ tier: evidenceTier, rule: z.string(), address: z.string(), reason: z.string() }),
  ),
});
export type EvidenceExport = z.infer<typeof evidenceExport>;
