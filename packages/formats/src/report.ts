import * as z from 'zod';
import { date, place, reason, schemaVersion, severity, sha256, verdict } from './common.ts';

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
  /** SHA-256 of rule, address and what in it is meant: stable across line changes, and its own among the findings of a report. */
  fingerprint: sha256,
  waiver: z.strictObject({ id: z.string(), reason: z.string(), owner: z.string(), expires: z.string() }).optional(),
  /** Only the provider can complete it; it stands in the obligations. */
  obligation: z.boolean().optional(),
  /** The rule stopped: it says nothing about the subject, and refuses under every posture. */
  broken: z.boolean().optional(),
  /** The baseline accepts it until this day. */
  accepted: z.strictObject({ expires: date }).optional(),
  /** Against the earlier report this one is compared with. */
  since: z.enum(['new', 'unchanged']).optional(),
});
export type Finding = z.infer<typeof finding>;

export const exception = z.strictObject({ rule: z.string(), address: z.string(), reason: z.string() });

/** A finding of an earlier report or a baseline that is no longer there. */
export const gone = z.strictObject({
  rule: z.string(),
  verdict,
  severity,
  address: z.string(),
  at: z.string().optional(),
  message: z.string(),
  fingerprint: sha256,
});
export type Gone = z.infer<typeof gone>;

/** How a file of the policy differs between the source and the work tree. */
export const policyChange = z.strictObject({
  file: z.string(),
  change: z.enum(['added', 'changed', 'removed']),
  /** What in it, in a few words each: `adds waiver edge-2026`. */
  what: z.array(z.string()),
});
export type PolicyChange = z.infer<typeof policyChange>;

const share = z.strictObject({ lookedAt: z.number().int(), of: z.number().int() });

export const report = z.strictObject({
  schemaVersion,
  tool: z.strictObject({ name: z.literal('lukko'), version: z.string() }),
  posture: z.string(),
  /** The rules it was judged by: `recommended`, `eu-sovereign`, `iso27001-a8`, `all`. */
  ruleSet: z.string(),
  threshold: severity,
  /** `new`: what the baseline accepts, or the earlier report had, does not refuse. */
  failOn: z.enum(['all', 'new']),
  inputs: z.array(
    z.strictObject({
      file: z.string(),
      kind: z.enum(['synth', 'configuration', 'plan', 'state', 'live']),
      stack: z.string().optional(),
      sha256,
    }),
  ),
  /** One digest over lukko.yaml and all it names, the rules and the operators data. */
  policy: z.strictObject({
    sha256,
    files: z.array(z.string()),
    /** Set when it was read from git objects: the name asked for, and the commit it stood for. */
    from: z.strictObject({ ref: z.string(), commit: z.string() }).optional(),
    /** What the work tree would change in it; nothing of this counted. */
    changes: z.array(policyChange).optional(),
  }),
  world: z.strictObject({ closed: z.boolean(), because: z.string() }),
  findings: z.array(finding),
  exceptions: z.array(exception),
  /** The accepted findings it was judged with; `gone` are entries that nothing matches any more. */
  baseline: z.strictObject({ file: z.string(), accepted: z.number().int(), gone: z.array(gone) }).optional(),
  /** The earlier report it was compared with. */
  comparison: z
    .strictObject({
      file: z.string(),
      sha256,
      new: z.number().int(),
      unchanged: z.number().int(),
      fixed: z.array(gone),
    })
    .optional(),
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
    /** Shares of what will exist that some rule looked at; `types` no resource of which was looked at. */
    coverage: z.strictObject({
      percent: z.number().int(),
      resources: share,
      hosts: share,
      typesNotLookedAt: z.array(z.string()),
    }),
    /** Passes by rule, in the order of ids; rules that passed nothing are left out. */
    proven: z.array(z.strictObject({ rule: z.string(), checks: z.number().int() })),
    /** Findings the baseline accepts. */
    accepted: z.number().int(),
    exitCode: z.union([z.literal(0), z.literal(1)]),
  }),
});
export type Report = z.infer<typeof report>;
