import * as z from 'zod';
import { claimStatus } from './claims.ts';
import { environmentClass, instant, reason, schemaVersion, severity, sha256, verdict } from './common.ts';
import { evidenceProfile } from './manifest.ts';
import { collectorName } from './observation.ts';

/**
 * How far evidence reaches. `declared`: rules judged synthesised or written configuration. `planned`: rules judged what the
 * provider answered to a plan. Observations of running systems are a format of their own.
 */
export const evidenceTier = z.enum(['declared', 'planned']);
export type EvidenceTier = z.infer<typeof evidenceTier>;

/**
 * `failed`: a rule is broken, or what was observed contradicts it. `overdue`: something that was due or seen is past its time. `open`: something is not proven, or excused by a waiver. `observed`, `planned`, `declared`: all
 * that was looked at passes, in that tier. `attested`: a signed statement stands for it. `inherited`: the provider's certificate
 * does. `not-assessed`: machines could show something, and nothing was shown. `not-evidenceable`: no machine can.
 */
export const evidenceState = z.enum([
  'failed',
  'overdue',
  'open',
  'observed',
  'planned',
  'declared',
  'attested',
  'inherited',
  'not-assessed',
  'not-evidenceable',
]);
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

/** What was seen on running systems, and over which time. Only what is real, newest and not expired is counted. */
const observedEvidence = z.strictObject({
  holds: number,
  fails: number,
  unknown: number,
  subjects: number,
  first: instant,
  last: instant,
  /** Different instants at which something was seen. */
  count: number,
  longestGapHours: z.number().min(0),
  ageDays: number,
  expires: instant,
  /** Ids of the observations the row rests on, at most twenty. */
  ids: z.array(z.string()),
});
export type ObservedEvidence = z.infer<typeof observedEvidence>;

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
  observed: observedEvidence.optional(),
  /** Checks that were seen on a sandbox or came from recorded answers: shown, never counted. */
  notCounted: number,
  /** Real checks that were the newest of their subject and have expired: shown, and no evidence any more. */
  expired: number,
  /** What each tier could carry, in our words. */
  carries: z.strictObject({
    declared: z.string().optional(),
    planned: z.string().optional(),
    observed: z.string().optional(),
  }),
  /** First axis: whether it applies; `not-stated` without claims. */
  applicable: z.union([z.boolean(), z.literal('not-stated')]),
  /** Second axis: what the organisation says. */
  claim: z.strictObject({ status: claimStatus, owner: z.string(), justification: z.string() }).optional(),
  attested: z.array(z.strictObject({ id: z.string(), owner: z.string(), expires: z.string() })),
  inherited: z.array(
    z.strictObject({ id: z.string(), provider: z.string(), scope: z.string(), validUntil: z.string() }),
  ),
  /** Rules that carry the control, whether or not they found anything to judge. */
  rules: z.array(z.strictObject({ id: z.string(), title: z.string(), severity })),
  /** What an auditor still asks people. */
  outside: z.string(),
});
export type EvidenceControl = z.infer<typeof control>;

const judged = z.strictObject({
  tier: evidenceTier,
  /** Its title and the controls it carries stand in `rules`. */
  rule: z.string(),
  verdict,
  address: z.string(),
  at: z.string().optional(),
  /** What is wrong or not known, and how much it weighs. Absent where the title of the rule holds or does not apply. */
  message: z.string().optional(),
  severity: severity.optional(),
  /** The same that `lukko check` gives it; absent likewise. */
  fingerprint: sha256.optional(),
  file: z.string(),
  line: z.number().int().positive().optional(),
  because: z.array(reason),
  /** How many reasons there were, where some were cut. */
  reasons: z.number().int().optional(),
  waiver: z.strictObject({ id: z.string(), reason: z.string(), owner: z.string(), expires: z.string() }).optional(),
  obligation: z.boolean().optional(),
});
export type EvidenceVerdict = z.infer<typeof judged>;

/** What an auditor should ask about. Codes are stable. */
const evidenceFinding = z.strictObject({
  code: z.enum([
    'claim-without-observation',
    'claim-without-evidence',
    'claim-contradicted',
    'claim-outdated',
    'check-failed',
    'collector-failed',
    'contradiction',
    'clock-skew',
    'observation-expired',
    'store',
    'run-interrupted',
    'no-longer-observed',
    'later-than-as-of',
    'drift',
    'obligation-overdue',
    'role-not-declared',
  ]),
  controls: z.array(z.string()),
  subject: z.string(),
  message: z.string(),
});
export type EvidenceFinding = z.infer<typeof evidenceFinding>;

const observedCheck = z.strictObject({
  id: z.string(),
  holds: z.union([z.boolean(), z.literal('unknown')]),
  saw: z.string(),
});

/** One observation as pages show it, with what it is worth: computed from what it came over. */
const shownObservation = z.strictObject({
  id: z.string(),
  collector: collectorName,
  subject: z.string(),
  name: z.string().optional(),
  at: instant,
  expires: instant,
  outcome: z.enum(['observed', 'failed']),
  origin: z.enum(['real', 'sandbox', 'failed']),
  because: z.string(),
  counts: z.boolean(),
  endpoint: z.string(),
  checks: z.array(observedCheck),
});
export type ShownObservation = z.infer<typeof shownObservation>;

/** One resource in the three tiers. */
export const reconciled = z.strictObject({
  type: z.string(),
  name: z.string(),
  /** Qualified Terraform id, where it is declared or planned. */
  address: z.string().optional(),
  /** Id at the provider, where it was seen. */
  id: z.string().optional(),
  verdict: z.enum(['agrees', 'drift', 'declared-only', 'observed-only', 'unknown']),
  /** What differs or could not be compared: attribute, and what each tier says. */
  attributes: z.array(
    z.strictObject({
      attribute: z.string(),
      declared: z.string().optional(),
      planned: z.string().optional(),
      observed: z.string().optional(),
      agrees: z.union([z.boolean(), z.literal('unknown')]),
    }),
  ),
});
export type Reconciled = z.infer<typeof reconciled>;

const joinedObligation = z.strictObject({
  rule: z.string(),
  address: z.string(),
  attribute: z.string(),
  firstSeen: z.string().optional(),
  ageDays: number,
  due: z.string(),
  state: z.enum(['open', 'discharged', 'overdue']),
  /** The observation that discharged it, and the value it shows: whether the rule holds of that says `lukko check --live`. */
  by: z.string().optional(),
  saw: z.string().optional(),
});
export type JoinedObligation = z.infer<typeof joinedObligation>;

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
    /** Controls with something real and fresh that was seen. */
    observed: number,
    /** Applicable controls in each claimed status; empty without claims. */
    claimed: z.record(z.string(), number),
  }),
  profile: evidenceProfile,
  organisation: z
    .strictObject({ name: z.string(), scope: z.string(), claims: z.string(), approved: z.string() })
    .optional(),
  observations: z.strictObject({
    kind: z.enum(['real', 'sandbox', 'none']),
    real: number,
    sandbox: number,
    failed: number,
    storeHead: sha256.optional(),
  }),
  controls: z.array(control),
  findings: z.array(evidenceFinding),
  /** The newest of each subject. */
  observed: z.array(shownObservation),
  obligations: z.array(joinedObligation),
  reconciliation: z.array(reconciled),
  /** Rules with a verdict below: the fact each states when it passes, and what it is a part of. */
  rules: z.array(z.strictObject({ id: z.string(), title: z.string(), controls: z.array(z.string()) })),
  /** Every verdict of a rule that carries one of the controls, with its reasons. */
  verdicts: z.array(judged),
  exceptions: z.array(
    z.strictObject({ tier: evidenceTier, rule: z.string(), address: z.string(), reason: z.string() }),
  ),
});
export type EvidenceExport = z.infer<typeof evidenceExport>;
