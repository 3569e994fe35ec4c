import * as z from 'zod';
import { pattern, schemaVersion } from './common.ts';

const time = z.iso.datetime('expected a time such as 2026-03-31T04:05:06Z');
const sha256 = pattern(/^[0-9a-f]{64}$/, 'expected a SHA-256 as 64 hexadecimal digits');
const texts = z.array(z.string());
const policy = z.enum(['accept', 'drop']);

const volume = z.strictObject({
  device: z.string().describe('The by-id path of the volume that Hetzner attaches.'),
  unlocked: z.boolean().describe('Whether the encrypted volume, and nothing else, is mounted where data lies.'),
  uuid: z.string().describe('LUKS UUID; empty when the device has no LUKS header.'),
  label: z.string().describe('`lukko`; `lukko-pending` while it is set up.'),
  bytes: z.number().int().nonnegative().nullable(),
  usedPercent: z.number().int().min(0).max(100).nullable(),
  cipher: z.string().nullable().describe('Of the data segment, such as aes-xts-plain64.'),
  keyBits: z.number().int().nonnegative(),
  threshold: z.number().int().nonnegative().describe('Key servers that must answer; 0 when it is bound to none.'),
  keyServers: texts.describe('URLs the volume is bound to.'),
  recoveryRecipients: texts.describe('age recipients who can open the recovery key in the header.'),
  refused: z.string().nullable().describe('Why it is not open, in the words of the journal.'),
});

const backup = z.strictObject({
  at: time,
  repository: z.string(),
  snapshot: z.string(),
  bytes: z.number().int().nonnegative(),
  seconds: z.number().int().nonnegative(),
  passwordFetched: time.nullable().describe('When an operator fetched the sealed password; no backup counts before.'),
});

const days = z.number().int().positive().optional();

const bucket = z.strictObject({
  at: time.describe('When the bucket was asked, which is before each backup.'),
  bucket: z.string(),
  mode: z.string().optional().describe('Of the default retention of its object lock, with versions: COMPLIANCE.'),
  lockDays: days.describe('Days for which nobody can delete what was written.'),
  removedAfterDays: days.describe(
    'Days after which nothing is left of what was written, by the rule of its lifecycle.',
  ),
  refused: z
    .string()
    .optional()
    .describe('Why nothing was written to it, in the words of the journal; the rest is then left out.'),
});

const drill = z.strictObject({
  at: time,
  repository: z.string(),
  recoveryPoint: z.string().describe('Time of the snapshot that was restored.'),
  recoverySeconds: z.number().int().nonnegative(),
  files: z.number().int().positive(),
  openedWith: z.enum(['host', 'sealed']).describe('sealed: with the copy of the password that an operator unsealed.'),
});

/**
 * What `/usr/local/lib/lukko/report` prints on a host. `signature` is an SSH signature (namespace `lukko-host-report`) by the host's key over
 * the rest, printed by `jq -cS 'del(.signature)'`.
 */
export const hostReport = z
  .strictObject({
    schemaVersion,
    host: z.string().min(1),
    madeAt: time,
    bootedAt: time,
    system: z.string(),
    kernel: z.string(),
    payloadSha256: sha256.nullable().describe('Of what the metadata service returns; null when it did not answer.'),
    volume: volume.nullable().describe('null on a host without one: a key server.'),
    swap: texts,
    failedUnits: texts,
    listening: texts.describe('Protocol and local address, each once.'),
    images: texts.describe('Name and image of every container that runs.'),
    firewall: z.strictObject({
      policies: z.record(z.string(), policy).describe('Policy of each base chain of nftables, by hook.'),
      rulesSha256: sha256,
    }),
    egressRefused: texts.describe('Names the egress proxy refused since boot.'),
    sshd: z.strictObject({
      passwords: z.boolean(),
      keyboardInteractive: z.boolean(),
      rootLogin: z.string(),
      userCa: z.string(),
      revokedKeys: z.string(),
      authorizedKeys: z.string(),
    }),
    hostKey: pattern(/^SHA256:[A-Za-z0-9+/]{43}$/, 'expected a fingerprint as ssh-keygen -l prints it'),
    clock: z.strictObject({
      synchronised: z.boolean(),
      sources: texts,
      offsetSeconds: z.number().nullable().describe('How far chrony holds it to be off; null where it does not say.'),
    }),
    updates: z.strictObject({ pending: texts, lastRun: time.nullable(), rebootRequired: z.boolean() }),
    dataPaths: z
      .array(z.strictObject({ path: z.string(), source: z.string(), layers: texts }))
      .describe(
        'What containers may write to: where it is mounted from, and what lies below, from the top down: `crypt lukko-data`, `disk sda`.',
      ),
    records: z
      .strictObject({ oldest: time.nullable(), newest: time.nullable() })
      .describe("Of the host's own journal."),
    journalOn: z.string().nullable().describe('Device the journal lies on; null while it is in memory.'),
    backup: backup.nullable(),
    drill: drill.nullable(),
    bucket: bucket
      .nullable()
      .optional()
      .describe('Of a host that backs up into a bucket: what the bucket said; null until it was asked.'),
    signature: z.string().startsWith('-----BEGIN SSH SIGNATURE-----'),
  })
  .meta({ title: 'Host report', description: 'What a host says of itself, signed with its SSH key.' });
export type HostReport = z.infer<typeof hostReport>;
