import * as z from 'zod';
import { keyFingerprint } from './attestation.ts';
import { environmentClass, instant, pattern, schemaVersion, sha256 } from './common.ts';

const text = z.string().min(1);

/** Who looked: one file each below packages/cli/src/observe/collectors. */
export const collectorName = z.enum([
  'hetzner',
  'tls',
  'dns',
  'security-txt',
  'ports',
  'host-report',
  'logs-canary',
  'errors-canary',
  'alert-canary',
  'forge',
]);
export type CollectorName = z.infer<typeof collectorName>;

const holds = z.union([z.boolean(), z.literal('unknown')]);

/** One thing that was looked for. `unknown` where the answer did not tell; it never counts as met. */
const check = z.strictObject({
  id: pattern(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'expected lower-case letters, digits and single hyphens'),
  holds,
  saw: z.string(),
});
export type ObservedCheck = z.infer<typeof check>;

const subject = z.strictObject({
  /** `server`, `volume`, `endpoint`, `zone`, `repository` … */
  kind: text,
  /** Stable across runs: `hetzner:server:4711`, `tls:logs.lukko.example:443`. */
  id: text,
  name: text.optional(),
});

/** What the answer came over. What an observation is worth is computed from this each time, and is stored nowhere. */
const source = z.strictObject({
  /** `https://api.hetzner.cloud/v1/servers`, `tls://192.0.2.10:443`, `ssh://192.0.2.10:22`. */
  endpoint: text,
  /** The address that answered, where one is known. */
  address: text.optional(),
  /** SHA-256 of the certificates it was presented with, leaf first; the bytes stand in `certificate` records. */
  chain: z.array(sha256).optional(),
  /** Host key over which SSH spoke, and whether it was the recorded one. */
  hostKey: z.strictObject({ fingerprint: keyFingerprint, recorded: z.boolean() }).optional(),
});

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const chained = {
  schemaVersion,
  /** Counts from 0 without gaps. */
  sequence: z.number().int().min(0),
  /** Digest of the record before; 64 zeros for the first. */
  previous: sha256,
  /** SHA-256 of the canonical JSON (RFC 8785) of all other fields. */
  digest: sha256,
};

/** Begins a run of `lukko observe`. */
const run = z.strictObject({
  ...chained,
  kind: z.literal('run'),
  run: z.uuid(),
  at: instant,
  environment: z.strictObject({ name: text, class: environmentClass }),
  /** Where it looked from: a name somebody gave the place. */
  vantage: text,
  tool: text,
  collectors: z.array(collectorName),
  /** How many things it set out to look at; it has come to its end when an `end` stands behind it. */
  tasks: z.number().int().min(1).optional(),
});

/** Ends a run: one without it was interrupted, and what it had seen until then stands before. */
const end = z.strictObject({ ...chained, kind: z.literal('end'), run: z.uuid(), at: instant });

/** A certificate that was presented, once per store. */
const certificate = z.strictObject({
  ...chained,
  kind: z.literal('certificate'),
  sha256,
  /** DER in base64. */
  der: z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/),
});

const observed = z.strictObject({
  ...chained,
  kind: z.literal('observation'),
  id: z.uuid(),
  run: z.uuid(),
  collector: collectorName,
  subject,
  at: instant,
  /** Milliseconds from the first attempt to the answer. */
  took: z.number().int().min(0),
  attempts: z.number().int().min(1),
  /** `failed`: the collector could not look. That is an observation too, and shows nothing. */
  outcome: z.enum(['observed', 'failed']),
  problem: z.string().optional(),
  source,
  checks: z.array(check),
  /** A list of allowed facts per collector; never a whole answer, which may hold secrets. */
  facts: z.record(z.string(), z.union([scalar, z.array(z.string())])),
  /** SHA-256 of the answer as it came. */
  answer: sha256.optional(),
  expires: instant,
});
export type Observation = z.infer<typeof observed>;

/** One line of `observations.jsonl`. */
export const observationRecord = z.discriminatedUnion('kind', [run, certificate, observed, end]);
export type ObservationRecord = z.infer<typeof observationRecord>;
